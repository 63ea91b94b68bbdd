import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { bundleSource } from '../testing/module-source.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { Registry } from './registry.ts';
import { startHost, type StartHostOptions } from './start-host.ts';
import type { DataFolder } from './storage/data-folder.ts';

const PROGRAM = `
  import { schema, table, t } from 'spacetimedb/server';
  export default schema({ note: table({ public: true }, { text: t.string() }) });
`;

async function start(options: Partial<StartHostOptions> = {}) {
  const program = await bundleSource(PROGRAM);
  const host = await startHost({ program, name: 'first', ...options });
  const send = async (method: string, at: string, body?: string) => {
    const headers = { authorization: `Bearer ${host.ownerToken}` };
    const answer = await fetch(`${host.uri}/v1/database/${at}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
    });
    return [answer.status, await answer.text()] as const;
  };
  return { host, send, program };
}

test('a database has the names that it was given last, also after a restart', async () => {
  const dataDir = await temporaryFolder();
  const first = await start({ dataDir });
  const identity = first.host.identity;
  expect(await first.send('POST', 'first/names', 'second')).toEqual([
    200,
    JSON.stringify({ Success: { domain: 'second', database_identity: identity } }),
  ]);
  expect(await first.send('PUT', 'first/names', '["third", "fourth"]')).toEqual([200, '"Success"']);
  expect((await first.send('GET', 'first'))[0]).toBe(404);
  await first.host.stop();

  const again = await start({ dataDir, name: 'third' });
  expect(again.host.identity).toBe(identity);
  expect(await again.send('GET', 'fourth/names')).toEqual([200, '{"names":["third","fourth"]}']);
  await again.host.stop();
});

test('names that cannot be given are refused, and nothing changes', async () => {
  const { host, send } = await start();
  expect(await send('POST', 'first/names', 'Bad Name')).toEqual([400, 'invalid characters in database name']);
  expect(await send('POST', 'first/names', 'first')).toEqual([
    500,
    'record with the name first already exists',
  ]);
  expect(await send('PUT', 'first/names', '["other", "first"]')).toEqual([
    400,
    '{"OtherError":"Cannot rename to first because it already is in use."}',
  ]);
  expect(await send('PUT', 'first/names', '{}')).toEqual([400, 'The body must be a JSON list of names']);
  expect(await send('GET', 'first/names')).toEqual([200, '{"names":["first"]}']);
  await host.stop();
});

test('a locked database is neither deleted nor cleared, also after a restart, until it is unlocked', async () => {
  const dataDir = await temporaryFolder();
  const first = await start({ dataDir });
  expect((await first.send('POST', 'first/lock'))[0]).toBe(200);
  await first.host.stop();
  const { host, send, program } = await start({ dataDir });
  expect(await send('DELETE', 'first')).toEqual([
    403,
    'Database is locked and cannot be deleted. Run `spacetime unlock` first.',
  ]);
  for (const at of ['first?host_type=Js&clear=true', 'first/reset?host_type=Js']) {
    expect(await send('PUT', at, program)).toEqual([
      403,
      'Database is locked and cannot be reset with --delete-data. Run `spacetime unlock` first.',
    ]);
  }
  await send('POST', 'first/unlock');
  expect((await send('DELETE', 'first'))[0]).toBe(200);
  await host.stop();
});

test('a deleted database keeps its name, which gives the same identity again', async () => {
  const { host, send, program } = await start();
  await send('DELETE', 'first');
  expect(await send('GET', 'first/identity')).toEqual([200, host.identity]);
  expect(await send('GET', 'first')).toEqual([404, 'No such database.']);
  expect(JSON.parse((await send('PUT', 'first?host_type=Js', program))[1])).toEqual({
    Success: { domain: 'first', database_identity: host.identity, op: 'created' },
  });
  await host.stop();
});

test('clearing with a program that does not run loses no data', async () => {
  const { host, send } = await start();
  host.sql("INSERT INTO note (text) VALUES ('kept')");
  expect((await send('PUT', 'first?host_type=Js&clear=true', 'throw new Error("no")'))[0]).toBe(500);
  expect(host.sql('SELECT * FROM note').rows).toEqual([['kept']]);
  await host.stop();
});

test('a registry that cannot be read keeps the host from starting, and the message names the file', async () => {
  const dataDir = await temporaryFolder();
  await (await start({ dataDir })).host.stop();
  const file = path.join(dataDir, 'registry.json');
  expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ locked: [] });
  await writeFile(file, '{"names":');
  await expect(start({ dataDir })).rejects.toThrow(`${file} cannot be read`);
});

test('names on a full disk are refused with one sentence', async () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  const folder = { path: '/nowhere', readText: async () => undefined, writeText: () => Promise.reject(full) };
  const registry = await Registry.open(folder as unknown as DataFolder);
  await expect(registry.addName('first', 'aa', 'bb')).rejects.toThrow(
    'The disk is full: changes are refused until there is room again',
  );
});
