/** The limits on queries over HTTP and WebSockets. */
import { ConnectionId, Identity } from 'spacetimedb';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { MicrosecondClock } from '../engine/database/clock.ts';
import type { Database, DatabaseClient } from '../engine/database/database.ts';
import { DatabaseLog } from '../engine/database/logs.ts';
import { createDatabase } from '../engine/database/open-database.ts';
import { MemoryStorage } from '../engine/database/storage.ts';
import { ManualTime } from '../engine/database/time-source.ts';
import { HostUsage } from '../engine/host-usage.ts';
import { DEFAULT_LIMITS, type HostLimits } from '../engine/limits.ts';
import type { QueryRows, QuerySetUpdate } from '../engine/wire/messages.ts';
import { startHost } from '../index.ts';
import { bundleSource } from '../testing/module-source.ts';
import { loadModule } from './module/isolate.ts';

const NOTES = `
  import { schema, table, t } from 'spacetimedb/server';
  const note = table({ name: 'note', public: true }, {
    id: t.u32().primaryKey().autoInc(), writer: t.u32().index('btree'), text: t.string(),
  });
  const writer = table({ name: 'writer', public: true }, { id: t.u32().primaryKey(), name: t.string() });
  const spacetimedb = schema({ note, writer });
  export default spacetimedb;
  const Line = t.row('Line', { author: t.u32(), text: t.string() });
  export const lines = spacetimedb.anonymousView({ public: true }, t.array(Line), (ctx) =>
    [...ctx.db.note.iter()].map(({ writer, text }) => ({ author: writer, text })));
  export const write = spacetimedb.reducer({ count: t.u32(), writer: t.u32(), text: t.string() }, (ctx, { count, writer, text }) => {
    for (let n = 0; n < count; n++) ctx.db.note.insert({ id: 0, writer, text });
  });
  export const name = spacetimedb.reducer({ id: t.u32(), name: t.string() }, (ctx, row) => {
    ctx.db.writer.id.delete(row.id);
    ctx.db.writer.insert(row);
  });
  export const leave = spacetimedb.reducer({ id: t.u32() }, (ctx, { id }) => { ctx.db.writer.id.delete(id); });
`;
const JOIN = 'FROM note a JOIN note b ON a.writer = b.writer';

const identity = (digit: string) => Identity.fromString(`c2${digit.repeat(62)}`);
const [OWNER, ANN, BOB] = [identity('0'), identity('a'), identity('b')];

let program: string;
beforeAll(async () => {
  program = await bundleSource(NOTES);
});

async function open(limits: Partial<HostLimits>, usage = new HostUsage()): Promise<Database> {
  const time = new ManualTime();
  const database = await createDatabase(
    {
      meta: { identity: identity('d').toHexString(), owner: OWNER.toHexString(), names: [], programHash: '' },
      storage: new MemoryStorage(),
      loader: loadModule,
      time,
      clock: new MicrosecondClock(() => time.now()),
      log: new DatabaseLog(),
      limits: { ...DEFAULT_LIMITS, ...limits },
      usage,
    },
    new TextEncoder().encode(program),
  );
  onTestFinished(() => database.close());
  return database;
}

function call(database: Database, reducer: string, ...args: readonly unknown[]): void {
  const caller = { identity: OWNER, connectionId: null };
  const outcome = database.callReducer(caller, reducer, { format: 'json', text: JSON.stringify(args) });
  expect(outcome.tag).toBe('ok');
}

/** A client that records what it receives. */
function join(database: Database, who: Identity) {
  const updates: QuerySetUpdate[][] = [];
  const failures: string[] = [];
  const client: DatabaseClient = {
    identity: who,
    connectionId: ConnectionId.random(),
    transactionUpdate: (querySets) => updates.push(querySets),
    subscriptionFailed: (id, reason) => failures.push(`${id}: ${reason}`),
    moduleExited: () => undefined,
  };
  database.attach(client);
  return {
    client,
    updates,
    failures,
    subscribe: (id: number, ...statements: string[]) => database.subscribe(client, id, statements),
  };
}

function countRows({ tables }: QueryRows): number {
  return tables.reduce((sum, { rows }) => sum + countIn(rows), 0);
}

function countIn({ sizeHint, rowsData }: QueryRows['tables'][number]['rows']): number {
  return sizeHint.tag === 'RowOffsets' ? sizeHint.value.length : rowsData.length / sizeHint.value;
}

describe('limits of one query', () => {
  test.each<[keyof HostLimits, number, string]>([
    ['queryRows', 99, 'SELECT a.* FROM note a'],
    ['queryRows', 99, `SELECT a.* ${JOIN} WHERE b.id < 3`],
    ['queryBytes', 2_000, 'SELECT * FROM note'],
    ['queryMillis', 0, `SELECT a.* ${JOIN} WHERE a.id < b.id AND a.text <> b.text`],
  ])('a query by someone other than the owner has a limit of %s', async (limit, value, sql) => {
    const database = await open({ [limit]: value });
    call(database, 'write', 200, 1, 'hello');
    const sentence = `(limit ${limit})`;
    const { client, subscribe } = join(database, ANN);
    expect(() => database.sql({ identity: ANN, connectionId: null }, sql)).toThrow(sentence);
    expect(() => database.queryOnce(client, sql)).toThrow(sentence);
    expect(() => subscribe(1, sql)).toThrow(sentence);

    const owner = join(database, OWNER);
    expect(database.sql({ identity: OWNER, connectionId: null }, sql).rows.length).toBeGreaterThanOrEqual(0);
    expect(() => database.queryOnce(owner.client, sql)).not.toThrow();
    expect(() => owner.subscribe(1, sql)).not.toThrow();
  });

  test('queries of one request share the limits, and a failed request leaves nothing behind', async () => {
    const database = await open({ queryRows: 150 });
    call(database, 'write', 100, 1, 'hello');
    const { subscribe, updates } = join(database, ANN);
    const [all, some] = ['SELECT * FROM note', 'SELECT * FROM note WHERE writer = 1'];
    expect(() => subscribe(1, all, some)).toThrow('queryRows');
    expect(database.usage.liveQueries).toBe(0);
    call(database, 'write', 1, 1, 'again');
    expect(updates).toEqual([]);
    expect(countRows(subscribe(1, all))).toBe(101);
    expect(database.usage.liveQueries).toBe(1);
  });

  test('a query that would take minutes is stopped', async () => {
    const database = await open({ queryMillis: 200 });
    call(database, 'write', 3_000, 1, 'hello');
    const endless =
      'SELECT COUNT(*) AS n FROM note a JOIN note b JOIN note c JOIN note d WHERE a.id < b.id AND c.id < d.id';
    expect(() => database.sql({ identity: ANN, connectionId: null }, endless)).toThrow('(limit queryMillis)');
  });

  test('a join counts pairs without visiting each, and stops at LIMIT', async () => {
    const database = await open({ queryMillis: 5_000, queryRows: 10 });
    call(database, 'write', 20_000, 1, 'hello');
    const ask = (sql: string) => database.sql({ identity: ANN, connectionId: null }, sql).rows;
    expect(ask(`SELECT COUNT(*) AS n ${JOIN}`)).toEqual([[400_000_000n]]);
    expect(ask('SELECT COUNT(*) AS n FROM note a JOIN note b')).toEqual([[400_000_000n]]);
    expect(ask(`SELECT a.* ${JOIN} LIMIT 10`)).toHaveLength(10);
  });

  test('only the owner can change rows by SQL', async () => {
    const database = await open({});
    call(database, 'write', 1, 1, 'hello');
    for (const sql of [
      'DELETE FROM note',
      "UPDATE note SET text = 'x'",
      "INSERT INTO writer (id, name) VALUES (1, 'x')",
    ]) {
      expect(() => database.sql({ identity: ANN, connectionId: null }, sql)).toThrow('is not authorized');
    }
  });

  test.each<[string, string]>([
    ['many parentheses', `SELECT * FROM note WHERE ${'('.repeat(49_000)}`],
    ['many NOTs', `SELECT * FROM note WHERE ${'NOT '.repeat(12_000)} id = 1`],
    ['many signs', `SELECT * FROM note WHERE id = ${'-'.repeat(1)}${'+'.repeat(45_000)}1`],
    ['many ORs', `SELECT * FROM note WHERE ${Array(4_000).fill('id = 1').join(' OR ')}`],
    [
      'many joins',
      `SELECT COUNT(*) AS n FROM note a0 ${Array.from({ length: 2_000 }, (_, i) => `JOIN note a${i + 1}`).join(' ')}`,
    ],
    ['many nested joins', `SELECT * FROM ${'(note JOIN '.repeat(4_000)}`],
    ['many brackets', `SELECT * FROM note WHERE ${'['.repeat(49_000)}`],
    ['many unions', `SELECT * FROM note ${'UNION SELECT * FROM note '.repeat(1_900)}`],
    ['many IS NULLs', `SELECT * FROM note WHERE id ${'IS NULL '.repeat(6_000)}`],
    ['a text of megabytes', `SELECT * FROM note WHERE text = '${'x'.repeat(8_000_000)}'`],
    ['nested comments', `SELECT * FROM note ${'/*'.repeat(20_000)}`],
  ])('a query is refused when it has %s', async (_, sql) => {
    const database = await open({});
    const { client, subscribe } = join(database, ANN);
    const refusal = (ask: () => unknown) => {
      try {
        ask();
      } catch (error) {
        return error as Error;
      }
      throw new Error('it was not refused');
    };
    const refusals = [
      refusal(() => database.sql({ identity: ANN, connectionId: null }, sql)),
      refusal(() => database.queryOnce(client, sql)),
      refusal(() => subscribe(1, sql)),
    ];
    for (const { name, message } of refusals) {
      expect(name).toBe('SqlError');
      expect(message.length).toBeLessThan(120_000);
    }
  });

  test('an HTTP query over a limit is answered with 400 and the limit, and the size of the JSON counts', async () => {
    const limits = { queryRows: 1_000, queryBytes: 40_000 };
    const host = await startHost({ program, name: 'notes', limits });
    onTestFinished(() => host.stop());
    const ask = async (sql: string, headers = {}) => {
      const answer = await fetch(`${host.uri}/v1/database/notes/sql`, { method: 'POST', body: sql, headers });
      return { status: answer.status, text: await answer.text() };
    };
    host.call('write', [100, 1, '\u0001'.repeat(300)]);
    const { status, text } = await ask(`SELECT a.id ${JOIN}`);
    expect({ status, text }).toEqual({
      status: 400,
      text: 'The query returns more than 1000 rows (limit queryRows)',
    });
    // 31 kB of rows are 180 kB of JSON.
    expect(await ask('SELECT * FROM note')).toMatchObject({
      status: 400,
      text: expect.stringContaining('queryBytes'),
    });
    const owner = { authorization: `Bearer ${host.ownerToken}` };
    expect(await ask(`SELECT a.* ${JOIN}`, owner)).toMatchObject({ status: 200 });
  });
});

describe('limits of subscribed queries', () => {
  test('a connection may subscribe to a limited number of queries, where long ones count more', async () => {
    const database = await open({ queriesPerConnection: 3 });
    const ann = join(database, ANN);
    ann.subscribe(1, 'SELECT * FROM note WHERE writer = 1', 'SELECT * FROM note WHERE writer = 2');
    expect(() => ann.subscribe(2, 'SELECT * FROM note', 'SELECT * FROM writer')).toThrow(
      'queriesPerConnection',
    );
    // A set without queries counts as one.
    ann.subscribe(3);
    expect(() => ann.subscribe(4)).toThrow('queriesPerConnection');
    database.unsubscribe(ann.client, 1, false);
    const long = `SELECT * FROM note WHERE ${Array(60).fill('writer = 1').join(' OR ')}`;
    expect(() => ann.subscribe(4, long)).not.toThrow();
    expect(() => ann.subscribe(5)).toThrow('queriesPerConnection');
    expect(() => join(database, OWNER).subscribe(1, ...Array.from({ length: 9 }, (_, i) => `SELECT * FROM note WHERE id = ${i}`))).not.toThrow(); // prettier-ignore
    expect(() => join(database, BOB).subscribe(1, 'SELECT * FROM note')).not.toThrow();
    database.detach(ann.client);
    expect(database.usage.liveQueries).toBe(9 + 1);
  });

  test('a host accepts a limited number of different queries, over all databases', async () => {
    const usage = new HostUsage();
    const limits = { queriesPerHost: 3 };
    const [first, second] = [await open(limits, usage), await open(limits, usage)];
    const query = (n: number) => `SELECT * FROM note WHERE writer = ${n}`;
    join(first, ANN).subscribe(1, query(1), query(2));
    join(first, BOB).subscribe(1, query(1), query(2));
    const bob = join(second, BOB);
    bob.subscribe(1, query(1));
    expect(() => bob.subscribe(2, query(2))).toThrow('queriesPerHost');
    expect(() => join(first, BOB).subscribe(1, query(2))).not.toThrow();
    second.unsubscribe(bob.client, 1, false);
    expect(() => bob.subscribe(2, query(2))).not.toThrow();
  });

  test('clients receive only their own rows, and clients with the same queries share updates', async () => {
    const database = await open({});
    const clients = [join(database, ANN), join(database, BOB)];
    const [ann, bob] = clients;
    for (const { subscribe } of clients) subscribe(1, 'SELECT * FROM note WHERE writer = 1');
    ann?.subscribe(2, 'SELECT * FROM note WHERE writer = 2 AND id > 0', 'SELECT * FROM note WHERE id <= 1');
    call(database, 'write', 1, 3, 'nobody');
    // This one is within `id <= 1`.
    expect(ann?.updates.map((sets) => sets.map(({ querySetId }) => querySetId.id))).toEqual([[2]]);
    call(database, 'write', 1, 2, 'ann');
    call(database, 'write', 1, 1, 'both');
    expect(ann?.updates.map((sets) => sets.map(({ querySetId }) => querySetId.id))).toEqual([[2], [2], [1]]);
    expect(bob?.updates).toHaveLength(1);
    expect(bob?.updates[0]).toBe(ann?.updates[2]);
  });

  test('subscribed joins follow views on either side', async () => {
    const database = await open({});
    const ann = join(database, ANN);
    call(database, 'write', 2, 1, 'hello');
    call(database, 'name', 7, 'nobody');
    const line = ann.subscribe(1, 'SELECT l.* FROM lines l JOIN writer w ON l.author = w.id');
    const writer = ann.subscribe(2, 'SELECT w.* FROM lines l JOIN writer w ON l.author = w.id');
    expect([countRows(line), countRows(writer)]).toEqual([0, 0]);
    const told = () =>
      ann.updates.splice(0).flatMap((sets) =>
        sets.flatMap(({ querySetId, tables }) =>
          tables.flatMap(({ rows }) =>
            rows.map((change) => {
              if (change.tag !== 'PersistentTable') throw new TypeError('no event table');
              return [querySetId.id, countIn(change.value.inserts), -countIn(change.value.deletes)];
            }),
          ),
        ),
      );
    // The view shows the two notes as one row, because tables are sets.
    call(database, 'name', 1, 'ann');
    expect(told()).toEqual([[1, 1, -0], [2, 1, -0]]); // prettier-ignore
    call(database, 'write', 1, 1, 'bye');
    expect(told()).toEqual([[1, 1, -0], [2, 1, -0]]); // prettier-ignore
    call(database, 'name', 1, 'bob');
    expect(told()).toEqual([[2, 2, -2]]);
    call(database, 'leave', 1);
    expect(told()).toEqual([[1, 0, -2], [2, 0, -2]]); // prettier-ignore
  });

  test('a subscription ends if a transaction makes it too expensive, without affecting others', async () => {
    const database = await open({ updateRows: 50 });
    const [ann, bob, owner] = [join(database, ANN), join(database, BOB), join(database, OWNER)];
    const pairs = `SELECT a.* ${JOIN}`;
    ann.subscribe(1, pairs, 'SELECT * FROM note WHERE id = 1');
    bob.subscribe(1, 'SELECT * FROM note');
    owner.subscribe(1, `${pairs} WHERE a.id >= 0`);
    for (let n = 0; n < 60; n++) call(database, 'write', 1, 1, 'hello');
    expect(ann.failures).toEqual([
      expect.stringContaining('1: A transaction changes this query by too many rows'),
    ]);
    expect(bob.updates).toHaveLength(60);
    expect(owner.updates).toHaveLength(60);
    expect(owner.failures).toEqual([]);
    expect(database.usage.liveQueries).toBe(2);
    // A large transaction is not the query's fault.
    const modest = join(database, ANN);
    modest.subscribe(1, 'SELECT n.* FROM note n JOIN writer w ON n.writer = w.id');
    call(database, 'name', 2, 'ann');
    call(database, 'write', 2_000, 2, 'many');
    expect(modest.failures).toEqual([]);
  });
});

test('a view may have as many rows as a query', async () => {
  const database = await open({ queryRows: 10 });
  for (let n = 0; n < 11; n++) call(database, 'write', 1, 1, `line ${n}`);
  expect(() => join(database, ANN).subscribe(1, 'SELECT * FROM lines')).toThrow('more than 10 rows');
});
