/** Features that the chat does not use, through the official SDK. */
import path from 'node:path';
import { Identity, toSql } from 'spacetimedb';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { bundleModule, generateBindings, startHost, type StartedHost } from '../src/index.ts';
import { DbConnection, tables } from './features/bindings/index.ts';

const MODULE = path.resolve(import.meta.dirname, 'features');
const program = bundleModule(MODULE);

let host: StartedHost;
const connections: DbConnection[] = [];

beforeEach(async () => {
  host = await startHost({ program: await program, name: 'features' });
});
afterEach(async () => {
  for (const connection of connections.splice(0)) connection.disconnect();
  await host.stop();
});

function join(): Promise<DbConnection> {
  return new Promise((resolve, reject) => {
    const connection = DbConnection.builder()
      .withUri(host.uri)
      .withDatabaseName('features')
      .onConnect(() => resolve(connection))
      .onConnectError((_context, error) => reject(error))
      .build();
    connections.push(connection);
  });
}

type Query = string | Parameters<typeof toSql>[0];

function subscribe(connection: DbConnection, query: Query): Promise<void> {
  return new Promise((resolve, reject) => {
    connection
      .subscriptionBuilder()
      .onApplied(() => resolve())
      .onError((context) => reject(context.event ?? new Error('the subscription failed')))
      .subscribe([typeof query === 'string' ? query : toSql(query)]);
  });
}

const isActive = (connection: DbConnection, name: string) =>
  [...connection.db.author.iter()].find((author) => author.name === name)?.active;
const titles = (connection: DbConnection) => [...connection.db.book.iter()].map(({ title }) => title).sort();

test('the bindings beside this test are those of its module', async () => {
  const outDir = path.join(MODULE, 'bindings');
  const changes = await generateBindings({ module: MODULE, outDir, check: true });
  expect(changes).toEqual({ missing: [], stale: [], extra: [] });
});

test('a value of every kind comes back as it was stored', async () => {
  const connection = await join();
  await subscribe(connection, tables.specimen.build());
  const given = {
    id: 'one',
    huge: 2n ** 256n - 1n,
    note: undefined,
    shape: { tag: 'Circle', value: 1.5 } as const,
    place: { x: -1, y: 2 ** 31 - 1 },
  };
  await connection.reducers.addSpecimen(given);
  const [row] = connection.db.specimen.iter();
  expect(row).toMatchObject({
    ...given,
    small: -128,
    ratio: 0.5,
    bytes: new Uint8Array([0, 127, 128, 255]),
    tags: ['', 'ä', '👋'],
    by: connection.identity,
    connection: connection.connectionId,
  });
  expect(row?.key.getVersion()).toBe('V7');
  await connection.reducers.addSpecimen({ ...given, id: 'two', note: 'noted', shape: { tag: 'Dot' } });
  expect(connection.db.specimen.id.find('two')).toMatchObject({ note: 'noted', shape: { tag: 'Dot' } });
});

test('auto-increment keys count up and are returned to the module', async () => {
  const connection = await join();
  await subscribe(connection, tables.author.build());
  for (const name of ['Ann', 'Bob']) await connection.reducers.addAuthor({ name });
  await expect(connection.reducers.addAuthor({ name: 'Ann' })).rejects.toThrow();
  await connection.reducers.addAuthor({ name: 'Cleo' });
  expect([...connection.db.author.iter()].map(({ id, name }) => [id, name])).toEqual([
    [1, 'Ann'],
    [2, 'Bob'],
    // The third value was used by the transaction that was rolled back.
    [4, 'Cleo'],
  ]);
});

test('an index over two columns deletes the rows of one key', async () => {
  const connection = await join();
  await subscribe(connection, tables.book.build());
  await connection.reducers.addAuthor({ name: 'Ann' });
  for (const [title, year] of [
    ['a', 1999],
    ['b', 2000],
    ['c', 2000],
  ] as const) {
    await connection.reducers.addBook({ author: 'Ann', title, year });
  }
  await connection.reducers.removeBooks({ author: 'Ann', year: 2000 });
  expect(titles(connection)).toEqual(['a']);
});

describe('joins', () => {
  const booksOfActive = tables.author
    .where((author) => author.active.eq(true))
    .rightSemijoin(tables.book, (author, book) => author.id.eq(book.authorId))
    .build();

  test('a subscribed join follows both of its tables', async () => {
    const writer = await join();
    const reader = await join();
    await subscribe(reader, booksOfActive);
    for (const name of ['Ann', 'Bob']) await writer.reducers.addAuthor({ name });
    await writer.reducers.addBook({ author: 'Ann', title: 'a', year: 1 });
    await writer.reducers.addBook({ author: 'Bob', title: 'b', year: 2 });
    await vi.waitFor(() => expect(titles(reader)).toEqual(['a', 'b']));
    await writer.reducers.setActive({ name: 'Ann', active: false });
    await vi.waitFor(() => expect(titles(reader)).toEqual(['b']));
    await writer.reducers.setActive({ name: 'Ann', active: true });
    await writer.reducers.addBook({ author: 'Ann', title: 'c', year: 3 });
    await vi.waitFor(() => expect(titles(reader)).toEqual(['a', 'b', 'c']));
  });

  test('a subscribed join sends its rows to later subscribers', async () => {
    const writer = await join();
    await writer.reducers.addAuthor({ name: 'Ann' });
    await writer.reducers.addBook({ author: 'Ann', title: 'a', year: 1 });
    const reader = await join();
    await subscribe(reader, booksOfActive);
    expect(titles(reader)).toEqual(['a']);
  });
});

describe('event tables', () => {
  test('an event table notifies subscribers and keeps nothing', async () => {
    const connection = await join();
    const seen: number[] = [];
    connection.db.sale.onInsert((_context, { price }) => seen.push(price));
    await subscribe(connection, tables.sale.build());
    await connection.reducers.sell({ bookId: 1n, price: 9.5 });
    expect(seen).toEqual([9.5]);
    expect(connection.db.sale.count()).toBe(0n);
    expect(host.sql('SELECT * FROM sale').rows).toEqual([]);
  });

  test('an event table does not report a transaction that was rolled back', async () => {
    const connection = await join();
    const onInsert = vi.fn();
    connection.db.sale.onInsert(onInsert);
    await subscribe(connection, tables.sale.build());
    await expect(connection.reducers.sell({ bookId: 1n, price: -1 })).rejects.toThrow('not negative');
    expect(onInsert).not.toHaveBeenCalled();
  });
});

test('overlapping subscriptions count a row once, until the last of them ends', async () => {
  const connection = await join();
  await connection.reducers.addAuthor({ name: 'Ann' });
  await subscribe(connection, tables.author.build());
  const onApplied = vi.fn();
  const second = connection
    .subscriptionBuilder()
    .onApplied(onApplied)
    .subscribe(tables.author.where((author) => author.name.eq('Ann')).build());
  await vi.waitFor(() => expect(onApplied).toHaveBeenCalled());
  await connection.reducers.setActive({ name: 'Ann', active: false });
  await new Promise<void>((done) => second.unsubscribeThen(() => done()));
  expect([...connection.db.author.iter()]).toMatchObject([{ name: 'Ann', active: false }]);
});

describe('SQL that changes rows', () => {
  test('SQL changes are for the owner and reach subscribers', async () => {
    const connection = await join();
    await subscribe(connection, tables.author.build());
    host.sql("INSERT INTO author (id, name, active) VALUES (0, 'Ann', true), (0, 'Bob', true)");
    await vi.waitFor(() => expect(connection.db.author.count()).toBe(2n));
    expect(host.sql("UPDATE author SET active = false WHERE name = 'Bob'").stats.updated).toBe(1);
    await vi.waitFor(() => expect(isActive(connection, 'Bob')).toBe(false));
    expect(host.sql('DELETE FROM author WHERE active = true').stats.deleted).toBe(1);
    await vi.waitFor(() => expect(connection.db.author.count()).toBe(1n));
    const stranger = await fetch(`${host.uri}/v1/database/features/sql`, {
      method: 'POST',
      body: 'DELETE FROM author',
    });
    expect([stranger.status, await stranger.text()]).toEqual([
      400,
      expect.stringMatching(/^Caller c200[0-9a-f]{60} is not authorized to run SQL DML statements$/),
    ]);
  });

  test('an SQL statement changes nothing when one of its rows breaks a rule', () => {
    host.sql("INSERT INTO author (id, name, active) VALUES (0, 'Ann', true)");
    expect(() =>
      host.sql("INSERT INTO author (id, name, active) VALUES (0, 'Bob', true), (0, 'Ann', true)"),
    ).toThrow('Unique constraint violation');
    expect(host.sql('SELECT name FROM author').rows).toEqual([['Ann']]);
  });

  test("the owner's SQL sees private tables", async () => {
    host.sql("INSERT INTO secret (text) VALUES ('hush')");
    expect(host.sql('SELECT text FROM secret').rows).toEqual([['hush']]);
    const stranger = await fetch(`${host.uri}/v1/database/features/sql`, {
      method: 'POST',
      body: 'SELECT * FROM secret',
    });
    expect(stranger.status).toBe(400);
    const connection = await join();
    await subscribe(connection, 'SELECT * FROM *');
  });
});

test('republishing a compatible module keeps its clients connected', async () => {
  const connection = await join();
  await subscribe(connection, tables.author.build());
  const source = (await program).replace('there is no author', 'nobody is called');
  const response = await fetch(`${host.uri}/v1/database/features?host_type=Js`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${host.ownerToken}` },
    body: source,
  });
  expect(response.status).toBe(200);
  await expect(connection.reducers.setActive({ name: 'Zed', active: true })).rejects.toThrow(
    'nobody is called Zed',
  );
  await connection.reducers.addAuthor({ name: 'Ann' });
  expect(connection.db.author.count()).toBe(1n);
  expect(connection.identity).toBeInstanceOf(Identity);
});
