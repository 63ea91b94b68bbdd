/** The two commands of the README print what the README shows. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { codeBlock, ROOT } from '../../docs/test/markdown.ts';

it('npm start prints what the README shows, serves site and widget, and creates data and owner.token', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'chat-start-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const { NODE_ENV: _, VITEST: __, NODE_OPTIONS: ___, ...environment } = process.env;
  // Not `npm start` itself, which does not pass signals on to the script everywhere.
  const { scripts } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
    scripts: { start: string };
  };
  const [program, ...words] = scripts.start.split(' ');
  expect(program).toBe('tsx');
  const child = spawn(process.execPath, ['--import=tsx', ...words], {
    cwd: ROOT,
    env: { ...environment, PORT: '0', HOST: '', DATA_DIR: folder },
  });
  const ended = once(child, 'close');
  onTestFinished(() => void child.kill('SIGKILL'));
  let printed = '';
  const printedAll = new Promise<void>((resolve) => {
    child.stdout.on('data', (data: Buffer) => {
      printed += data.toString();
      if (/owner\.token\n/.test(printed)) resolve();
    });
  });
  let failure = '';
  child.stderr.on('data', (data: Buffer) => (failure += data.toString()));
  await Promise.race([printedAll, ended]);
  expect(failure).toBe('');
  const [, port] = /localhost:(\d+)/.exec(printed) ?? [];
  // The browser tests have built the site already.
  const documented = codeBlock('README.md', 'Start', '').replace(/^Building .*\n/gm, '');
  expect(
    printed
      .replaceAll(`localhost:${port}`, 'localhost:3000')
      .replace(/sign-in=[\w-]{22}/, 'sign-in=Hc1pQ2m8t0W7oC5dYkXv3A')
      .replaceAll(folder, '/home/you/chat/.spacetimedb'),
  ).toBe(documented);
  for (const path of ['/', '/widget/spacetimedb-chat.js', '/embed/', '/v1/ping']) {
    expect([path, (await fetch(`http://localhost:${port}${path}`)).status]).toEqual([path, 200]);
  }
  expect(await readFile(join(folder, 'owner.token'), 'utf8')).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
  child.kill('SIGINT');
  await ended;
  expect(child.exitCode).toBe(0);
});
