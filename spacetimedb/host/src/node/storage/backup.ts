/** Backs up a data folder, even while a host writes to it, and restores a backup to a new folder. */
import {
  mkdir,
  open,
  readdir,
  rename,
  rm,
  stat,
  writeFile,
  readFile,
  type FileHandle,
} from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { syncFolder } from './disk.ts';
import { JournalDamage, journalName, readMark } from './journal-file.ts';
import { checkJournal, journalFiles } from './journal-load.ts';
import { isLmdbFolder } from './lmdb-import.ts';
import { StorageError } from './storage-error.ts';

/** Files next to `databases` that determine the owner and all tokens. */
const KEPT_FILES = ['owner.token', 'owner.json', 'keys/id_ecdsa', 'keys/id_ecdsa.pub'];
const PIECE_BYTES = 1024 * 1024;
/** Attempts to copy a database when the host replaces files during the copy. */
const MOST_ATTEMPTS = 20;
const RETRY_MILLIS = 50;

export interface CopiedFolder {
  /** The new folder. */
  readonly folder: string;
  /** Identities of the databases in it, hex. */
  readonly databases: readonly string[];
  readonly bytes: number;
}

/**
 * Copies a data folder to a new folder, even while a host uses it. The copy of each database has every transaction
 * that was confirmed before, in order and without gaps, and every byte is verified. The copy is as secret as the
 * original, because it has the owner's token and the keys.
 *
 * @param to must not exist; it appears only when the copy is complete
 * @throws {StorageError} when something cannot be read, is damaged or cannot be written
 */
export function backUp(dataDir: string, to: string): Promise<CopiedFolder> {
  return copyFolder(path.resolve(dataDir), path.resolve(to), 'data folder');
}

/**
 * Creates a data folder from a backup, after verifying every byte.
 *
 * @param dataDir must not exist
 * @throws {StorageError} like `backUp`
 */
export function restore(from: string, dataDir: string): Promise<CopiedFolder> {
  return copyFolder(path.resolve(from), path.resolve(dataDir), 'backup');
}

async function copyFolder(from: string, to: string, what: string): Promise<CopiedFolder> {
  if (await exists(to))
    throw new StorageError(`${to} is there already: name a folder that does not exist yet`);
  if (!(await exists(path.join(from, 'databases')))) throw new StorageError(`there is no ${what} in ${from}`);
  const draft = `${to}.tmp`;
  try {
    await rm(draft, { recursive: true, force: true });
    await mkdir(path.join(draft, 'databases'), { recursive: true, mode: 0o700 });
    let bytes = 0;
    for (const name of KEPT_FILES) bytes += await copySmall(path.join(from, name), path.join(draft, name));
    const databases: string[] = [];
    for (const identity of await databasesIn(from)) {
      const copied = await copyDatabase(
        path.join(from, 'databases', identity),
        path.join(draft, 'databases', identity),
      );
      if (copied === undefined) continue;
      databases.push(identity);
      bytes += copied;
    }
    await syncFolder(path.join(draft, 'databases'));
    await rename(draft, to);
    await syncFolder(path.dirname(to));
    return { folder: to, databases, bytes };
  } catch (error) {
    await rm(draft, { recursive: true, force: true }).catch(() => undefined);
    if (error instanceof StorageError) throw error;
    throw new StorageError(`${from} was not copied to ${to}: ${(error as Error).message}`, { cause: error });
  }
}

async function databasesIn(folder: string): Promise<string[]> {
  const entries = await readdir(path.join(folder, 'databases'), { withFileTypes: true });
  // A name with a dot is a database that is being created or deleted.
  return entries.filter((entry) => entry.isDirectory() && !entry.name.includes('.')).map(({ name }) => name);
}

/** @returns the bytes copied; `undefined` when the database was deleted meanwhile */
async function copyDatabase(from: string, to: string): Promise<number | undefined> {
  if (await isLmdbFolder(from)) {
    throw new StorageError(`${from} is from an older version: start the host once, and copy then`);
  }
  for (let attempt = 1; ; attempt++) {
    await rm(to, { recursive: true, force: true });
    await mkdir(to, { recursive: true, mode: 0o700 });
    const bytes = await tryCopy(from, to);
    if (bytes !== undefined) return checked(to, bytes);
    if (!(await exists(from))) {
      await rm(to, { recursive: true });
      return undefined;
    }
    if (attempt === MOST_ATTEMPTS) {
      // If a file is missing permanently, the verification names it as damage.
      await checked(to, 0);
      throw new StorageError(`${from} changed again and again while it was copied: try again later`);
    }
    await sleep(RETRY_MILLIS);
  }
}

async function checked(folder: string, bytes: number): Promise<number> {
  try {
    await checkJournal(folder);
    await syncFolder(folder);
    return bytes;
  } catch (error) {
    if (!(error instanceof JournalDamage)) throw error;
    throw new StorageError(`the database ${path.basename(folder)} is damaged: ${error.message}`, {
      cause: error,
    });
  }
}

/**
 * Copies the newest snapshot and the logs after it, each up to its mark. A host only appends to the newest log and
 * replaces whole files, so the files of one moment are a state of the database.
 *
 * @returns `undefined` when a required file was replaced meanwhile
 */
async function tryCopy(from: string, to: string): Promise<number | undefined> {
  try {
    const { snapshot, logs } = journalFiles(await readdir(from));
    let bytes = 0;
    const files = logs.map((number) => ({ kind: 'log', number }) as const);
    if (snapshot > 0) bytes += (await copyFile(from, to, { kind: 'snapshot', number: snapshot })).length;
    for (const file of files) {
      const copied = await copyFile(from, to, file);
      bytes += copied.length;
      if (!copied.isSealed) return bytes;
    }
    // The newest log was sealed meanwhile, and another one continues it. If there is no log at all, the verification
    // reports it.
    return files.length === 0 && snapshot === 0 ? bytes : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function copyFile(
  from: string,
  to: string,
  file: { readonly kind: 'log' | 'snapshot'; readonly number: number },
): Promise<{ readonly length: number; readonly isSealed: boolean }> {
  const name = journalName(file);
  const source = await open(path.join(from, name), 'r');
  try {
    const { header, length, isSealed } = await markOf(source, path.join(from, name));
    const target = await open(path.join(to, name), 'wx', 0o600);
    try {
      await target.write(header, 0, header.length, 0);
      await copyBytes(source, target, header.length, length);
      await target.sync();
    } finally {
      await target.close();
    }
    return { length, isSealed };
  } finally {
    await source.close();
  }
}

async function markOf(source: FileHandle, file: string) {
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
    const mark = await readMark(source);
    if (mark) return mark;
    await sleep(RETRY_MILLIS);
  }
  throw new StorageError(`${file} is damaged: its first bytes are not what was written`);
}

async function copyBytes(source: FileHandle, target: FileHandle, start: number, end: number): Promise<void> {
  const piece = Buffer.allocUnsafe(Math.min(PIECE_BYTES, Math.max(end - start, 1)));
  for (let position = start; position < end;) {
    const { bytesRead } = await source.read(piece, 0, Math.min(piece.length, end - position), position);
    // Shorter than its mark: the verification of the copy reports it.
    if (bytesRead === 0) return;
    await target.write(piece, 0, bytesRead, position);
    position += bytesRead;
  }
}

/** @returns the bytes copied; 0 when there is no such file */
async function copySmall(from: string, to: string): Promise<number> {
  let bytes: Buffer;
  try {
    bytes = await readFile(from);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
  await mkdir(path.dirname(to), { recursive: true, mode: 0o700 });
  await writeFile(to, bytes, { mode: 0o600, flush: true });
  return bytes.length;
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
