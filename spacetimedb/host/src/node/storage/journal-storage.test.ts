import { cp, mkdir, readdir, rename, rm, stat, writeFile, copyFile } from 'node:fs/promises';
import { statSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { open as openLmdb } from 'lmdb';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { whenDurable, type DatabaseWrite, type StoredDatabase } from '../../engine/database/storage.ts';
import type { Row } from '../../engine/datastore/row.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { systemDisk, type Disk } from './disk.ts';
import { JournalStorage, type JournalOptions } from './journal-storage.ts';

const META = { identity: 'c200', owner: 'abcd', names: ['chat'], programHash: 'ef' };
const PROGRAM = new TextEncoder().encode('export default 1;');

/** Waits for a condition, even on a busy machine. */
const until = (condition: () => void) => vi.waitFor(condition, { timeout: 20_000, interval: 5 });

const row = (text: string): Row => ({
  bytes: new TextEncoder().encode(text),
  key: text,
  columns: [text],
  storageId: undefined,
});

const write = (change: Partial<DatabaseWrite>): DatabaseWrite => ({
  tables: [],
  sequences: new Map(),
  ...change,
});

const insert = (...rows: Row[]) => write({ tables: [{ table: 'note', deletes: [], inserts: rows }] });

async function create(options: JournalOptions = {}): Promise<{ folder: string; storage: JournalStorage }> {
  const folder = path.join(await temporaryFolder(), 'c200');
  const storage = await JournalStorage.create(folder, options);
  await whenDurable(storage, storage.append(write({ meta: META, program: PROGRAM })));
  return { folder, storage };
}

function textsOf(stored: StoredDatabase | undefined, table = 'note'): string[] {
  return [...(stored?.rows.get(table) ?? [])].map(({ bytes }) => new TextDecoder().decode(bytes)).sort();
}

/** Opens a copy of a folder's current state, like a start after a kill. */
async function readCopy(folder: string): Promise<StoredDatabase | undefined> {
  const copy = path.join(await temporaryFolder(), 'c200');
  await cp(folder, copy, { recursive: true });
  const storage = await JournalStorage.open(copy);
  const stored = await storage.load();
  await storage.close();
  return stored;
}

/** A disk that fails after `fail` was called with an error code. */
function brokenDisk(): { disk: Disk; fail(code?: string): void } {
  let problem: NodeJS.ErrnoException | undefined;
  const check = () => {
    if (problem) throw problem;
  };
  return {
    fail: (code) => (problem = code === undefined ? undefined : Object.assign(new Error(code), { code })),
    disk: {
      async write(file, bytes, position) {
        // Like a disk that is nearly full: a part is written.
        if (problem) await systemDisk.write(file, bytes.subarray(0, bytes.length / 2), position);
        check();
        await systemDisk.write(file, bytes, position);
      },
      async sync(file) {
        check();
        await systemDisk.sync(file);
      },
    },
  };
}

/** A disk that can be paused; a process that is killed pauses it for good. */
function pausableDisk(): { disk: Disk; pause(): void; resume(): void } {
  let gate = Promise.resolve();
  let open: () => void = () => undefined;
  return {
    pause: () => (gate = new Promise((resolve) => (open = resolve))),
    resume: () => open(),
    disk: {
      write: (...args) => gate.then(() => systemDisk.write(...args)),
      sync: (file) => gate.then(() => systemDisk.sync(file)),
    },
  };
}

/** Waits until a folder has not changed for a while. */
async function standsStill(folder: string): Promise<void> {
  let before = '';
  await vi.waitFor(
    async () => {
      const sizes = (await readdir(folder)).map(
        (name) => `${name} ${statSync(path.join(folder, name), { throwIfNoEntry: false })?.size}`,
      );
      const now = sizes.join();
      const isSame = now === before;
      before = now;
      expect(isSame).toBe(true);
    },
    { interval: 20, timeout: 10_000 },
  );
}

describe('journal', { timeout: 120_000 }, () => {
  test('a journal returns what was written, across restarts and snapshots', async () => {
    const change = fc.oneof(
      { weight: 6, arbitrary: fc.record({ add: fc.string({ maxLength: 40 }) }) },
      { weight: 3, arbitrary: fc.record({ remove: fc.nat() }) },
      { weight: 1, arbitrary: fc.constant({ clear: true as const }) },
      { weight: 1, arbitrary: fc.constant({ restart: true as const }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 60 }), async (changes) => {
        // Small enough for many snapshots.
        const options = { snapshotAfter: 300 };
        const { folder, storage: first } = await create(options);
        let storage = first;
        let rows: Row[] = [];
        for (const change of changes) {
          if ('add' in change) {
            const added = row(change.add);
            rows.push(added);
            storage.append({ ...insert(added), sequences: new Map([['s', BigInt(rows.length)]]), time: 5 });
          } else if ('remove' in change && rows.length > 0) {
            const deletes = rows.splice(change.remove % rows.length, 1);
            await whenDurable(
              storage,
              storage.append(write({ tables: [{ table: 'note', deletes, inserts: [] }] })),
            );
          } else if ('clear' in change) {
            storage.append(write({ clearedTables: ['note'] }));
            rows = [];
          } else if ('restart' in change) {
            await storage.close();
            storage = await JournalStorage.open(folder, options);
            const stored = await storage.load();
            expect(textsOf(stored)).toEqual(rows.map(({ key }) => key).sort());
            rows = [...(stored?.rows.get('note') ?? [])].map(({ bytes, storageId }) => ({
              ...row(new TextDecoder().decode(bytes)),
              storageId,
            }));
          }
        }
        await storage.close();
        const last = await JournalStorage.open(folder, options);
        const stored = await last.load();
        expect(stored).toMatchObject({ meta: META, program: PROGRAM });
        expect(textsOf(stored)).toEqual(rows.map(({ key }) => key).sort());
        await last.close();
        const logs = (await readdir(folder)).filter((name) => name.startsWith('log-'));
        expect(logs.length).toBeLessThan(4);
      }),
      { numRuns: 25 },
    );
  });

  test('a journal killed at any time has everything confirmed and only whole transactions', async () => {
    const { disk, pause, resume } = pausableDisk();
    const { folder, storage } = await create({ disk, snapshotAfter: 500 });
    onTestFinished(() => storage.close());
    for (let n = 0; n < 60; n++) {
      const offset = storage.append(insert(row(`${n} a`), row(`${n} b`)));
      storage.append(insert(row(`${n} late a`), row(`${n} late b`)));
      await whenDurable(storage, offset);
      if (n % 3 !== 0) continue;
      pause();
      await standsStill(folder);
      const texts = textsOf(await readCopy(folder));
      resume();
      for (let m = 0; m <= n; m++) expect(texts).toEqual(expect.arrayContaining([`${m} a`, `${m} b`]));
      expect(texts.filter((text) => text.endsWith('a')).length * 2).toBe(texts.length);
    }
  });

  test('a journal continues after a write that did not finish', async () => {
    const { folder, storage } = await create();
    await whenDurable(storage, storage.append(insert(row('whole'))));
    await storage.close();
    await writeFile(path.join(folder, 'log-000001'), Uint8Array.of(9, 0, 0, 0, 1, 2, 3), { flag: 'a' });
    const second = await JournalStorage.open(folder);
    expect(textsOf(await second.load())).toEqual(['whole']);
    await whenDurable(second, second.append(insert(row('more'))));
    await second.close();
    expect(textsOf(await readCopy(folder))).toEqual(['more', 'whole']);
  });

  test('a journal stores sequences, clients and the newest time', async () => {
    const { folder, storage } = await create({ snapshotAfter: 100 });
    const client = (connectionId: string) => ({ identity: 'ab', connectionId, jwtPayload: '{}' });
    storage.append(write({ connected: client('1'), sequences: new Map([['ids', 4096n]]), time: 7_000_000 }));
    storage.append(write({ connected: client('2') }));
    await whenDurable(storage, storage.append(write({ disconnected: '1' })));
    for (let n = 0; n < 20; n++) await whenDurable(storage, storage.append(insert(row(`${n}`))));
    await storage.close();
    expect(await readCopy(folder)).toMatchObject({
      sequences: new Map([['ids', 4096n]]),
      clients: [client('2')],
      time: 7_000_000,
    });
  });

  test('a journal whose creation was interrupted does not exist', async () => {
    const folder = path.join(await temporaryFolder(), 'c200');
    await (await JournalStorage.create(folder)).close();
    expect(await readCopy(folder)).toBeUndefined();
  });
});

describe('full disk', { timeout: 120_000 }, () => {
  test('on a full disk nothing is lost or confirmed too early, and writing continues when there is space', async () => {
    const { disk, fail } = brokenDisk();
    const { folder, storage } = await create({ disk, checkMillis: 5 });
    await whenDurable(storage, storage.append(insert(row('before'))));
    fail('ENOSPC');
    const offset = storage.append(insert(row('during')));
    await expect(whenDurable(storage, offset)).rejects.toThrow('The disk is full');
    expect(storage.failure).toMatch(/^The disk is full: [^\n]+$/);
    expect(textsOf(await readCopy(folder))).toEqual(['before']);
    fail();
    await until(() => expect(storage.failure).toBeUndefined());
    await whenDurable(storage, offset);
    await storage.close();
    expect(textsOf(await readCopy(folder))).toEqual(['before', 'during']);
  });

  test('the reserve lets committed writes reach a full disk', async () => {
    const { folder, storage } = await create({ checkMillis: 5 });
    expect((await stat(path.join(folder, 'reserve'))).size).toBe(1024 * 1024);
    await storage.close();
    // Full until the reserve is released.
    let isFull = true;
    const disk: Disk = {
      async write(file, bytes, position) {
        const reserve = await stat(path.join(folder, 'reserve')).catch(() => undefined);
        const takesReserve = bytes.length === 1024 * 1024;
        if (isFull && (reserve?.size === 1024 * 1024 || takesReserve)) {
          throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
        }
        await systemDisk.write(file, bytes, position);
      },
      sync: (file) => systemDisk.sync(file),
    };
    const second = await JournalStorage.open(folder, { disk, checkMillis: 5 });
    onTestFinished(() => second.close());
    const failures: (string | undefined)[] = [];
    second.onChange(() => failures.push(second.failure));
    const offset = second.append(insert(row('last words')));
    await until(() => expect(second.durableOffset).toBe(offset));
    expect(second.failure).toMatch(/^The disk is full/);
    isFull = false;
    await until(() => expect(second.failure).toBeUndefined());
    expect(textsOf(await readCopy(folder))).toEqual(['last words']);
  });

  test.each(['EIO', 'EFBIG', 'EROFS'])(
    'a disk that fails with %s is treated like a full one',
    async (code) => {
      const { disk, fail } = brokenDisk();
      const { storage } = await create({ disk, checkMillis: 5 });
      fail(code);
      const offset = storage.append(insert(row('x')));
      await expect(whenDurable(storage, offset)).rejects.toThrow(`The disk cannot be written to (${code})`);
      fail();
      await until(() => expect(storage.durableOffset).toBe(offset));
      await storage.close();
    },
  );

  test('a host can stop with a failing disk, and says that data is lost', async () => {
    const { disk, fail } = brokenDisk();
    const { folder, storage } = await create({ disk });
    fail('ENOSPC');
    storage.append(insert(row('x')));
    await expect(storage.close()).rejects.toThrow(/1 of the last changes could not be written/);
    expect(textsOf(await readCopy(folder))).toEqual([]);
  });

  test('a failed snapshot is made later', async () => {
    const { disk, fail } = brokenDisk();
    const { folder, storage } = await create({ disk, checkMillis: 5, snapshotAfter: 200 });
    for (let n = 0; n < 30; n++) {
      const offset = storage.append(insert(row(`row ${n}`)));
      if (n % 4 === 1) fail('ENOSPC');
      if (n % 4 === 3) fail();
      if (n % 4 !== 1 && n % 4 !== 2) await until(() => expect(storage.durableOffset).toBe(offset));
    }
    fail();
    await until(() => expect(storage.failure).toBeUndefined());
    await storage.close();
    expect(textsOf(await readCopy(folder))).toHaveLength(30);
  });
});

describe('a folder that disappears', { timeout: 120_000 }, () => {
  test.each([
    ['deleted', (folder: string) => rm(folder, { recursive: true })],
    [
      'replaced',
      async (folder: string) => {
        await cp(folder, `${folder}.copy`, { recursive: true });
        await rm(folder, { recursive: true });
        await rename(`${folder}.copy`, folder);
      },
    ],
  ])('a running host notices that its folder is %s', async (_what, change) => {
    const { folder, storage } = await create({ checkMillis: 5 });
    await change(folder);
    await until(() => expect(storage.failure).toContain(`The data folder ${folder} was deleted or replaced`));
    const offset = storage.append(insert(row('x')));
    await expect(whenDurable(storage, offset)).rejects.toThrow('deleted or replaced');
    await expect(storage.close()).rejects.toThrow('deleted or replaced');
  });

  test('a host continues when its folder comes back', async () => {
    const { folder, storage } = await create({ checkMillis: 5 });
    await rename(folder, `${folder}.away`);
    const offset = storage.append(insert(row('x')));
    await until(() => expect(storage.failure).toContain('deleted or replaced'));
    await rename(`${folder}.away`, folder);
    await until(() => expect(storage.durableOffset).toBe(offset));
    await until(() => expect(storage.failure).toBeUndefined());
    await storage.close();
    expect(textsOf(await readCopy(folder))).toEqual(['x']);
  });
});

describe('LMDB folder of an older version', { timeout: 120_000 }, () => {
  async function oldFolder(): Promise<string> {
    const folder = path.join(await temporaryFolder(), 'c200');
    await mkdir(folder);
    const root = openLmdb({ path: folder, noSubdir: false, maxDbs: 8 });
    const info = root.openDB({ name: 'info' });
    const rows = root.openDB({ name: 'rows', encoding: 'binary' });
    await root.transaction(() => {
      void info.put('format', 1);
      void info.put('meta', META);
      void info.put('program', PROGRAM);
      for (let n = 0; n < 1000; n++) void rows.put(['note', n], new TextEncoder().encode(`note ${n}`));
      void root.openDB({ name: 'sequences' }).put('ids', '4096');
      void root.openDB({ name: 'clients' }).put('1', { identity: 'a', connectionId: '1', jwtPayload: '{}' });
    });
    await root.close();
    return folder;
  }

  test('an LMDB folder is converted once and kept', async () => {
    const folder = await oldFolder();
    const storage = await JournalStorage.open(folder);
    const stored = await storage.load();
    expect(stored).toMatchObject({ meta: META, program: PROGRAM, sequences: new Map([['ids', 4096n]]) });
    expect(stored?.clients).toHaveLength(1);
    expect(textsOf(stored)).toHaveLength(1000);
    await whenDurable(storage, storage.append(insert(row('new'))));
    await storage.close();
    expect(textsOf(await readCopy(folder))).toHaveLength(1001);
    expect(await readdir(folder)).toContain('data.mdb.old');
  });

  test('an interrupted conversion of an LMDB folder starts over', async () => {
    const folder = await oldFolder();
    await copyFile(path.join(folder, 'data.mdb'), path.join(folder, '..', 'kept'));
    await (await JournalStorage.open(folder)).close();
    // The state after an interruption before the old file was renamed, with half-written new files.
    await copyFile(path.join(folder, '..', 'kept'), path.join(folder, 'data.mdb'));
    await writeFile(path.join(folder, 'snapshot-000001'), 'half');
    expect(textsOf(await readCopy(folder))).toHaveLength(1000);
  });
});
