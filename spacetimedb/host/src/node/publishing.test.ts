/** Who may publish over HTTP, and how many databases a host accepts. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { bundleSource } from '../testing/module-source.ts';
import { startHost, type StartHostOptions } from './start-host.ts';

const MODULE = `
  import { schema, table, t } from 'spacetimedb/server';
  const spacetimedb = schema({ note: table({ name: 'note', public: true }, { text: t.string() }) });
  export default spacetimedb;
  globalThis.console.log('this program ran');
`;

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let program: string;
beforeAll(async () => {
  program = await bundleSource(MODULE);
});

interface Person {
  readonly identity: string;
  readonly token: string;
}

async function setUp(options: Partial<StartHostOptions> = {}) {
  const host = await startHost({ program, name: 'first', ...options });
  onTestFinished(() => host.stop());
  const send = async (method: string, name: string, token?: string) => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const url = `${host.uri}/v1/database/${name}${name.includes('?') ? '&' : '?'}host_type=Js`;
    const answer = await fetch(url, {
      method,
      headers,
      ...(method === 'DELETE' ? {} : { body: program }),
    });
    return { status: answer.status, text: await answer.text() };
  };
  const person = async () =>
    (await (await fetch(`${host.uri}/v1/identity`, { method: 'POST' })).json()) as Person;
  const exists = async (name: string) => (await fetch(`${host.uri}/v1/database/${name}`)).status === 200;
  return { host, send, person, exists };
}

test('only the owner can publish or change a database', async () => {
  const { host, send, person, exists } = await setUp();
  const { token } = await person();
  for (const [given, status] of [
    [undefined, 401],
    [token, 403],
    [`${host.ownerToken.slice(0, -4)}AAAA`, 401],
  ] as const) {
    for (const [method, name] of [
      ['PUT', 'second'],
      ['PUT', 'first'],
      ['PUT', 'first?clear=true'],
      ['POST', 'first/pre_publish'],
      ['POST', ''],
      ['DELETE', 'first'],
    ] as const) {
      const answer = await send(method, name.replace(/^$/, '?'), given);
      if (name !== '') expect([method, name, answer.status]).toEqual([method, name, status]);
      expect(answer.text.split('\n').length).toBe(1);
    }
  }
  expect([await exists('first'), await exists('second')]).toEqual([true, false]);
});

test('the owner publishes, plans, clears and deletes databases', async () => {
  const { host, send, exists } = await setUp();
  const token = host.ownerToken;
  expect((await send('PUT', 'second', token)).status).toBe(200);
  expect((await send('POST', 'second/pre_publish', token)).status).toBe(200);
  expect((await send('PUT', 'second?clear=true', token)).status).toBe(200);
  expect(await exists('second')).toBe(true);
  expect((await send('DELETE', 'second', token)).status).toBe(200);
  expect(await exists('second')).toBe(false);
});

test('if anyone may publish, everyone owns what they created', async () => {
  const { send, person } = await setUp({ allowPublish: 'anyone' });
  const [ann, bob] = [await person(), await person()];
  expect((await send('PUT', 'of-ann', ann.token)).status).toBe(200);
  expect((await send('PUT', 'of-ann', bob.token)).status).toBe(403);
  expect((await send('PUT', 'of-ann')).status).toBe(403);
  expect((await send('PUT', 'of-nobody')).status).toBe(200);
  expect((await send('DELETE', 'of-ann', bob.token)).status).toBe(403);
  expect((await send('DELETE', 'of-ann', ann.token)).status).toBe(200);
});

test('a database of someone else stays theirs after publishing is restricted to the owner', async () => {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'publishing-'));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  const open = await setUp({ dataDir, allowPublish: 'anyone' });
  const ann = await open.person();
  expect((await open.send('PUT', 'of-ann', ann.token)).status).toBe(200);
  await open.host.stop();

  const { host, send, exists } = await setUp({ dataDir });
  const logs = (token: string) =>
    fetch(`${host.uri}/v1/database/of-ann/logs`, { headers: { authorization: `Bearer ${token}` } });
  expect((await send('PUT', 'of-ann', ann.token)).status).toBe(403);
  expect((await send('PUT', 'of-ann', host.ownerToken)).status).toBe(403);
  expect((await logs(ann.token)).status).toBe(200);
  expect((await logs(host.ownerToken)).status).toBe(403);
  expect((await send('DELETE', 'of-ann', ann.token)).status).toBe(200);
  expect(await exists('of-ann')).toBe(false);
});

test('a host accepts no more databases than its limit, and deleting one makes room', async () => {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'publishing-'));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  const { host, send } = await setUp({ dataDir, limits: { databases: 2 } });
  const token = host.ownerToken;
  // Only one of three simultaneous requests fits.
  const answers = await Promise.all(['a', 'b', 'c'].map((name) => send('PUT', name, token)));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 403, 403]);
  expect(answers.find(({ status }) => status === 403)?.text).toBe(
    'This host holds 2 databases, as many as its limit "databases" allows; delete one, or raise the limit',
  );
  expect((await send('PUT', 'first', token)).status).toBe(200);
  expect((await send('PUT', 'first?clear=true', token)).status).toBe(200);
  expect((await readdir(path.join(dataDir, 'databases'))).length).toBe(2);
  expect((await send('DELETE', 'first', token)).status).toBe(200);
  expect((await send('PUT', 'd', token)).status).toBe(200);
  await host.stop();

  await expect(startHost({ program, name: 'e', dataDir, limits: { databases: 2 } })).rejects.toThrow(
    'This host holds 2 databases',
  );
});
