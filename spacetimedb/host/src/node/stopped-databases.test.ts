import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { startHost, type StartedHost } from '../index.ts';
import { bundleSource } from '../testing/module-source.ts';
import { JournalStorage } from './storage/journal-storage.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

/** A module with an extra first line. */
const moduleText = (first: string, columns = 't.string()') => `
  ${first}
  import { schema, table, t } from 'spacetimedb/server';
  const note = table({ name: 'note', public: true }, { text: ${columns}, id: t.u64().primaryKey().autoInc() });
  const spacetimedb = schema({ note });
  export default spacetimedb;
  export const write = spacetimedb.reducer({ text: ${columns} }, (ctx, { text }) => { ctx.db.note.insert({ text, id: 0n }); });
`;
const bundles = new Map<string, Promise<string>>();

/** Bundles each source once. */
function bundle(source: string): Promise<string> {
  const program = bundles.get(source) ?? bundleSource(source);
  bundles.set(source, program);
  return program;
}

const BROKEN = [
  ['throws', `if (Date.now() > 0) throw new Error('no more');`, 'Uncaught Error: no more'],
  ['never ends', `if (Date.now() > 0) for (;;);`, 'The program was stopped after 3000 ms'],
] as const;

const limits = { callMillis: 3000 };

/** A folder with two databases, `good` and `bad`. The program of `bad` no longer starts. */
async function folderWithBroken(line: string): Promise<{ dataDir: string; token: string }> {
  const dataDir = await temporaryFolder();
  const program = await bundle(moduleText(''));
  let identity = '';
  for (const name of ['good', 'bad']) {
    const host = await startHost({ program, name, dataDir, limits });
    expect(host.call('write', [`kept in ${name}`])).toMatchObject({ tag: 'ok' });
    ({ identity } = host);
    await host.stop();
  }
  // Simulates an update of the host that can no longer run the program.
  const storage = await JournalStorage.open(path.join(dataDir, 'databases', identity));
  await storage.load();
  const broken = new TextEncoder().encode(await bundle(moduleText(line)));
  storage.append({ program: broken, tables: [], sequences: new Map() });
  await storage.close();
  const token = (await readFile(path.join(dataDir, 'owner.token'), 'utf8')).trim();
  return { dataDir, token };
}

async function openGood(dataDir: string): Promise<{ host: StartedHost; warnings: string[] }> {
  const warnings: string[] = [];
  const program = await bundle(moduleText(''));
  const host = await startHost({
    program,
    name: 'good',
    dataDir,
    limits,
    warn: (line) => warnings.push(line),
  });
  onTestFinished(() => host.stop());
  return { host, warnings };
}

function ask(
  host: StartedHost,
  token: string,
  method: string,
  place: string,
  body?: string,
): Promise<Response> {
  return fetch(`${host.uri}/v1/database/${place}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body }),
  });
}

const STOPPED = 'This database is stopped: its program did not start. Its owner can see why in the log';

describe.each(BROKEN)('a stored program that %s', (_what, line, reason) => {
  test('the host and its other databases start, and the host reports the stopped one', async () => {
    const { dataDir, token } = await folderWithBroken(line);
    const { host, warnings } = await openGood(dataDir);
    expect(warnings).toEqual([expect.stringContaining(`the database bad did not start: ${reason}`)]);
    expect(host.sql('SELECT text FROM note').rows).toEqual([['kept in good']]);

    const info = (await (await ask(host, token, 'GET', 'bad')).json()) as Record<string, unknown>;
    expect(info['stopped']).toBe(STOPPED);
    expect(await (await ask(host, token, 'GET', 'good')).json()).not.toHaveProperty('stopped');
    const log = await (await ask(host, token, 'GET', 'bad/logs')).text();
    expect(log).toContain(`The database did not start: ${reason}`);
    for (const [method, place, body] of [
      ['POST', 'bad/call/write', '["x"]'],
      ['POST', 'bad/sql', 'SELECT * FROM note'],
    ] as const) {
      const answer = await ask(host, token, method, place, body);
      expect([answer.status, await answer.text()]).toEqual([503, STOPPED]);
    }
    expect((await ask(host, token, 'GET', 'bad/schema?version=9')).status).toBe(200);
    const socket = new WebSocket(`${host.uri.replace('http', 'ws')}/v1/database/bad/subscribe`, [
      'v2.bsatn.spacetimedb',
    ]);
    await new Promise((resolve) => (socket.onerror = resolve));

    // Its owner publishes a working program: the rows are there.
    const fixed = await bundle(moduleText('// mended'));
    const published = await ask(host, token, 'PUT', 'bad?host_type=Js', fixed);
    expect(await published.json()).toMatchObject({ Success: { op: 'updated' } });
    expect(await (await ask(host, token, 'GET', 'bad')).json()).not.toHaveProperty('stopped');
    expect((await ask(host, token, 'POST', 'bad/call/write', '["new"]')).status).toBe(200);
    const rows = await (await ask(host, token, 'POST', 'bad/sql', 'SELECT text FROM note')).text();
    expect(rows).toContain('kept in bad');
    expect(rows).toContain('new');
    await host.stop();

    const again = await openGood(dataDir);
    expect(again.warnings).toEqual([]);
  }, 120_000);
});

describe('a stopped database', () => {
  test('starting the host with a working module repairs a stopped database', async () => {
    const { dataDir } = await folderWithBroken(BROKEN[0][1]);
    const broken = await bundle(moduleText(`if (Date.now() > 0) throw new Error('broken still');`));
    await expect(startHost({ program: broken, name: 'bad', dataDir, limits })).rejects.toThrow(
      'broken still',
    );
    const otherColumns = await bundle(moduleText('', 't.u32()'));
    await expect(startHost({ program: otherColumns, name: 'bad', dataDir, limits })).rejects.toThrow(/text/);
    const fixed = await bundle(moduleText('// mended'));
    const warnings: string[] = [];
    const warn = (line: string) => warnings.push(line);
    const host = await startHost({ program: fixed, name: 'bad', dataDir, limits, warn });
    onTestFinished(() => host.stop());
    expect(host.sql('SELECT text FROM note').rows).toEqual([['kept in bad']]);
    expect(warnings).toEqual([]);
  }, 120_000);

  test('a stopped database can be planned for, cleared and deleted', async () => {
    const { dataDir, token } = await folderWithBroken(BROKEN[0][1]);
    const { host } = await openGood(dataDir);
    const fixed = await bundle(moduleText('// mended'));
    const plan = await ask(host, token, 'POST', 'bad/pre_publish?host_type=Js', fixed);
    expect(await plan.json()).toMatchObject({ AutoMigrate: { break_clients: false } });
    const broken = await bundle(moduleText(`if (Date.now() > 0) throw new Error('broken still');`));
    const refused = await ask(host, token, 'PUT', 'bad?host_type=Js', broken);
    expect(refused.status).toBe(500);
    expect(await refused.text()).toMatch(/^Uncaught Error: broken still\n\tat .*module\.ts:2:/);
    const cleared = await ask(host, token, 'PUT', 'bad?host_type=Js&clear=true', fixed);
    expect(cleared.status).toBe(200);
    expect(await (await ask(host, token, 'POST', 'bad/sql', 'SELECT text FROM note')).text()).not.toContain(
      'kept',
    );
    expect((await ask(host, token, 'DELETE', 'bad')).status).toBe(200);
    expect((await ask(host, token, 'GET', 'bad')).status).toBe(404);
  }, 120_000);

  test('deleting a stopped database works', async () => {
    const { dataDir, token } = await folderWithBroken(BROKEN[0][1]);
    const { host } = await openGood(dataDir);
    expect((await ask(host, token, 'DELETE', 'bad')).status).toBe(200);
    await host.stop();
    const again = await openGood(dataDir);
    expect(again.warnings).toEqual([]);
  }, 120_000);
});
