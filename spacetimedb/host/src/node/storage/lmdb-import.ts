import { access, rename, rm, readdir } from 'node:fs/promises';
import path from 'node:path';
import type { DatabaseMeta, StoredClient } from '../../engine/database/storage.ts';
import { syncFolder, type Disk } from './disk.ts';
import { JournalWriter, journalName, parseJournalName } from './journal-file.ts';
import { JournalState } from './journal-state.ts';
import { findLmdbDamage } from './lmdb-file.ts';

/** The layout of versions before the journal. */
const FORMAT = 1;
const DATA_FILE = 'data.mdb';

/** Did an older version store this database in LMDB? */
export async function isLmdbFolder(folder: string): Promise<boolean> {
  return access(path.join(folder, DATA_FILE)).then(
    () => true,
    () => false,
  );
}

/**
 * Converts an LMDB folder into a journal. LMDB's file is renamed to `data.mdb.old` at the end, so that an interrupted
 * conversion starts over.
 *
 * @throws {Error} when LMDB's file is damaged or of an unknown version
 */
export async function convertLmdb(folder: string, seed: number, disk: Disk): Promise<void> {
  const damage = await findLmdbDamage(folder);
  if (damage !== undefined) throw new Error(damage);
  const frames = (await readLmdb(folder)).snapshot();
  for (const name of await readdir(folder)) {
    if (parseJournalName(name)) await rm(path.join(folder, name));
  }
  const log = await JournalWriter.create(folder, { kind: 'log', number: 1, seed }, disk);
  await log.close();
  if (frames) {
    const header = { kind: 'snapshot', number: 1, seed } as const;
    const snapshot = await JournalWriter.create(folder, header, disk);
    for (const frame of frames) await snapshot.appendUnsynced(frame);
    await snapshot.seal();
    await snapshot.close();
    await rename(snapshot.path, path.join(folder, journalName(header)));
  }
  await rename(path.join(folder, DATA_FILE), path.join(folder, `${DATA_FILE}.old`));
  await rm(path.join(folder, 'lock.mdb'), { force: true });
  await syncFolder(folder);
}

async function readLmdb(folder: string): Promise<JournalState> {
  // Loaded only here, because hosts without old folders do not need LMDB.
  const { open } = await import('lmdb');
  const root = open({ path: folder, noSubdir: false, maxDbs: 8, readOnly: true });
  try {
    const state = new JournalState();
    const info = root.openDB<unknown, string>({ name: 'info' });
    const meta = info.get('meta') as DatabaseMeta | undefined;
    if (!meta) return state;
    const format = info.get('format');
    if (format !== FORMAT)
      throw new Error(`it was written in format ${String(format)}, which is not known here`);
    state.meta(meta);
    state.program(Uint8Array.from(info.get('program') as Uint8Array));
    const rows = root.openDB<Uint8Array, [table: string, id: number]>({ name: 'rows', encoding: 'binary' });
    for (const { key, value } of rows.getRange()) state.insert(key[0], key[1], Uint8Array.from(value));
    for (const { key, value } of root.openDB<string, string>({ name: 'sequences' }).getRange()) {
      state.sequence(key, BigInt(value));
    }
    for (const { value } of root.openDB<StoredClient, string>({ name: 'clients' }).getRange()) {
      state.connected(value);
    }
    return state;
  } finally {
    await root.close();
  }
}
