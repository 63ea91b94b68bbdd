/**
 * The system tables. Rows in hex were recorded from a real SpacetimeDB 2.8.3 with the same module (`recorded/ws.json`).
 */
import { ConnectionId } from 'spacetimedb';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Database } from '../engine/database/database.ts';
import { SqlError } from '../engine/sql/sql-error.ts';
import { migrateDatabase } from '../engine/database/migrate-database.ts';
import { startHost } from '../index.ts';
import { ANN, BOB, joinDatabase, openMemoryDatabase, OWNER } from '../testing/memory-database.ts';
import { bundleSource } from '../testing/module-source.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';

const CHAT = `
  import { schema, table, t } from 'spacetimedb/server';
  const user = table({ name: 'user', public: true }, {
    identity: t.identity().primaryKey(), name: t.option(t.string()), online: t.bool(),
  });
  const message = table({ name: 'message', public: true }, {
    sender: t.identity(), sent: t.timestamp(), text: t.string(),
  });
  const spacetimedb = schema({ user, message });
  export default spacetimedb;
`;
const FEATURES = `
  import { schema, table, t } from 'spacetimedb/server';
  const item = table({ name: 'item', public: true, indexes: [{ accessor: 'byShelf', algorithm: 'hash', columns: ['shelf'] }] }, {
    id: t.u64().primaryKey().autoInc(), shelf: t.u8(), myName: t.string(),
  });
  const job = table({ name: 'job', scheduled: () => run }, { id: t.u64().primaryKey().autoInc(), at: t.scheduleAt() });
  const seen = table({ name: 'seen', public: true, event: true }, { n: t.u8() });
  const spacetimedb = schema({ item, job, seen });
  export default spacetimedb;
  export const run = spacetimedb.reducer({ job: job.rowType }, () => undefined);
  export const add = spacetimedb.reducer((ctx) => { ctx.db.item.insert({ id: 0n, shelf: 1, myName: 'x' }); });
  export const shelves = spacetimedb.anonymousView({ public: true }, t.array(item.rowType), (ctx) => [...ctx.db.item.iter()]);
  const Row = t.row('Row', { n: t.u8() });
  export const mine = spacetimedb.view({ public: true }, t.array(Row), () => []);
  export const guarded = spacetimedb.clientConnected((ctx) => {
    if (ctx.sender.toHexString().endsWith('b')) throw new Error('not you');
  });
`;
const ST_TABLE = [
  '00100000070000006d6573736167650400000075736572060000007075626c696301',
  '010000000800000073745f7461626c650600000073797374656d060000007075626c696300010000000000',
  '0110000004000000757365720400000075736572060000007075626c696300010000000000',
  '020000000900000073745f636f6c756d6e0600000073797374656d060000007075626c696301',
  '030000000b00000073745f73657175656e63650600000073797374656d060000007075626c696300010000000000',
  '040000000800000073745f696e6465780600000073797374656d060000007075626c696300010000000000',
  '050000000d00000073745f636f6e73747261696e740600000073797374656d060000007075626c696300010000000000',
  '060000000900000073745f6d6f64756c650600000073797374656d060000007075626c696301',
  '070000000900000073745f636c69656e740600000073797374656d060000007075626c696301',
  '080000000600000073745f7661720600000073797374656d060000007075626c696300010000000000',
  '090000000c00000073745f7363686564756c65640600000073797374656d060000007075626c696300010000000000',
  '0a0000001500000073745f726f775f6c6576656c5f73656375726974790600000073797374656d060000007075626c696300010000000100',
  '0b0000001900000073745f636f6e6e656374696f6e5f63726564656e7469616c730600000073797374656d070000007072697661746500010000000000',
  '0c0000000700000073745f766965770600000073797374656d060000007075626c696300010000000000',
  '0d0000000d00000073745f766965775f706172616d0600000073797374656d060000007075626c696301',
  '0e0000000e00000073745f766965775f636f6c756d6e0600000073797374656d060000007075626c696301',
  '0f0000000b00000073745f766965775f7375620600000073797374656d060000007075626c696301',
  '100000000b00000073745f766965775f6172670600000073797374656d060000007075626c696300010000000000',
  '110000000e00000073745f6576656e745f7461626c650600000073797374656d060000007075626c696300010000000000',
  '120000001100000073745f7461626c655f6163636573736f720600000073797374656d060000007075626c696301',
  '130000001100000073745f696e6465785f6163636573736f720600000073797374656d060000007075626c696301',
  '140000001200000073745f636f6c756d6e5f6163636573736f720600000073797374656d060000007075626c696301',
];

const owner = { identity: OWNER, connectionId: null };
const stranger = { identity: ANN, connectionId: null };
const rowsOf = (database: Database, sql: string, caller = owner) => database.sql(caller, sql).rows;

describe('the tables of a module', () => {
  test('st_table lists the tables of a module like a real SpacetimeDB, for SQL, one-off queries and subscriptions of anyone', async () => {
    const { database } = await openMemoryDatabase(CHAT);
    const ann = joinDatabase(database, ANN);
    expect(ann.subscribe(1, 'SELECT * FROM st_table')).toEqual([{ st_table: ST_TABLE }]);
    expect(ann.ask('SELECT * FROM st_table')).toEqual([{ st_table: ST_TABLE }]);
    const sql = "SELECT table_name, table_type, table_access FROM st_table WHERE table_name = 'message'";
    expect(rowsOf(database, sql, stranger)).toEqual([['message', 'user', 'public']]);
    // Recorded, too.
    expect(rowsOf(database, 'SELECT COUNT(*) AS n FROM st_column')).toEqual([[80n]]);
    expect(rowsOf(database, 'SELECT * FROM st_view')).toEqual([]);
    expect(() => rowsOf(database, 'SELECT lifecycle FROM st_module')).toThrow('`lifecycle` is not in scope');
    expect(() => rowsOf(database, 'SELECT * FROM st_nope')).toThrow(
      'no such table: `st_nope`. If the table exists, it may be marked private.',
    );
  });

  test('the other system tables list the parts of tables and can be joined', async () => {
    const { database } = await openMemoryDatabase(FEATURES);
    const ask = (sql: string) =>
      rowsOf(database, sql, stranger)
        .map(([name]) => name)
        .sort();
    const ofTable = (part: string, name: string, table: string) =>
      ask(
        `SELECT p.${name} FROM ${part} p JOIN st_table t ON p.table_id = t.table_id WHERE t.table_name = '${table}'`,
      );
    expect(ask("SELECT table_name FROM st_table WHERE table_type = 'user'")).toEqual([
      ...['item', 'job', 'mine', 'seen', 'shelves'],
    ]);
    expect(ofTable('st_column', 'col_name', 'item')).toEqual(['id', 'my_name', 'shelf']);
    expect(ofTable('st_column', 'col_name', 'shelves')).toEqual(['arg_hash', 'id', 'my_name', 'shelf']);
    expect(ofTable('st_index', 'index_name', 'item')).toEqual(['item_id_idx_btree', 'item_shelf_idx_hash']);
    expect(ofTable('st_constraint', 'constraint_name', 'item')).toEqual(['item_id_key']);
    expect(ofTable('st_sequence', 'sequence_name', 'item')).toEqual(['item_id_seq']);
    expect(ofTable('st_event_table', 'table_id', 'seen')).toHaveLength(1);
    expect(rowsOf(database, 'SELECT reducer_name, schedule_name, at_column FROM st_scheduled')).toEqual([
      ['run', 'job_sched', 1],
    ]);
    expect(rowsOf(database, 'SELECT view_name, is_public, is_anonymous FROM st_view')).toEqual([
      ['mine', true, false],
      ['shelves', true, true],
    ]);
    expect(ask('SELECT accessor_name FROM st_column_accessor')).toContain('myName');
    expect(rowsOf(database, "SELECT accessor_name FROM st_table_accessor WHERE table_name = 'item'")).toEqual(
      [['item']],
    );
    for (const empty of ['st_row_level_security', 'st_view_param', 'st_view_sub', 'st_view_arg', 'st_var']) {
      expect(rowsOf(database, `SELECT * FROM ${empty}`)).toEqual([]);
    }
    const ann = joinDatabase(database, ANN);
    const columns = 'SELECT c.* FROM st_column c JOIN st_table t ON c.table_id = t.table_id';
    const count = rowsOf(database, 'SELECT * FROM st_column').length;
    expect(ann.subscribe(1, columns)[0]?.['st_column']).toHaveLength(count);
    const ids = ask('SELECT index_id FROM st_index');
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('st_module has the program', async () => {
    const { database } = await openMemoryDatabase(CHAT);
    const [[identity, ownerIdentity, kind, hash, program, version] = []] = rowsOf(
      database,
      'SELECT * FROM st_module',
      stranger,
    );
    expect([identity, ownerIdentity]).toEqual([database.identity.__identity__, OWNER.__identity__]);
    // The hash is a little-endian number.
    expect([kind, hash, version]).toEqual([1, 0x0201n, '0.0.1']);
    expect(Buffer.from(program as Uint8Array).toString()).toContain('name: "message"');
  });
});

describe('st_client', () => {
  test('st_client lists the connected clients, and subscribers see changes', async () => {
    const { database } = await openMemoryDatabase(FEATURES);
    const ann = joinDatabase(database, ANN, new ConnectionId(1n));
    const row = (who: typeof ANN, id: bigint) =>
      Buffer.from(who.toUint8Array()).toString('hex') +
      Buffer.from(new ConnectionId(id).toUint8Array()).toString('hex');
    expect(ann.subscribe(1, 'SELECT * FROM st_client')).toEqual([{ st_client: [row(ANN, 1n)] }]);
    expect(ann.subscribe(2, 'SELECT * FROM st_client WHERE connection_id = 2')).toEqual([{ st_client: [] }]);
    const other = joinDatabase(database, OWNER, new ConnectionId(2n));
    // The module refuses this client.
    joinDatabase(database, BOB, new ConnectionId(3n));
    other.leave();
    const came = `st_client +${row(OWNER, 2n)}`;
    const left = `st_client -${row(OWNER, 2n)}`;
    expect(ann.told).toEqual([`1 ${came}`, `2 ${came}`, `1 ${left}`, `2 ${left}`]);
    expect(rowsOf(database, 'SELECT connection_id FROM st_client')).toEqual([[1n]]);
  });

  test('an HTTP request sees its own client in st_client, and only the owner sees tokens', async () => {
    const host = await startHost({ program: await bundleSource(CHAT), name: 'chat' });
    onTestFinished(() => host.stop());
    const ask = async (sql: string, token: string) => {
      const headers = { authorization: `Bearer ${token}` };
      const answer = await fetch(`${host.uri}/v1/database/chat/sql`, { method: 'POST', body: sql, headers });
      return answer.text();
    };
    const { identity, token } = (await (
      await fetch(`${host.uri}/v1/identity`, { method: 'POST' })
    ).json()) as { readonly identity: string; readonly token: string };
    expect(await ask('SELECT * FROM st_client', token)).toContain(`"rows":[["0x${identity}",`);
    expect(await ask('SELECT * FROM st_connection_credentials', token)).toBe(
      'no such table: `st_connection_credentials`. If the table exists, it may be marked private.',
    );
    expect(await ask('SELECT jwt_payload FROM st_connection_credentials', host.ownerToken)).toContain('iss');
    expect(await ask('SELECT COUNT(*) AS n FROM st_client', host.ownerToken)).toContain('"rows":[[1]]');
  });
});

test('a subscription to a system table continues when the module is published again, and gets the changes', async () => {
  const { database, parts } = await openMemoryDatabase(CHAT);
  const ann = joinDatabase(database, ANN);
  ann.subscribe(1, "SELECT * FROM st_table WHERE table_type = 'user'");
  ann.subscribe(2, 'SELECT * FROM message');
  const next = CHAT.replace('schema({ user, message })', 'schema({ user, message, zebra })').replace(
    'const spacetimedb',
    "const zebra = table({ name: 'zebra', public: true }, { n: t.u8() }); const spacetimedb",
  );
  const program = new TextEncoder().encode(await bundleSource(next));
  await migrateDatabase(database, parts, program, () => undefined);
  const zebra = Buffer.from('zebra').toString('hex');
  expect(ann.told).toEqual([expect.stringMatching(new RegExp(`^1 st_table \\+02100000.*${zebra}.*$`))]);
  const [[stored] = []] = rowsOf(database, 'SELECT program_bytes FROM st_module');
  expect(Buffer.from(stored as Uint8Array).equals(program)).toBe(true);
});

test('st_sequence shows how far ahead of use a sequence is allocated', async () => {
  const { database } = await openMemoryDatabase(FEATURES);
  const sql = "SELECT allocated FROM st_sequence WHERE sequence_name = 'item_id_seq'";
  expect(rowsOf(database, sql)).toEqual([[1n]]);
  const ann = joinDatabase(database, ANN);
  ann.subscribe(1, 'SELECT * FROM st_sequence');
  database.callReducer(owner, 'add', { format: 'json', text: '[]' });
  const [[allocated] = []] = rowsOf(database, sql);
  expect(allocated).toBeGreaterThan(4096n);
  database.callReducer(owner, 'add', { format: 'json', text: '[]' });
  expect(ann.told).toHaveLength(1);
});

describe('the variable row_limit', () => {
  const MANY = `
    import { schema, table, t } from 'spacetimedb/server';
    const number = table({ name: 'number', public: true }, { n: t.u8() });
    const spacetimedb = schema({ number });
    export default spacetimedb;
  `;

  test('the owner sets, shows and unsets row_limit by SQL, and st_var has it', async () => {
    const { database } = await openMemoryDatabase(MANY);
    const ann = joinDatabase(database, ANN);
    ann.subscribe(1, 'SELECT * FROM st_var');
    expect(rowsOf(database, 'SHOW row_limit')).toEqual([]);
    expect(() => rowsOf(database, 'SET row_limit = 5', stranger)).toThrow('is not authorized to run SQL DML');
    expect(database.sql(owner, 'SET row_limit = 5').stats).toEqual({ inserted: 1, deleted: 0, updated: 0 });
    expect(rowsOf(database, 'SHOW row_limit', stranger)).toEqual([[{ tag: 'U64', value: 5n }]]);
    expect(rowsOf(database, 'SELECT * FROM st_var')).toEqual([['row_limit', { tag: 'U64', value: 5n }]]);
    // SET is an INSERT: the same row changes nothing, and another one is refused.
    rowsOf(database, 'SET row_limit TO 5');
    expect(() => rowsOf(database, 'SET row_limit = 6')).toThrow(
      `IndexError: Unique constraint violation 'st_var_name_idx_btree' in table 'st_var': column(s): '["name"]' value: "row_limit"`,
    );
    expect(database.sql(owner, "DELETE FROM st_var WHERE name = 'other'").stats.deleted).toBe(0);
    expect(database.sql(owner, "DELETE FROM st_var WHERE name = 'row_limit'").stats.deleted).toBe(1);
    expect(rowsOf(database, 'SHOW row_limit')).toEqual([]);
    const row = '09000000726f775f6c696d6974080500000000000000';
    expect(ann.told).toEqual([`1 st_var +${row}`, `1 st_var -${row}`]);
  });

  test('row_limit refuses queries by others than the owner that are expected to read more rows', async () => {
    const { database } = await openMemoryDatabase(`
      import { schema, table, t } from 'spacetimedb/server';
      const number = table({ name: 'number', public: true }, { n: t.u8() });
      const pair = table({ name: 'pair', public: true }, { id: t.u8().primaryKey(), n: t.u8().index('btree') });
      const spacetimedb = schema({ number, pair });
      export default spacetimedb;
      export const fill = spacetimedb.reducer((ctx) => {
        for (let n = 1; n <= 6; n++) {
          ctx.db.number.insert({ n });
          ctx.db.pair.insert({ id: n, n: n % 2 });
        }
      });
    `);
    database.callReducer(owner, 'fill', { format: 'json', text: '[]' });
    rowsOf(database, 'SET row_limit = 5');
    const ann = joinDatabase(database, ANN);
    const refusal = (rows: number) => `Estimated cardinality (${rows} rows) exceeds limit (5 rows)`;
    for (const [sql, rows] of [
      ['SELECT * FROM number', 6],
      // Without an index every row is read and checked.
      ['SELECT * FROM number WHERE n = 1', 12],
      ['SELECT p.* FROM pair p JOIN number n ON p.n = n.n WHERE p.id = 1', 1 + 6 + 6],
      ['SELECT p.* FROM pair p JOIN pair q ON p.n = q.n WHERE p.n = 1', 3 + 9],
    ] as const) {
      expect(() => rowsOf(database, sql, stranger)).toThrow(refusal(rows));
      expect(() => ann.ask(sql)).toThrow(refusal(rows));
      expect(() => rowsOf(database, sql)).not.toThrow();
    }
    expect(() => ann.subscribe(1, 'SELECT * FROM number')).toThrow(new SqlError(refusal(6)));
    const few = ['SELECT * FROM pair WHERE id = 1', 'SELECT * FROM pair WHERE n = 1'];
    expect(ann.subscribe(1, ...few)).toHaveLength(2);
    expect(() =>
      ann.subscribe(2, 'SELECT * FROM pair WHERE id = 2', 'SELECT * FROM number WHERE n < 0'),
    ).toThrow(refusal(13));
    expect(rowsOf(database, 'SELECT * FROM number LIMIT 5', stranger)).toHaveLength(5);
    // A query that already has a subscriber costs nothing more.
    joinDatabase(database, OWNER).subscribe(1, 'SELECT * FROM number');
    expect(() => ann.subscribe(2, 'SELECT * FROM number')).not.toThrow();
  });

  test('row_limit survives a restart and a new program', async () => {
    const dataDir = await temporaryFolder();
    const options = { program: await bundleSource(MANY), name: 'many', dataDir };
    const first = await startHost(options);
    first.sql('SET row_limit = 7');
    await first.stop();
    const second = await startHost({ ...options, program: await bundleSource(`${MANY}\n// changed`) });
    onTestFinished(() => second.stop());
    expect(second.sql('SHOW row_limit').rows).toEqual([[{ tag: 'U64', value: 7n }]]);
  });
});

test('nobody can change system tables by SQL', async () => {
  const { database } = await openMemoryDatabase(CHAT);
  for (const sql of [
    'DELETE FROM st_client',
    "UPDATE st_table SET table_name = 'x'",
    'INSERT INTO st_event_table (table_id) VALUES (1)',
    "UPDATE st_var SET name = 'x'",
  ]) {
    expect(() => rowsOf(database, sql)).toThrow(/`st_\w+` is a system table; this host keeps it/);
    expect(() => rowsOf(database, sql, stranger)).toThrow('is not authorized to run SQL DML statements');
  }
});

test('queries of system tables have the limits of all queries', async () => {
  const { database } = await openMemoryDatabase(CHAT, { queryRows: 10 });
  const limit = 'returns more than 10 rows';
  const ann = joinDatabase(database, ANN);
  expect(() => rowsOf(database, 'SELECT * FROM st_column', stranger)).toThrow(limit);
  expect(() => ann.ask('SELECT * FROM st_column')).toThrow(limit);
  expect(() => ann.subscribe(1, 'SELECT * FROM st_column')).toThrow(limit);
  expect(rowsOf(database, 'SELECT * FROM st_column')).toHaveLength(80);
});
