import { cp, mkdir, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { startHost } from '../../index.ts';
import { runInProcess } from '../../testing/cli-in-process.ts';
import { bundleSource } from '../../testing/module-source.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { whenDurable } from '../../engine/database/storage.ts';
import { JournalStorage } from './journal-storage.ts';
import { StorageError } from './storage-error.ts';

const TRIALS = Number(process.env['DAMAGE_TRIALS'] ?? 300);

/** Repeatable random numbers (mulberry32). */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (((mixed ^ (mixed >>> 14)) >>> 0) % below) >>> 0;
  };
}

const SEED = Number(process.env['DAMAGE_SEED'] ?? Date.now() % 1_000_000);

/** Creates rows of several tables, some in a snapshot and some in the log after it. */
async function makeFolder(folder: string): Promise<string[]> {
  const storage = await JournalStorage.create(folder, { snapshotAfter: 20_000 });
  const rows = Array.from({ length: 600 }, (_, n) => `row ${n} ${'x'.repeat(n % 90)}`);
  const meta = { identity: path.basename(folder), owner: 'ab', names: ['chat'], programHash: 'cd' };
  storage.append({ meta, program: new Uint8Array(5000).fill(7), tables: [], sequences: new Map() });
  for (const [n, text] of rows.entries()) {
    const inserts = [{ bytes: new TextEncoder().encode(text), key: text, columns: [], storageId: undefined }];
    const tables = [{ table: `table ${n % 3}`, deletes: [], inserts }];
    await whenDurable(storage, storage.append({ tables, sequences: new Map([['ids', BigInt(n)]]) }));
  }
  await storage.close();
  return rows.sort();
}

async function readRows(folder: string): Promise<string[]> {
  const storage = await JournalStorage.open(folder);
  try {
    const stored = await storage.load();
    return [...(stored?.rows.values() ?? [])]
      .flatMap((rows) => [...rows])
      .map(({ bytes }) => new TextDecoder().decode(bytes))
      .sort();
  } finally {
    await storage.close();
  }
}

const journalFiles = async (folder: string) =>
  (await readdir(folder)).filter((name) => /^(log|snapshot)-/.test(name));

describe('a damaged file', { timeout: 120_000 }, () => {
  test(`flipped and missing bytes are refused with one sentence or do no harm (DAMAGE_SEED=${SEED})`, async () => {
    const random = randomFrom(SEED);
    const home = await temporaryFolder();
    const whole = path.join(home, 'whole', 'c200');
    await mkdir(path.dirname(whole));
    const rows = await makeFolder(whole);
    expect(await readRows(whole)).toEqual(rows);
    const names = await journalFiles(whole);
    expect(names.length).toBeGreaterThan(1);
    let refused = 0;
    for (let trial = 0; trial < TRIALS; trial++) {
      const folder = path.join(home, `trial-${trial}`, 'c200');
      await cp(whole, folder, { recursive: true });
      const file = path.join(folder, names[random(names.length)] ?? '');
      const bytes = await readFile(file);
      // Every third damage hits the first bytes, where it matters most.
      const place = trial % 3 === 0 ? random(64) : random(bytes.length);
      const isCut = random(4) === 0;
      if (isCut) {
        await truncate(file, place);
      } else {
        for (let n = 0; n <= random(3); n++) {
          const at = Math.min(bytes.length - 1, place + n * random(50));
          bytes[at] = (bytes[at] ?? 0) ^ (1 + random(255));
        }
        await writeFile(file, bytes);
      }
      const outcome = await readRows(folder).catch((error: unknown) => error);
      if (outcome instanceof StorageError) {
        expect(outcome.message).toMatch(/^the data folder [^\n]+c200 cannot be opened: [^\n]+$/);
        refused++;
      } else {
        expect(outcome, `trial ${trial}: ${file} at ${place}`).toEqual(rows);
        expect(isCut).toBe(false);
      }
      await rm(path.dirname(folder), { recursive: true });
    }
    if (process.env['DAMAGE_TRIALS']) console.log(`${refused} of ${TRIALS} refused, the others had all rows`);
    expect(refused).toBeGreaterThan(TRIALS / 2);
  }, 600_000);

  test.each([
    ['emptied', (file: string) => writeFile(file, '')],
    ['missing', (file: string) => rm(file)],
    ['replaced by something else', (file: string) => writeFile(file, 'my notes '.repeat(1000))],
  ])('a file is refused when it is %s', async (_what, damage) => {
    const home = await temporaryFolder();
    const whole = path.join(home, 'whole', 'c200');
    await mkdir(path.dirname(whole));
    await makeFolder(whole);
    for (const name of await journalFiles(whole)) {
      const folder = path.join(home, name, 'c200');
      await cp(whole, folder, { recursive: true });
      await damage(path.join(folder, name));
      await expect(JournalStorage.open(folder)).rejects.toThrow(
        /^the data folder .+ cannot be opened: [^\n]+$/,
      );
    }
  });

  test('a file of another database or of another time is refused', async () => {
    const home = await temporaryFolder();
    const [one, two] = [path.join(home, 'c200'), path.join(home, 'c201')];
    await makeFolder(one);
    await makeFolder(two);
    await rename(two, path.join(home, 'moved'));
    await cp(one, two, { recursive: true });
    await expect(JournalStorage.open(two)).rejects.toThrow(/those of the database c200/);
    const [log = '', snapshot = ''] = await journalFiles(one);
    await cp(path.join(home, 'moved', snapshot), path.join(one, snapshot));
    await expect(JournalStorage.open(one)).rejects.toThrow(new RegExp(`${log}|${snapshot}`));
  });

  test('a damaged file stops the command with one line and code 1', { timeout: 120_000 }, async () => {
    const dataDir = await temporaryFolder();
    const program = await bundleSource(`
      import { schema, table, t } from 'spacetimedb/server';
      const note = table({ name: 'note', public: true }, { text: t.string() });
      const spacetimedb = schema({ note });
      export default spacetimedb;
      export const add = spacetimedb.reducer({ text: t.string() }, (ctx, { text }) => { ctx.db.note.insert({ text }); });
    `);
    const host = await startHost({ program, name: 'notes', dataDir });
    for (let n = 0; n < 50; n++) host.call('add', [`note ${n}`]);
    await host.stop();
    const file = path.join(dataDir, 'databases', host.identity, 'log-000001');
    const bytes = await readFile(file);
    const at = bytes.length - 100;
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    await writeFile(file, bytes);
    const chat = path.resolve(import.meta.dirname, '../../../..');
    const { exitCode, stderr } = await runInProcess(
      ...['start', '--module', chat, '--name', 'chat', '--port', '0', '--data-dir', dataDir],
    );
    expect(stderr).toMatch(/^the data folder [^\n]+ cannot be opened: log-000001 is damaged[^\n]*\n$/);
    expect(exitCode).toBe(1);
  });
});
