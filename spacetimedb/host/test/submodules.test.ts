/** A module with submodules, through the official SDK and over HTTP. */
import path from 'node:path';
import { toSql } from 'spacetimedb';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { bundleModule, generateBindings, startHost } from '../src/index.ts';
import type { DatabaseSnapshot, StartedHost } from '../src/index.ts';
import { temporaryFolder } from '../src/testing/temporary-folder.ts';
import { DbConnection, tables } from './submodules/bindings/index.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const MODULE = path.resolve(import.meta.dirname, 'submodules');

let program: string;
let host: StartedHost;
let fresh: DatabaseSnapshot;
let connection: DbConnection;

beforeAll(async () => {
  program = await bundleModule(MODULE);
  host = await startHost({ program, name: 'submodules' });
  fresh = host.snapshot();
  connection = await new Promise((resolve, reject) => {
    const joining = DbConnection.builder()
      .withUri(host.uri)
      .withDatabaseName('submodules')
      .onConnect(() => resolve(joining))
      .onConnectError((_context, error) => reject(error))
      .build();
  });
});
afterAll(async () => {
  connection.disconnect();
  await host.stop();
});
beforeEach(() => host.restore(fresh));

const titles = () => host.sql('SELECT title FROM shop."soldItem"').rows.flat();

test('the bindings beside this test are those of its module with submodules', async () => {
  const outDir = path.join(MODULE, 'bindings');
  const changes = await generateBindings({ module: MODULE, outDir, check: true });
  expect(changes).toEqual({ missing: [], stale: [], extra: [] });
});

test('a reducer writes into the tables of a submodule and of the submodule in it', async () => {
  await connection.reducers.join({ name: 'Ann', rank: { tag: 'High' } });
  expect(host.sql('SELECT * FROM shop."soldItem"').objects).toEqual([
    { id: 1n, title: 'Ann’s hat', size: { tag: 'large', value: {} } },
  ]);
  expect(host.sql('SELECT text, level FROM shop.audit.entry').objects).toEqual([
    { text: 'sold 1', level: { tag: 'info', value: {} } },
  ]);
});

test('reducers and procedures of submodules are called by their names with the namespace', async () => {
  await connection.reducers['shop.sell']({ title: 'a coat', size: { tag: 'Large' } });
  await connection.reducers['shop.sell']({ title: 'a sock', size: { tag: 'Small' } });
  await connection.reducers['shop.audit.raise']({ text: 'sold 1', level: { tag: 'Alarm' } });
  expect(await connection.procedures['shop.bySize']({ size: { tag: 'Small' } })).toMatchObject([
    { id: 2n, title: 'a sock', size: { tag: 'Small' } },
  ]);
  expect(await connection.procedures['shop.audit.alarms']({})).toBe(1n);
  expect(await connection.procedures.count({})).toBe('0 2 2');
  expect(host.call('shop.sell', ['a shoe', { small: {} }])).toMatchObject({ tag: 'ok' });
  expect(host.logs()).toContainEqual(
    expect.objectContaining({ message: 'raised sold 1', function: 'shop.audit.raise' }),
  );
});

test('clients follow tables and views of submodules', async () => {
  const queries = [
    tables.player,
    tables.players,
    tables.shop.soldItem,
    tables.shop.hats,
    tables.shop.largeItems,
    tables.shop.audit.entry,
  ];
  await new Promise<void>((resolve, reject) => {
    connection
      .subscriptionBuilder()
      .onApplied(() => resolve())
      .onError((context) => reject(context.event ?? new Error('the subscription failed')))
      .subscribe(queries.map((query) => toSql(query.build())));
  });
  await connection.reducers.join({ name: 'Bo', rank: { tag: 'High' } });
  const { db } = connection;
  const hat = { id: 1n, title: 'Bo’s hat', size: { tag: 'Large' } };
  expect([...db.players.iter()]).toEqual([{ id: 1, name: 'Bo' }]);
  for (const table of [db['shop.soldItem'], db['shop.hats'], db['shop.large_items']]) {
    expect([...table.iter()]).toMatchObject([hat]);
  }
  expect(db['shop.audit.entry'].text.find('sold 1')).toMatchObject({ level: { tag: 'Info' } });
});

test('a schedule of a submodule calls its reducer', async () => {
  host.call('shop.order', ['a tie']);
  await vi.waitFor(() => expect(titles()).toEqual(['delivered a tie']), { timeout: 60_000 });
  expect(host.sql('SELECT title FROM shop.delivery').rows).toEqual([]);
  expect(
    host.as('somebody').call('shop.deliver', [{ id: 1, scheduledAt: { Time: 1 }, title: 'x' }]),
  ).toMatchObject({
    tag: 'no_such_reducer',
  });
});

test('private tables of submodules are for the owner', () => {
  expect(() => host.as('somebody').sql('SELECT * FROM shop.delivery')).toThrow('no such table');
});

test('system tables list what submodules declare with its namespace', () => {
  const names = host.sql("SELECT table_name FROM st_table WHERE table_type = 'user'").rows.flat();
  expect(names).toEqual(
    expect.arrayContaining(['player', 'shop.soldItem', 'shop.audit.entry', 'shop.large_items']),
  );
});

test('the root module routes requests to the handlers of a submodule, whose own routes have no effect', async () => {
  host.call('shop.sell', ['a shoe', { small: {} }]);
  const get = (route: string) => fetch(`${host.uri}/v1/database/submodules/route/${route}`);
  expect(await (await get('health')).text()).toBe('1 sold');
  expect((await get('ignored')).status).toBe(404);
});

test('rows of submodules survive a restart and a new program', async () => {
  const dataDir = await temporaryFolder();
  const sell = async (text: string) => {
    const kept = await startHost({ program: text, name: 'kept', dataDir });
    kept.call('shop.sell', ['a shoe', { small: {} }]);
    const ids = kept.sql('SELECT id FROM shop."soldItem"').rows.flat();
    await kept.stop();
    return ids;
  };
  expect(await sell(program)).toEqual([1n]);
  expect(await sell(`${program}\n// changed`)).toHaveLength(2);
});
