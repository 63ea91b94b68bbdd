import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startHost } from '../../index.ts';
import { bundleSource } from '../../testing/module-source.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { DataFolder } from './data-folder.ts';

const isPosix = process.platform !== 'win32';

/** Opens the folder in another process. @returns what it printed, and a function that kills it */
async function openElsewhere(folder: string, ...wrapper: string[]) {
  const module = path.join(import.meta.dirname, 'data-folder.ts');
  const program = `
    import { DataFolder } from ${JSON.stringify(module)};
    try {
      await DataFolder.open(${JSON.stringify(folder)});
      console.log('opened by ' + process.pid);
      setInterval(() => undefined, 1000);
    } catch (error) {
      console.log(error.message);
    }`;
  const file = path.join(await temporaryFolder(), 'open.mts');
  await writeFile(file, program);
  const [command = '', ...words] = [...wrapper, process.execPath, '--import', 'tsx', file];
  const child = spawn(command, words, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: '' },
    cwd: path.resolve(import.meta.dirname, '../../../../..'),
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const kill = async () => {
    child.kill('SIGKILL');
    await once(child, 'close');
  };
  return { said: line.toString().trim(), kill };
}

describe('lock of a data folder', { timeout: 120_000 }, () => {
  test('the lock keeps a second host out, in this process or another, and ends with the process', async () => {
    const folder = await temporaryFolder();
    const other = await openElsewhere(folder);
    expect(other.said).toMatch(/^opened by/);
    await expect(DataFolder.open(folder)).rejects.toThrow(
      `the data folder ${folder} is in use by another host`,
    );
    await other.kill();
    const opened = await DataFolder.open(folder);
    await expect(DataFolder.open(folder)).rejects.toThrow('in use');
    expect((await openElsewhere(folder)).said).toMatch(/in use by another host/);
    await opened.close();
    await (await DataFolder.open(folder)).close();
  });

  const unshare = ['unshare', '--pid', '--fork', '--kill-child'];
  const hasNamespaces = spawnSync('unshare', [...unshare.slice(1), 'true']).status === 0;

  test.runIf(hasNamespaces)(
    'the lock keeps two containers apart in which the host has the same pid',
    async () => {
      const folder = await temporaryFolder();
      const first = await openElsewhere(folder, ...unshare);
      expect(first.said).toBe('opened by 1');
      expect((await openElsewhere(folder, ...unshare)).said).toMatch(/in use by another host/);
      await first.kill();
      await expect
        .poll(async () => (await openElsewhere(folder, ...unshare)).said, { timeout: 20_000 })
        .toBe('opened by 1');
    },
  );

  test('the lock ignores the pid file of an older version', async () => {
    const folder = await temporaryFolder();
    await writeFile(path.join(folder, 'host.pid'), '1');
    await (await DataFolder.open(folder)).close();
  });
});

describe('data folder', { timeout: 120_000 }, () => {
  test.runIf(isPosix)(
    'a data folder is private to its user, whatever the umask is and whatever its mode was',
    async () => {
      const dataDir = path.join(await temporaryFolder(), 'data');
      await mkdir(path.join(dataDir, 'databases'), { recursive: true });
      await mkdir(path.join(dataDir, 'keys'));
      for (const folder of [dataDir, path.join(dataDir, 'databases'), path.join(dataDir, 'keys')]) {
        await chmod(folder, 0o755);
      }
      await writeFile(path.join(dataDir, 'notes'), 'x', { mode: 0o644 });
      const umask = process.umask(0);
      onTestFinished(() => void process.umask(umask));
      const program = await bundleSource(`
      import { schema, table, t } from 'spacetimedb/server';
      const note = table({ name: 'note' }, { text: t.string() });
      export default schema({ note });
    `);
      const host = await startHost({ program, name: 'notes', dataDir });
      onTestFinished(() => host.stop());
      const entries = await readdir(dataDir, { recursive: true, withFileTypes: true });
      const files = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
      expect(files).toEqual(
        expect.arrayContaining([
          'owner.token',
          'id_ecdsa',
          'id_ecdsa.pub',
          'host.lock',
          'log-000001',
          'notes',
        ]),
      );
      expect((await stat(dataDir)).mode & 0o777).toBe(0o700);
      for (const entry of entries) {
        const { mode } = await stat(path.join(entry.parentPath, entry.name));
        expect([entry.name, mode & 0o777]).toEqual([entry.name, entry.isDirectory() ? 0o700 : 0o600]);
      }
    },
  );

  test('a data folder drops a database whose creation or deletion was interrupted', async () => {
    const folder = await temporaryFolder();
    await mkdir(path.join(folder, 'databases', 'c200.new'), { recursive: true });
    await mkdir(path.join(folder, 'databases', 'c201.deleted'));
    await mkdir(path.join(folder, 'databases', 'c202'));
    const opened = await DataFolder.open(folder);
    expect(await opened.databases()).toEqual(['c202']);
    await opened.remove('c202');
    await opened.remove('c202');
    expect(await readdir(path.join(folder, 'databases'))).toEqual([]);
    await opened.close();
  });

  test('writeText keeps the old text until the new one is complete', async () => {
    const folder = await temporaryFolder();
    const opened = await DataFolder.open(folder);
    onTestFinished(() => opened.close());
    await opened.writeText('note', 'one');
    await opened.writeText('note', 'two');
    expect(await readFile(path.join(folder, 'note'), 'utf8')).toBe('two\n');
    await rm(path.join(folder, 'note'));
    expect(await opened.readText('note')).toBeUndefined();
  });
});
