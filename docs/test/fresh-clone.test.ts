/** Runs the commands of the docs, one after the other, in a clone right after `npm install`. */
import { execFile, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { PAGES, ROOT, shellCommands } from './markdown.ts';

const run = promisify(execFile);
/** Other processes must not inherit Vitest's environment. */
const { NODE_OPTIONS: _, VITEST: __, NODE_ENV: ___, ...environment } = process.env;

/** The packages that npm links to folders of the repository. */
const WORKSPACES: Readonly<Record<string, string>> = {
  'spacetimedb-host': '../spacetimedb/host',
  'spacetimedb-stores': '../adapters',
};

/** The files that git would clone, with uncommitted changes. */
async function copyRepository(folder: string): Promise<void> {
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  for (const file of files.split('\0').filter(Boolean)) {
    // A deleted file whose deletion is not committed.
    await cp(path.join(ROOT, file), path.join(folder, file)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
  }
}

/** The state after `npm install`, before its `prepare`, with links instead of downloads. */
async function linkPackages(folder: string): Promise<void> {
  const [from, to] = [path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules')];
  await mkdir(path.join(to, '.bin'), { recursive: true });
  for (const name of await readdir(from)) {
    if (name.startsWith('.') || name in WORKSPACES) continue;
    await symlink(path.join(from, name), path.join(to, name));
  }
  for (const [name, target] of Object.entries(WORKSPACES)) await symlink(target, path.join(to, name));
  for (const name of await readdir(path.join(from, '.bin'))) {
    await symlink(await readlink(path.join(from, '.bin', name)), path.join(to, '.bin', name));
  }
}

// On Windows, only some users can create links; CI's own `npm ci` and `npm run check` cover it there.
describe.skipIf(process.platform === 'win32')('in a fresh clone', { timeout: 300_000 }, () => {
  let clone: string;

  beforeAll(async () => {
    clone = await mkdtemp(path.join(tmpdir(), 'chat-clone-'));
    await copyRepository(clone);
    await linkPackages(clone);
    await run('npm', ['run', 'prepare'], { cwd: clone, env: environment });
  }, 300_000);
  afterAll(() => rm(clone, { recursive: true, force: true }));

  test('npx spacetimedb-host and imports of both packages work', async () => {
    const help = await run('npx', ['--no-install', 'spacetimedb-host', '--help'], {
      cwd: clone,
      env: environment,
    });
    expect(help.stdout).toMatch(/^spacetimedb-host: runs SpacetimeDB TypeScript modules/);
    await writeFile(
      path.join(clone, 'try.mjs'),
      `import { startHost } from 'spacetimedb-host';
       import { connect } from 'spacetimedb-stores';
       const host = await startHost({ module: 'spacetimedb', name: 'chat' });
       host.call('send_message', ['Hello']);
       console.log(typeof connect, JSON.stringify(host.sql('SELECT text FROM message').rows));
       await host.stop();`,
    );
    const { stdout } = await run(process.execPath, ['try.mjs'], { cwd: clone, env: environment });
    expect(stdout).toBe('function [["Hello"]]\n');
  });

  test('the commands of the docs work, one after the other', async () => {
    const bin = path.join(clone, 'node_modules/.bin/spacetimedb-host');
    const commands = shellCommands(PAGES);
    const start = commands.find(({ text }) => text.startsWith('npx spacetimedb-host start '));
    const server = spawn(bin, [...(start?.words.slice(2) ?? []), '--port', '0'], {
      cwd: clone,
      env: environment,
    });
    const ended = once(server, 'close');
    onTestFinished(async () => {
      server.kill('SIGTERM');
      await ended;
    });
    let said = '';
    server.stderr.on('data', (data: Buffer) => (said += data.toString()));
    const [line] = (await Promise.race([once(server.stdout, 'data'), ended.then(() => [said])])) as [Buffer];
    const uri = line.toString().trim();
    expect(uri).toMatch(/^http:\/\/localhost:\d+$/);

    const hasCurl = spawnSync('curl', ['--version']).status === 0;
    const texts = commands
      .map(({ text }) => text)
      .filter((text) => /^(npx spacetimedb-host (?!start|--)|npm run room -- export|curl )/.test(text))
      .filter((text) => hasCurl || !text.startsWith('curl '))
      .map((text) =>
        text
          .replace(/^npx spacetimedb-host (publish|call|sql|logs)\b/, `$& --server ${uri}`)
          .replace(/^npm run room -- export/, `$& --server ${uri}`)
          .replace('http://localhost:3000', uri)
          .replace('curl ', 'curl --silent --show-error --fail ')
          // It would never end.
          .replace(' --follow', '')
          .replace(/^npx spacetimedb-host/, bin),
      );
    expect(texts.length).toBeGreaterThan(10);
    // An empty room has nothing to export, back up or delete.
    await run(bin, ['call', '--server', uri, 'quickstart-chat', 'send_message', 'Hello'], {
      cwd: clone,
      env: environment,
    });
    const done: string[] = [];
    for (const text of new Set(texts)) {
      await run('bash', ['-c', text], { cwd: clone, env: environment });
      done.push(text);
    }
    expect(done).toHaveLength(new Set(texts).size);
    expect(await readdir(clone)).toEqual(
      expect.arrayContaining([
        'backup-1',
        'restored',
        expect.stringMatching(/^backup-\d{4}-\d\d-\d\d$/),
        'room.json',
      ]),
    );
    expect(await readFile(path.join(clone, 'room.json'), 'utf8')).toContain('"text":"Hello"');
    expect((await fetch(`${uri}/v1/database/help`)).status).toBe(200);
  });
});
