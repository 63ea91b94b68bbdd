import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startCli } from '../../testing/cli.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';

const MODULES = path.resolve(import.meta.dirname, '../../../../../node_modules');

const SOURCE = `
  import { schema, table, t } from 'spacetimedb/server';
  const seen = table({ name: 'seen', public: true }, { what: t.string() });
  const spacetimedb = schema({ seen });
  export default spacetimedb;
  Promise.reject(new Error('at the top'));
  export const init = spacetimedb.init(async () => { throw new Error('init'); });
  export const arrive = spacetimedb.clientConnected(async () => { await null; throw new Error('arrive'); });
  export const leave = spacetimedb.clientDisconnected(async () => { throw new Error('leave'); });
  export const rejects = spacetimedb.reducer(async (ctx) => { ctx.db.seen.insert({ what: 'kept' }); throw new Error('no'); });
  export const endless = spacetimedb.reducer(() => { for (;;); });
`;

test('a process survives rejections and endless calls of its module, and still stops on request', async () => {
  const folder = await temporaryFolder();
  await mkdir(path.join(folder, 'src'));
  await writeFile(path.join(folder, 'src', 'index.ts'), SOURCE);
  await symlink(MODULES, path.join(folder, 'node_modules'));
  const limit = ['--limit', 'callMillis=3000'];
  const words = ['--module', folder, '--name', 'odd', '--port', '0', '--in-memory', ...limit];
  const running = await startCli('start', ...words);
  onTestFinished(() => void running.process.kill('SIGKILL'));
  const call = (reducer: string) =>
    fetch(`${running.line}/v1/database/odd/call/${reducer}`, {
      method: 'POST',
      body: '[]',
      headers: { 'content-type': 'application/json' },
    });
  expect((await call('rejects')).status).toBe(200);
  const endless = call('endless');
  const ping = fetch(`${running.line}/v1/ping`);
  expect((await endless).status).toBe(530);
  expect((await ping).status).toBe(200);
  expect((await call('rejects')).status).toBe(200);
  const last = call('endless').catch(() => undefined);
  running.process.kill('SIGTERM');
  await last;
  expect(await running.finished).toMatchObject({ exitCode: 0, stderr: '' });
}, 120_000);
