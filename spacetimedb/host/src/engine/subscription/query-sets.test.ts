/** The expected answers were recorded from a real SpacetimeDB 2.8.3 or follow its sources. */
import { ConnectionId } from 'spacetimedb';
import { describe, expect, test } from 'vitest';
import { SqlError } from '../sql/sql-error.ts';
import { ANN, BOB, joinDatabase, openMemoryDatabase, OWNER } from '../../testing/memory-database.ts';

const SOURCE = `
  import { schema, table, t } from 'spacetimedb/server';
  const a = table({ name: 'a', public: true }, { n: t.u8() });
  const b = table({ name: 'b', public: true }, { n: t.u8() });
  const event = table({ name: 'event', public: true, event: true }, { n: t.u8() });
  const spacetimedb = schema({ b, a, event });
  export default spacetimedb;
  export const add = spacetimedb.reducer({ n: t.u8() }, (ctx, row) => {
    ctx.db.b.insert(row);
    ctx.db.a.insert(row);
    ctx.db.event.insert(row);
  });
  const Row = t.row('Row', { n: t.u8() });
  export const mine = spacetimedb.view({ public: true }, t.array(Row), (ctx) =>
    [...ctx.db.a.iter()].filter(() => ctx.sender.toHexString().endsWith('a')));
`;
const CONNECTION = new ConnectionId(0x0e6fcc7c56d51c1333719fb549595300n);
const CLIENT = `(Identity(${ANN.toHexString()}), ConnectionId(0e6fcc7c56d51c1333719fb549595300))`;

async function setUp() {
  const { database } = await openMemoryDatabase(SOURCE);
  const add = (n: number) =>
    database.callReducer({ identity: OWNER, connectionId: null }, 'add', {
      format: 'json',
      text: `[${n}]`,
    });
  return { database, add, ann: joinDatabase(database, ANN, CONNECTION) };
}

describe('a query set', () => {
  test('a query set whose id is in use is refused, and the existing one continues', async () => {
    const { database, add, ann } = await setUp();
    ann.subscribe(7, 'SELECT * FROM a');
    expect(() => ann.subscribe(7, 'SELECT * FROM b')).toThrow(
      new SqlError(`Subscription with id QuerySetId { id: 7 } already exists for client: ${CLIENT}`),
    );
    // A query that does not compile is reported before the id.
    expect(() => ann.subscribe(7, 'SELECT * FROM nope')).toThrow('no such table');
    expect(database.usage.liveQueries).toBe(1);
    add(1);
    expect(ann.told).toEqual(['7 a +01']);
  });

  test('ending an unknown query set is refused, with another message for a client that never had one', async () => {
    const { ann } = await setUp();
    const unknown = (id: number) => `Subscription not found: (${CLIENT}, QuerySetId { id: ${id} })`;
    expect(() => ann.unsubscribe(7)).toThrow(new SqlError(`Client not found: ${CLIENT}`));
    expect(() => ann.subscribe(7, 'SELECT * FROM nope')).toThrow();
    expect(() => ann.unsubscribe(7)).toThrow(new SqlError(`Client not found: ${CLIENT}`));
    ann.subscribe(7, 'SELECT * FROM a');
    expect(() => ann.unsubscribe(9)).toThrow(new SqlError(unknown(9)));
    ann.unsubscribe(7);
    expect(() => ann.unsubscribe(7)).toThrow(new SqlError(unknown(7)));
  });

  test('a query set has a row list for each query that reads no empty table', async () => {
    const { add, ann } = await setUp();
    const queries = [
      'SELECT * FROM a WHERE n = 9',
      'SELECT * FROM b',
      'SELECT * FROM event',
      ' select * from a where n = 9 ',
    ];
    expect(ann.subscribe(1, ...queries)).toEqual([]);
    expect(ann.unsubscribe(1)).toEqual({ tables: [] });
    add(1);
    expect(ann.subscribe(1, ...queries)).toEqual([{ a: [] }, { b: ['01'] }, { a: [] }]);
    expect(ann.unsubscribe(1)?.tables.map(({ table }) => table)).toEqual(['a', 'b', 'a']);
  });

  test('a query set has a row list for a view that has rows only for another client', async () => {
    const { database, add, ann } = await setUp();
    const bob = joinDatabase(database, BOB);
    add(1);
    expect(bob.subscribe(1, 'SELECT * FROM mine')).toEqual([]);
    expect(ann.subscribe(1, 'SELECT * FROM mine')).toEqual([{ mine: ['01'] }]);
    expect(bob.subscribe(2, 'SELECT * FROM mine WHERE n > 0')).toEqual([{ mine: [] }]);
  });

  test('updates list query sets in the order of their ids, and the tables of each by name', async () => {
    const { add, ann } = await setUp();
    ann.subscribe(7, 'SELECT * FROM b', 'SELECT * FROM a');
    ann.subscribe(3, 'SELECT * FROM a', 'SELECT * FROM a WHERE n > 0');
    add(1);
    expect(ann.told).toEqual(['3 a +01 +01', '7 a +01', '7 b +01']);
  });

  test('SELECT * FROM * expands to all tables except system tables, before other queries', async () => {
    const { add, ann } = await setUp();
    add(1);
    expect(ann.subscribe(1, 'SELECT * FROM a WHERE n = 9', ' select * FROM * ')).toEqual([
      ...[{ a: ['01'] }, { b: ['01'] }, { mine: ['01'] }],
      { a: [] },
    ]);
    expect(() => ann.subscribe(2, 'SELECT * FROM *;')).toThrow(
      'sql parser error: Expected identifier, found: * at Line: 1, Column 15, executing: `SELECT * FROM *;`',
    );
    expect(() => ann.subscribe(2, '  ')).toThrow('SubscriptionError: Empty string, executing: ``');
  });
});

describe('a one-off query', () => {
  test('the answer to a one-off query has exactly one table, with or without rows', async () => {
    const { add, ann } = await setUp();
    expect(ann.ask('SELECT * FROM a')).toEqual([{ a: [] }]);
    expect(ann.ask('SELECT * FROM event')).toEqual([{ event: [] }]);
    add(1);
    expect(ann.ask('SELECT * FROM a')).toEqual([{ a: ['01'] }]);
    expect(ann.ask('SELECT * FROM mine WHERE n = 9')).toEqual([{ mine: [] }]);
  });

  test('a one-off query may join without an index', async () => {
    const { add, ann } = await setUp();
    for (const n of [1, 2]) add(n);
    expect(ann.ask('SELECT x.* FROM a x JOIN b y ON x.n = y.n WHERE y.n > 1')).toEqual([{ a: ['02'] }]);
    expect(ann.ask('SELECT x.* FROM a x JOIN b y')).toEqual([{ a: ['01', '01', '02', '02'] }]);
    expect(() => ann.subscribe(1, 'SELECT x.* FROM a x JOIN b y ON x.n = y.n')).toThrow(
      'Subscriptions require indexes on join columns',
    );
  });

  test.each([
    ['SELECT * FROM *', 'sql parser error: Expected identifier, found: * at Line: 1, Column 15'],
    ['SELECT * FROM nope', 'no such table: `nope`. If the table exists, it may be marked private.'],
    ['', 'Empty SQL query'],
  ])('the error of a refused one-off query does not repeat it: %j', async (sql, message) => {
    const { ann } = await setUp();
    expect(() => ann.ask(sql)).toThrow(new SqlError(message));
  });
});
