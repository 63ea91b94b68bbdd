/** Row-level security of modules (`clientVisibilityFilter`). */
import { describe, expect, onTestFinished, test } from 'vitest';
import type { CallArguments } from '../engine/database-api.ts';
import type { Database } from '../engine/database/database.ts';
import { migrateDatabase } from '../engine/database/migrate-database.ts';
import { startHost } from '../index.ts';
import { ANN, BOB, joinDatabase, openMemoryDatabase, OWNER } from '../testing/memory-database.ts';
import { bundleSource } from '../testing/module-source.ts';

/** People see the rooms that they are in, the messages there, and their own drafts. */
const ROOMS = (rules = true) => `
  import { schema, table, t } from 'spacetimedb/server';
  const member = table({ name: 'member', public: true }, { room: t.u8().index('btree'), who: t.identity() });
  const message = table({ name: 'message', public: true }, { id: t.u32().primaryKey().autoInc(), room: t.u8().index('btree'), text: t.string() });
  const draft = table({ name: 'draft', public: true }, { who: t.identity(), shared: t.bool(), text: t.string() });
  const open = table({ name: 'open', public: true }, { n: t.u8() });
  const typing = table({ name: 'typing', public: true, event: true }, { room: t.u8().index('btree'), n: t.u8() });
  const spacetimedb = schema({ member, message, draft, open, typing });
  export default spacetimedb;
  ${
    rules
      ? `
  const { sql } = spacetimedb.clientVisibilityFilter;
  export const a = sql('SELECT * FROM member WHERE who = :sender');
  export const b = sql('SELECT message.* FROM message JOIN member ON message.room = member.room');
  export const c = sql('SELECT * FROM draft WHERE who = :sender');
  export const d = sql('SELECT * FROM draft WHERE shared = true');
  export const e = sql('SELECT typing.* FROM typing JOIN member ON typing.room = member.room');`
      : ''
  }
  export const join = spacetimedb.reducer({ room: t.u8() }, (ctx, { room }) => { ctx.db.member.insert({ room, who: ctx.sender }); });
  export const leave = spacetimedb.reducer((ctx) => {
    for (const row of ctx.db.member.iter()) if (row.who.isEqual(ctx.sender)) ctx.db.member.delete(row);
  });
  export const say = spacetimedb.reducer({ room: t.u8(), text: t.string() }, (ctx, row) => {
    ctx.db.message.insert({ id: 0, ...row });
    ctx.db.typing.insert({ room: row.room, n: 1 });
  });
  export const write = spacetimedb.reducer({ shared: t.bool(), text: t.string() }, (ctx, row) => { ctx.db.draft.insert({ who: ctx.sender, ...row }); });
  export const everything = spacetimedb.anonymousView({ public: true }, t.array(message.rowType), (ctx) => [...ctx.db.message.iter()]);
  export const asked = spacetimedb.anonymousView({ public: true }, t.array(message.rowType), (ctx) => ctx.from.message);
`;

const json = (args: readonly unknown[]): CallArguments => ({ format: 'json', text: JSON.stringify(args) });
const call = (database: Database, identity: typeof ANN, name: string, ...args: unknown[]) => {
  expect(database.callReducer({ identity, connectionId: null }, name, json(args))).toMatchObject({
    tag: 'ok',
  });
};
const rows = (database: Database, identity: typeof ANN, sql: string) =>
  database.sql({ identity, connectionId: null }, sql).rows;

describe('a module with rules', () => {
  let database: Database;

  async function setUp() {
    ({ database } = await openMemoryDatabase(ROOMS()));
    call(database, ANN, 'join', 1);
    call(database, BOB, 'join', 2);
    call(database, ANN, 'say', 1, 'one');
    call(database, BOB, 'say', 2, 'two');
  }

  test('SQL, one-off queries and subscriptions show each caller the rows that a rule of the table returns', async () => {
    await setUp();
    const texts = 'SELECT text FROM message';
    expect([ANN, BOB].map((who) => rows(database, who, texts))).toEqual([[['one']], [['two']]]);
    expect(rows(database, OWNER, texts)).toEqual([['one'], ['two']]);
    expect(rows(database, ANN, 'SELECT COUNT(*) AS n FROM message')).toEqual([[1n]]);
    expect(rows(database, ANN, 'SELECT * FROM message WHERE id = 2')).toEqual([]);
    const joined = 'SELECT m.text FROM member r JOIN message m ON r.room = m.room';
    expect(rows(database, BOB, joined)).toEqual([['two']]);
    const client = joinDatabase(database, ANN);
    const one = '0100000001030000006f6e65';
    expect(client.ask('SELECT * FROM message')).toEqual([{ message: [one] }]);
    expect(client.subscribe(1, 'SELECT * FROM message')).toEqual([{ message: [one] }]);
    const owner = joinDatabase(database, OWNER);
    expect(owner.subscribe(1, 'SELECT * FROM message')[0]?.['message']).toHaveLength(2);
    client.leave();
    owner.leave();
  });

  test('clients are notified of rows that become visible or invisible through rows of other tables', async () => {
    await setUp();
    const client = joinDatabase(database, ANN);
    client.subscribe(1, 'SELECT * FROM message');
    client.subscribe(2, 'SELECT * FROM typing');
    call(database, BOB, 'say', 2, 'not hers');
    expect(client.told).toEqual([]);
    call(database, ANN, 'join', 2);
    expect(client.told).toEqual([
      '1 message +02000000020300000074776f +030000000208000000' + Buffer.from('not hers').toString('hex'),
    ]);
    call(database, BOB, 'say', 2, 'a');
    expect(client.told.slice(1)).toEqual(['1 message +04000000020100000061', '2 typing !0201']);
    call(database, ANN, 'leave');
    expect(client.told.at(-1)?.match(/ -/g)).toHaveLength(4);
    client.leave();
  });

  test('a row that several rules return is shown once', async () => {
    await setUp();
    call(database, ANN, 'write', true, 'shared');
    call(database, ANN, 'write', false, 'own');
    const texts = 'SELECT text FROM draft';
    expect(rows(database, ANN, texts)).toEqual([['shared'], ['own']]);
    expect(rows(database, BOB, texts)).toEqual([['shared']]);
  });

  test('rules do not restrict the views of the module, or tables without rules', async () => {
    await setUp();
    expect(rows(database, ANN, 'SELECT text FROM everything')).toEqual([['one'], ['two']]);
    expect(rows(database, ANN, 'SELECT text FROM asked')).toEqual([['one'], ['two']]);
    expect(rows(database, ANN, 'SELECT * FROM open')).toEqual([]);
  });

  test('rules restrict SELECT * FROM *, the subscription to all tables', async () => {
    await setUp();
    const client = joinDatabase(database, ANN);
    const tables = Object.assign({}, ...client.subscribe(1, 'SELECT * FROM *')) as Record<string, string[]>;
    expect(tables['message']).toHaveLength(1);
    expect(tables['member']).toHaveLength(1);
    client.leave();
  });

  test('rules are listed in st_row_level_security and in the log', async () => {
    await setUp();
    const sql =
      'SELECT r.sql FROM st_row_level_security r JOIN st_table t ON r.table_id = t.table_id WHERE ' +
      "t.table_name = 'draft'";
    expect(rows(database, ANN, sql)).toEqual([
      ['SELECT * FROM draft WHERE who = :sender'],
      ['SELECT * FROM draft WHERE shared = true'],
    ]);
    const lines = database.logs.tail(undefined).map(({ message }) => message);
    expect(lines).toContain('Creating row level security `SELECT * FROM draft WHERE shared = true`');
  });

  test('a subscription ends if its rules read more rows per transaction than updateRows', async () => {
    ({ database } = await openMemoryDatabase(ROOMS(), { updateRows: 20 }));
    const client = joinDatabase(database, ANN);
    const owner = joinDatabase(database, OWNER);
    for (const each of [client, owner]) each.subscribe(7, 'SELECT * FROM message');
    for (let n = 0; n < 40; n++) call(database, BOB, 'say', 1, 'x');
    expect(client.told).toEqual([]);
    call(database, ANN, 'join', 1);
    expect(client.told).toEqual([
      '7 failed: A transaction changes this query by too many rows: the host looks at 24 of them (limit updateRows)',
    ]);
    expect(owner.told).toHaveLength(40);
    client.leave();
    owner.leave();
  });
});

test('over HTTP, rules apply to everyone but the owner', async () => {
  const host = await startHost({ program: await bundleSource(ROOMS()), name: 'rooms' });
  onTestFinished(() => host.stop());
  const post = async (route: string, body: string, token?: string) => {
    const headers = {
      'content-type': 'application/json',
      ...(token && { authorization: `Bearer ${token}` }),
    };
    const answer = await fetch(`${host.uri}/v1/${route}`, { method: 'POST', body, headers });
    return answer.text();
  };
  const tokens = await Promise.all(
    [1, 2].map(async () => (JSON.parse(await post('identity', '')) as { readonly token: string }).token),
  );
  await Promise.all(
    tokens.map((token, room) => post('database/rooms/call/join', JSON.stringify([room]), token)),
  );
  const count = async (token?: string) =>
    /"rows":(.*?),"/.exec(await post('database/rooms/sql', 'SELECT room FROM member', token))?.[1];
  expect(await Promise.all(tokens.map((token) => count(token)))).toEqual(['[[0]]', '[[1]]']);
  expect(await count()).toBe('[]');
  expect(JSON.parse((await count(host.ownerToken)) ?? '')).toHaveLength(2);
});

test('rules that are added or deleted by publishing take effect at once', async () => {
  const { database, parts } = await openMemoryDatabase(ROOMS(false));
  call(database, ANN, 'say', 1, 'one');
  const texts = () => rows(database, BOB, 'SELECT text FROM message');
  expect(texts()).toEqual([['one']]);
  const publish = async (rules: boolean) =>
    migrateDatabase(
      database,
      parts,
      new TextEncoder().encode(await bundleSource(ROOMS(rules))),
      () => undefined,
    );
  await publish(true);
  expect(texts()).toEqual([]);
  await publish(false);
  expect(texts()).toEqual([['one']]);
});

describe('a rule', () => {
  const module = (...rules: string[]) => `
    import { schema, table, t } from 'spacetimedb/server';
    const left = table({ name: 'left', public: true }, { id: t.u8().primaryKey(), who: t.identity() });
    const right = table({ name: 'right', public: true }, { id: t.u8().primaryKey(), n: t.u8() });
    const plain = table({ name: 'plain', public: true }, { id: t.u8().primaryKey(), n: t.u8() });
    const secret = table({ name: 'secret' }, { id: t.u8().primaryKey() });
    const spacetimedb = schema({ left, right, plain, secret });
    export default spacetimedb;
    ${rules.map((rule, n) => `export const rule${n} = spacetimedb.clientVisibilityFilter.sql(${JSON.stringify(rule)});`).join('\n')}
  `;

  test.each([
    ['SELECT * FROM secret', /Cannot define RLS rule on private table: secret\. Please make table public/],
    ['SELECT * FROM nothing', /no such table: `nothing`/],
    ['SELECT id FROM left', /Column projections are not supported in subscriptions/],
    ['SELECT * FROM left WHERE who = 5', /The literal expression `5` cannot be parsed as type/],
    ['DELETE FROM left', /Non-SELECT queries/],
    ['SELECT * FROM', /./],
  ])('an invalid rule is refused when the module is published: %s', async (rule, reason) => {
    const opened = openMemoryDatabase(module(rule));
    await expect(opened).rejects.toThrow(`failed to create row-level security: \`${rule}\`: `);
    await expect(opened).rejects.toThrow(reason);
  });

  test('queries with a rule that depends on itself are refused to all but the owner, with the name of the table', async () => {
    const { database: circle } = await openMemoryDatabase(
      module(
        'SELECT l.* FROM left l JOIN right r ON l.id = r.id',
        'SELECT r.* FROM left l JOIN right r ON l.id = r.id',
      ),
    );
    const [[id] = []] = rows(circle, ANN, "SELECT table_id FROM st_table WHERE table_name = 'left'");
    expect(() => rows(circle, ANN, 'SELECT * FROM left')).toThrow(
      `Discovered cyclic dependency when resolving RLS rules for table id \`${String(id)}\``,
    );
    expect(rows(circle, OWNER, 'SELECT * FROM left')).toEqual([]);
  });

  test('queries with a rule that names a private table are refused to all but the owner, as on a real SpacetimeDB', async () => {
    const { database } = await openMemoryDatabase(
      module('SELECT l.* FROM left l JOIN secret s ON l.id = s.id'),
    );
    expect(() => rows(database, ANN, 'SELECT * FROM left')).toThrow('no such table: `secret`');
    expect(rows(database, OWNER, 'SELECT * FROM left')).toEqual([]);
  });

  test('a rule that joins without an index, or joins three tables, allows queries but no subscriptions', async () => {
    const { database } = await openMemoryDatabase(
      module(
        'SELECT l.* FROM left l JOIN plain p ON l.id = p.n',
        'SELECT r.* FROM right r JOIN plain p ON r.id = p.id JOIN plain q ON r.n = q.id',
      ),
    );
    for (const sql of [
      'INSERT INTO left (id, who) VALUES (1, 0x' + '0'.repeat(64) + ')',
      'INSERT INTO right (id, n) VALUES (2, 3)',
      'INSERT INTO right (id, n) VALUES (3, 4)',
      'INSERT INTO plain (id, n) VALUES (2, 1)',
      'INSERT INTO plain (id, n) VALUES (3, 9)',
    ]) {
      rows(database, OWNER, sql);
    }
    const client = joinDatabase(database, ANN);
    expect(client.ask('SELECT * FROM right')).toEqual([{ right: ['0203'] }]);
    expect(rows(database, ANN, 'SELECT id FROM left')).toEqual([[1]]);
    expect(() => client.subscribe(1, 'SELECT * FROM left')).toThrow(
      'Subscriptions require indexes on join columns, executing: `SELECT * FROM left`',
    );
    expect(() => client.subscribe(1, 'SELECT * FROM right')).toThrow(
      'Invalid number of tables in subscription: 3, executing: `SELECT * FROM right`',
    );
    client.leave();
  });
});
