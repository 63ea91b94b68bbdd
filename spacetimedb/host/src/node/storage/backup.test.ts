import { cp, mkdir, readFile, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startHost } from '../../index.ts';
import { whenDurable } from '../../engine/database/storage.ts';
import { runCli, startCli } from '../../testing/cli.ts';
import { writeModule } from '../../testing/module-source.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { backUp, restore } from './backup.ts';
import { JournalStorage } from './journal-storage.ts';

const IDENTITY = 'c200';
const META = { identity: IDENTITY, owner: 'ab', names: ['notes'], programHash: 'cd' };

/** A data folder with one database, which makes a snapshot every few transactions. */
async function openDatabase(dataDir: string): Promise<JournalStorage> {
  await mkdir(path.join(dataDir, 'databases'), { recursive: true });
  await writeFile(path.join(dataDir, 'owner.token'), 'a.b.c\n');
  const storage = await JournalStorage.create(path.join(dataDir, 'databases', IDENTITY), {
    snapshotAfter: 2_000,
  });
  storage.append({ meta: META, program: new Uint8Array(100), tables: [], sequences: new Map() });
  return storage;
}

function add(storage: JournalStorage, text: string): Promise<void> {
  const inserts = [{ bytes: new TextEncoder().encode(text), key: text, columns: [], storageId: undefined }];
  const tables = [{ table: 'note', deletes: [], inserts }];
  return whenDurable(storage, storage.append({ tables, sequences: new Map() }));
}

async function rowsIn(dataDir: string): Promise<string[]> {
  const storage = await JournalStorage.open(path.join(dataDir, 'databases', IDENTITY));
  try {
    const stored = await storage.load();
    return [...(stored?.rows.get('note') ?? [])].map(({ bytes }) => new TextDecoder().decode(bytes));
  } finally {
    await storage.close();
  }
}

/** A data folder without a writer, with a snapshot and a log after it. */
async function quietFolder(): Promise<{ home: string; dataDir: string; database: string }> {
  const home = await temporaryFolder();
  const dataDir = path.join(home, 'data');
  const storage = await openDatabase(dataDir);
  for (let n = 0; n < 100; n++) await add(storage, `note ${n}`);
  await storage.close();
  return { home, dataDir, database: path.join(dataDir, 'databases', IDENTITY) };
}

const numbers = (count: number) => Array.from({ length: count }, (_, n) => `note ${n}`);

describe('a backup', { timeout: 120_000 }, () => {
  test('a backup has everything confirmed before it without gaps, while the host writes and replaces files', async () => {
    const home = await temporaryFolder();
    const dataDir = path.join(home, 'data');
    const storage = await openDatabase(dataDir);
    let confirmed = 0;
    let isOver = false;
    const writing = (async () => {
      while (!isOver) {
        await add(storage, `note ${confirmed}`);
        confirmed++;
      }
    })();
    const newest = async () =>
      Math.max(
        ...(await readdir(path.join(dataDir, 'databases', IDENTITY))).map((name) =>
          Number(/^log-(\d+)$/.exec(name)?.[1] ?? 0),
        ),
      );
    const firstLog = await newest();
    for (let n = 0; n < 30; n++) {
      const before = confirmed;
      const copy = path.join(home, `copy-${n}`);
      await backUp(dataDir, copy);
      const rows = await rowsIn(copy);
      expect(rows.length).toBeGreaterThanOrEqual(before);
      expect(rows).toEqual(numbers(rows.length));
      await rm(copy, { recursive: true });
    }
    isOver = true;
    await writing;
    expect(await newest()).toBeGreaterThan(firstLog);
    await storage.close();
  });

  test('a backup is private to its user and restores the same rows', async () => {
    const { home, dataDir } = await quietFolder();
    const copy = path.join(home, 'copy');
    const made = await backUp(dataDir, copy);
    expect(made).toMatchObject({ folder: copy, databases: [IDENTITY] });
    if (process.platform !== 'win32') {
      expect((await stat(copy)).mode & 0o777).toBe(0o700);
      expect((await stat(path.join(copy, 'owner.token'))).mode & 0o777).toBe(0o600);
    }
    const restored = path.join(home, 'restored');
    expect(await restore(copy, restored)).toEqual({ ...made, folder: restored });
    expect(await rowsIn(restored)).toEqual(numbers(100));
    expect(await readFile(path.join(restored, 'owner.token'), 'utf8')).toBe('a.b.c\n');
  });

  test('a backup omits databases that are being created or deleted', async () => {
    const { home, dataDir } = await quietFolder();
    await mkdir(path.join(dataDir, 'databases', 'c201.new'));
    await mkdir(path.join(dataDir, 'databases', 'c202.deleted'));
    expect((await backUp(dataDir, path.join(home, 'copy'))).databases).toEqual([IDENTITY]);
  });

  test('a backup does not replace an existing folder', async () => {
    const { home, dataDir } = await quietFolder();
    await expect(backUp(dataDir, home)).rejects.toThrow(/is there already: name a folder/);
    await expect(restore(dataDir, dataDir)).rejects.toThrow(/is there already: name a folder/);
    await expect(backUp(path.join(home, 'nowhere'), path.join(home, 'copy'))).rejects.toThrow(
      /there is no data folder in .*nowhere/,
    );
  });

  test.each([
    [
      'a byte changed',
      async (file: string) => {
        const bytes = await readFile(file);
        const at = bytes.length - 5;
        bytes[at] = (bytes[at] ?? 0) ^ 1;
        await writeFile(file, bytes);
      },
    ],
    ['its end cut off', async (file: string) => truncate(file, (await stat(file)).size - 3)],
    ['its header overwritten', (file: string) => writeFile(file, 'my notes '.repeat(1000))],
    ['gone', (file: string) => rm(file)],
  ])(
    'a backup of a folder with a file that has %s is refused and leaves nothing behind',
    async (_what, damage) => {
      const { home, dataDir, database } = await quietFolder();
      for (const name of (await readdir(database)).filter((entry) => /^(log|snapshot)-/.test(entry))) {
        const damaged = path.join(home, `damaged-${name}`);
        await cp(dataDir, damaged, { recursive: true });
        await damage(path.join(damaged, 'databases', IDENTITY, name));
        await expect(restore(damaged, path.join(home, 'copy')), name).rejects.toThrow(/damaged|missing/);
        expect(await readdir(home)).not.toContain('copy');
        expect(await readdir(home)).not.toContain('copy.tmp');
      }
    },
  );

  test('a restored backup of a running host has the same database, owner and people', async () => {
    const home = await temporaryFolder();
    const { folder: module } = await writeModule(
      home,
      `import { schema, table, t } from 'spacetimedb/server';
       const note = table({ name: 'note', public: true }, { id: t.u64().primaryKey().autoInc(), text: t.string() });
       const spacetimedb = schema({ note });
       export default spacetimedb;
       export const add = spacetimedb.reducer({ text: t.string() }, (ctx, { text }) => { ctx.db.note.insert({ id: 0n, text }); });`,
    );
    const [dataDir, copy, restored] = ['data', 'copy', 'restored'].map((name) => path.join(home, name)) as [
      string,
      string,
      string,
    ];
    const words = ['start', '--module', module, '--name', 'notes', '--port', '0', '--data-dir', dataDir];
    const first = await startCli(...words);
    onTestFinished(() => void first.process.kill('SIGKILL'));
    const token = (await readFile(path.join(dataDir, 'owner.token'), 'utf8')).trim();
    const request = (uri: string, route: string, body: string) =>
      fetch(`${uri}/v1/database/notes/${route}`, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      });
    let confirmed = 0;
    let isOver = false;
    const writing = (async () => {
      while (!isOver) {
        expect((await request(first.line, 'call/add', JSON.stringify([`note ${confirmed}`]))).status).toBe(
          200,
        );
        confirmed++;
      }
    })();
    await expect.poll(() => confirmed, { timeout: 60_000 }).toBeGreaterThan(20);
    const before = confirmed;
    expect(await runCli('backup', '--data-dir', dataDir, copy)).toMatchObject({
      exitCode: 0,
      stderr: '',
      stdout: expect.stringMatching(/copy has 1 database/),
    });
    isOver = true;
    await writing;
    expect(await runCli('restore', '--data-dir', restored, copy)).toMatchObject({ exitCode: 0, stderr: '' });
    const second = await startHost({ module, name: 'notes', dataDir: restored });
    onTestFinished(() => second.stop());
    const [{ rows }] = (await (await request(second.uri, 'sql', 'SELECT * FROM note')).json()) as [
      { rows: [number, string][] },
    ];
    expect(rows.length).toBeGreaterThanOrEqual(before);
    expect(rows.map(([, text]) => text)).toEqual(numbers(rows.length));
    // The owner's token is valid, and sequences continue.
    expect((await request(second.uri, 'call/add', '["more"]')).status).toBe(200);
  });
});
