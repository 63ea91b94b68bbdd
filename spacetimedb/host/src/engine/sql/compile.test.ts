import { Identity, Timestamp, type AlgebraicType } from 'spacetimedb';
import { describe, expect, it, test } from 'vitest';
import { SqlError } from './sql-error.ts';
import type { ModuleDef } from '../schema/module-def.ts';
import { SqlCatalog } from './catalog.ts';
import { compileStatement, compileSubscription } from './compile.ts';
import { executeQuery, executeRows } from './execute.ts';
import { isSelectAllTables } from './select-all.ts';
import { selectRows } from './select-rows.ts';
import { makeCatalog, makeRow, makeTable, MemorySource } from './testing.ts';

const U32: AlgebraicType = { tag: 'U32' };
const U64: AlgebraicType = { tag: 'U64' };
const STRING: AlgebraicType = { tag: 'String' };
const BOOL: AlgebraicType = { tag: 'Bool' };
const BYTES: AlgebraicType = { tag: 'Array', value: { tag: 'U8' } };
const IDENTITY = Identity.getAlgebraicType();
const OPTION: AlgebraicType = {
  tag: 'Sum',
  value: {
    variants: [
      { name: 'some', algebraicType: U32 },
      { name: 'none', algebraicType: { tag: 'Product', value: { elements: [] } } },
    ],
  },
};

const people = makeTable(
  'people',
  { id: U64, name: STRING, online: BOOL, owner: IDENTITY, nick: OPTION, key: BYTES },
  [
    ['btree', 'id'],
    ['btree', 'owner'],
    ['btree', 'name,id'],
  ],
);
const notes = makeTable('notes', { id: U32, author: U64, text: STRING, sent: Timestamp.getAlgebraicType() }, [
  ['btree', 'author'],
  ['btree', 'sent'],
  ['hash', 'text'],
]);
const events = makeTable('events', { person: U64 }, [['btree', 'person']], { isEvent: true });
const dotted = makeTable('lib.items', { id: U32 }, [], { sourceName: 'lib.Items' });
const catalog = makeCatalog(people, notes, events, dotted);

const me = new Identity(5n);
const other = new Identity(6n);
const meHex = me.toHexString();
const ann = makeRow(1n, 'ann', true, me, 7, Uint8Array.of(1));
const bob = makeRow(2n, 'bob', false, other, undefined, me.toUint8Array().reverse());
const first = makeRow(1, 1n, 'hello', new Timestamp(10n));
const second = makeRow(2, 1n, "it's", new Timestamp(20n));
const third = makeRow(3, 2n, 'bye', new Timestamp(30n));

function makeSource(): MemorySource {
  return new MemorySource({ people: [ann, bob], notes: [first, second, third], 'lib.items': [makeRow(4)] });
}

function subscribe(sql: string, source = makeSource()): readonly unknown[] {
  return [...executeRows(compileSubscription(sql, catalog, me), source)];
}

function query(sql: string): readonly (readonly unknown[])[] {
  const statement = compileStatement(sql, catalog, me);
  if (statement.kind !== 'select') throw new TypeError(`${sql} is no query`);
  return executeQuery(statement.plan, makeSource()).rows;
}

function refusal(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof SqlError) return error.message;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('subscriptions', () => {
  it.each<[string, readonly unknown[]]>([
    ['SELECT * FROM people', [ann, bob]],
    ['select people.* from people;', [ann, bob]],
    ['SELECT p.* FROM people AS p WHERE p.online = TRUE', [ann]],
    ['SELECT * FROM people WHERE online', [ann]],
    ['SELECT * FROM people WHERE TRUE', [ann, bob]],
    ['SELECT * FROM people WHERE (online = false) = true', [bob]],
    ['SELECT * FROM people WHERE owner = :sender', [ann]],
    ['SELECT * FROM people WHERE :sender <> owner', [bob]],
    ['SELECT * FROM people WHERE key = :sender', [bob]],
    [`SELECT * FROM people WHERE owner = 0x${meHex}`, [ann]],
    [`SELECT * FROM people WHERE owner = X'${meHex}'`, [ann]],
    [`SELECT * FROM people WHERE owner = '${meHex}' OR id = 2`, [ann, bob]],
    ["SELECT * FROM people WHERE id = '1'", [ann]],
    ['SELECT * FROM people WHERE 1.5e1 > id AND id >= 2e0', [bob]],
    ['SELECT * FROM people WHERE id != 1 -- the other one', [bob]],
    ['SELECT * FROM people /* all /* of */ them */ WHERE id == 1', [ann]],
    ["SELECT * FROM notes WHERE text = 'it''s'", [second]],
    ["SELECT * FROM notes WHERE sent > '1970-01-01T00:00:00.00001Z'", [second, third]],
    ['SELECT * FROM notes WHERE id < 2 OR id > 2 AND id < 9', [first, third]],
    ['SELECT * FROM notes WHERE (id < 2 OR id > 2) AND author = 2', [third]],
    ['SELECT * FROM "lib"."items" WHERE "lib"."items"."id" = 4', [makeRow(4)]],
    ['SELECT * FROM lib.Items', [makeRow(4)]],
  ])('the subscription %s is compiled', (sql, rows) => {
    expect(subscribe(sql)).toEqual(rows);
  });

  it('a subscription says whether its rows depend on the caller', () => {
    expect(compileSubscription('SELECT * FROM people WHERE owner = :sender', catalog, me).usesSender).toBe(
      true,
    );
    expect(compileSubscription('SELECT * FROM people', catalog, me).usesSender).toBe(false);
  });

  it('a subscribed join returns a row once per match', () => {
    const join = 'SELECT people.* FROM notes JOIN people ON people.id = notes.author';
    expect(subscribe(join)).toEqual([ann, ann, bob]);
    expect(subscribe(`${join} WHERE notes.id > 1`)).toEqual([ann, bob]);
    expect(subscribe(`${join} WHERE notes.id > 1 AND people.online = true`)).toEqual([ann]);
    expect(subscribe(`${join} WHERE notes.text <> people.name AND notes.id = 3`)).toEqual([bob]);
    const notesOf = 'SELECT n.* FROM people p INNER JOIN notes n ON p.id = n.author';
    expect(subscribe(`${notesOf} WHERE p.name = 'ann'`)).toEqual([first, second]);
  });

  it('a subscribed join is described for live updates', () => {
    const sql = 'SELECT p.* FROM notes n JOIN people p ON p.id = n.author WHERE n.id < 3 AND p.online = true';
    const { table, join, predicate } = compileSubscription(sql, catalog, me);
    expect(table).toBe(people);
    expect([predicate(ann), predicate(bob)]).toEqual([true, false]);
    expect(join?.table).toBe(notes);
    expect([join?.returnedColumn, join?.column]).toEqual([0, 1]);
    expect([first, third].map((row) => join?.predicate(row))).toEqual([true, false]);
    expect([join?.matches(ann, first), join?.matches(bob, first)]).toEqual([true, false]);
  });

  it.each([
    ['', 'SubscriptionError: Empty string'],
    [';', 'Empty SQL query'],
    ['SELECT * FROM nobody', 'no such table: `nobody`. If the table exists, it may be marked private.'],
    ['SELECT * FROM People', 'no such table: `People`. If the table exists, it may be marked private.'],
    ['SELECT * FROM people WHERE age = 1', '`age` is not in scope'],
    ['SELECT * FROM people WHERE notes.id = 1', '`notes` is not in scope'],
    ['SELECT * FROM people p WHERE people.id = 1', '`people` is not in scope'],
    ['SELECT x.* FROM people', '`x` is not in scope'],
    ["SELECT * FROM people WHERE id = 'x'", 'The literal expression `x` cannot be parsed as type `U64`'],
    ['SELECT * FROM people WHERE online = 1', 'The literal expression `1` cannot be parsed as type `Bool`'],
    ['SELECT * FROM people WHERE name = TRUE', 'Unexpected type: (expected) Bool != String (inferred)'],
    ['SELECT * FROM people WHERE name', 'Unexpected type: (expected) String != Bool (inferred)'],
    ['SELECT * FROM people WHERE id = name', 'Unexpected type: (expected) String != U64 (inferred)'],
    [
      'SELECT * FROM people WHERE name = :sender',
      'Unexpected type: (expected) (__identity__: U256) != String (inferred)',
    ],
    ['SELECT * FROM people WHERE 1 = 1', 'Cannot resolve type for literal expression'],
    [
      'SELECT * FROM people WHERE nick = 7',
      'The literal expression `7` cannot be parsed as type `(some: U32 | none: ())`',
    ],
    [
      'SELECT * FROM people WHERE nick = nick',
      'Invalid binary operator `=` for type `(some: U32 | none: ())`',
    ],
    ['SELECT * FROM people WHERE id = :me', 'Unsupported literal expression: :me'],
    ['SELECT * FROM people WHERE name = NULL', 'Unsupported literal expression: NULL'],
    ['SELECT * FROM people WHERE NOT (id = 1)', 'Unsupported expression: NOT (id = 1)'],
    ['SELECT * FROM people WHERE name IS NOT NULL', 'Unsupported expression: name IS NOT NULL'],
    ["SELECT * FROM people WHERE name not like 'a%'", "Unsupported expression: name NOT LIKE 'a%'"],
    ['SELECT * FROM people WHERE id IN (1, 2)', 'Unsupported expression: id IN (1, 2)'],
    ['SELECT * FROM people WHERE id BETWEEN 1 AND 2', 'Unsupported expression: id BETWEEN 1 AND 2'],
    ['SELECT * FROM people WHERE id + 1 = 2', 'Unsupported binary operator: +'],
    ['SELECT * FROM people WHERE id = -id', 'Unsupported expression: -id'],
    ["SELECT * FROM people WHERE lower(name) = 'a'", 'Unsupported expression: lower(name)'],
    [
      'SELECT name FROM people',
      'Column projections are not supported in subscriptions; Subscriptions must return a table type',
    ],
    [
      'SELECT COUNT(*) AS n FROM people',
      'Column projections are not supported in subscriptions; Subscriptions must return a table type',
    ],
    ['SELECT * FROM people LIMIT 5', 'Unsupported: SELECT * FROM people LIMIT 5'],
    ['select * from people order by id desc', 'Unsupported: SELECT * FROM people ORDER BY id DESC'],
    ['SELECT DISTINCT name FROM people', 'Unsupported SELECT: SELECT DISTINCT name FROM people'],
    ['SELECT * FROM people GROUP BY id', 'Unsupported SELECT: SELECT * FROM people GROUP BY id'],
    [
      'SELECT * FROM people UNION SELECT * FROM people',
      'Unsupported set operation: SELECT * FROM people UNION SELECT * FROM people',
    ],
    ['DELETE FROM people', 'Unsupported: Non-SELECT queries'],
    ['SELECT * FROM people; SELECT * FROM notes', 'Multiple SQL statements are not supported'],
    ['SELECT * FROM people, notes', 'Implicit joins are not supported'],
    ['SELECT * FROM (SELECT * FROM people) p', 'Unsupported FROM expression: (SELECT * FROM people) AS p'],
    ['SELECT * FROM people JOIN notes ON people.id = notes.author', 'SELECT * is not supported for joins'],
    ['SELECT p.* FROM people p JOIN notes n', 'Subscriptions require indexes on join columns'],
    [
      'SELECT n.* FROM notes n JOIN people p ON p.name = n.text',
      'Subscriptions require indexes on join columns',
    ],
    ['SELECT p.* FROM people p JOIN notes n ON id = n.author', 'Names must be qualified when using joins'],
    ['SELECT p.* FROM people p JOIN people p ON p.id = p.id', 'Duplicate name `p`'],
    ['SELECT p.* FROM people p LEFT JOIN notes n ON p.id = n.author', 'Non-inner joins are not supported'],
    ['SELECT p.* FROM people p JOIN notes n ON p.id < n.author', 'Non-inner joins are not supported'],
    [
      'SELECT p.* FROM people p JOIN notes n ON p.id = n.id',
      'Unexpected type: (expected) U32 != U64 (inferred)',
    ],
    [
      'SELECT p.* FROM people p JOIN events e ON p.id = e.person',
      'Event tables cannot be used as the lookup table in subscription joins',
    ],
    [
      'SELECT p.* FROM people p JOIN notes n ON p.id = n.author JOIN people q ON q.id = p.id',
      'Invalid number of tables in subscription: 3',
    ],
    ['SELECT * FROM', 'sql parser error: Expected identifier, found: EOF'],
    ['SELECT FROM people', 'A FROM clause is required'],
    ['SELECT * FROM people WHERE', 'sql parser error: Expected an expression:, found: EOF'],
    [
      'SELECT *\nFROM people\n  WHERE = 1',
      'sql parser error: Expected an expression:, found: = at Line: 3, Column 9',
    ],
    ['SELECT * FROM people WHERE (id = 1', 'sql parser error: Expected ), found: EOF'],
    [
      "SELECT * FROM people WHERE name = 'a",
      'sql parser error: Unterminated string literal at Line: 1, Column 35',
    ],
    [
      'SELECT * FROM people WHERE user.id = 1',
      'sql parser error: Expected end of statement, found: . at Line: 1, Column 32',
    ],
    ['SELEC * FROM people', 'sql parser error: Expected an SQL statement, found: SELEC at Line: 1, Column 1'],
  ])('a subscription refuses %s', (sql, message) => {
    expect(refusal(() => compileSubscription(sql, catalog, me))).toBe(message);
  });

  it('the length and depth of a subscription are limited', () => {
    const long = `SELECT * FROM people WHERE name = '${'x'.repeat(50_000)}'`;
    expect(refusal(() => compileSubscription(long, catalog, me))).toBe(
      `SQL query exceeds maximum allowed length: "${long.slice(0, 120)}..."`,
    );
    const chain = (length: number) =>
      `SELECT * FROM people WHERE ${Array(length).fill('id = 1').join(' AND ')}`;
    expect(subscribe(chain(1600))).toEqual([ann]);
    expect(refusal(() => subscribe(chain(1700)))).toBe('Recursion limit exceeded, `sql-parser::parse_expr`');
    const nested = (depth: number) =>
      `SELECT * FROM people WHERE ${'('.repeat(depth)}id = 1${')'.repeat(depth)}`;
    expect(subscribe(nested(40))).toEqual([ann]);
    expect(refusal(() => subscribe(nested(60)))).toBe('sql parser error: recursion limit exceeded');
    expect(refusal(() => subscribe(nested(20_000)))).toBe('sql parser error: recursion limit exceeded');
    expect(refusal(() => subscribe(`SELECT * FROM people WHERE ${'NOT '.repeat(10_000)}online`))).toBe(
      'sql parser error: recursion limit exceeded',
    );
  });

  it.each([
    ['SELECT * FROM people WHERE id = 2', ['people_id_btree']],
    ['SELECT * FROM people WHERE 1 < id', ['people_id_btree']],
    ["SELECT * FROM people WHERE name = 'ann' AND id > 0", ['people_name,id_btree']],
    ["SELECT * FROM people WHERE id = 1 AND name = 'ann'", ['people_name,id_btree']],
    ['SELECT * FROM people WHERE owner = :sender', ['people_owner_btree']],
    ['SELECT * FROM people WHERE id = 1 OR id = 2', []],
    ['SELECT * FROM people WHERE id <> 1', []],
    ["SELECT * FROM notes WHERE text = 'bye'", ['notes_text_hash']],
    ["SELECT * FROM notes WHERE text > 'bye'", []],
  ])('%s uses the index range %j', (sql, indexes) => {
    const source = makeSource();
    subscribe(sql, source);
    expect(source.seeks).toEqual(indexes);
  });

  test('SELECT * FROM * expands to the visible tables that store rows', () => {
    expect(isSelectAllTables(' select *  FROM * ')).toBe(true);
    expect(isSelectAllTables('SELECT * FROM people')).toBe(false);
    const hidden = makeTable('hidden', { id: U32 }, [], { isPublic: false });
    const def = { ...emptyDef, tables: [dotted, hidden, events] };
    const forOwner = new SqlCatalog(def, true);
    const forOthers = new SqlCatalog(def, false);
    expect(forOwner.selectAllTables()).toEqual(['SELECT * FROM "hidden"', 'SELECT * FROM "lib"."items"']);
    expect(forOthers.selectAllTables()).toEqual(['SELECT * FROM "lib"."items"']);
    expect(refusal(() => compileSubscription('SELECT * FROM hidden', forOthers, me))).toMatch(
      /^no such table/,
    );
    expect(forOwner.table('hidden')).toBe(hidden);
  });
});

const emptyDef: ModuleDef = {
  ...{ typespace: { types: [] }, sourceTypespace: { types: [] }, types: [], tables: [], reducers: [] },
  ...{ procedures: [], views: [], rowLevelSecurity: [], httpHandlers: [], httpRoutes: [], submodules: [] },
};

describe('queries', () => {
  it.each<[string, readonly (readonly unknown[])[]]>([
    [
      'SELECT name, id AS number FROM people',
      [
        ['ann', 1n],
        ['bob', 2n],
      ],
    ],
    ['SELECT people.name n FROM people WHERE id = 2', [['bob']]],
    ['SELECT * FROM notes LIMIT 2', [first.columns, second.columns]],
    ['SELECT * FROM notes LIMIT 0', []],
    ['SELECT text FROM notes LIMIT 1', [['hello']]],
    ['SELECT COUNT(*) AS n FROM notes WHERE author = 1', [[2n]]],
    ['SELECT count(*) n FROM notes LIMIT 1', [[3n]]],
    [
      'SELECT n.text, p.name FROM notes n JOIN people p ON n.author = p.id',
      [
        ['hello', 'ann'],
        ["it's", 'ann'],
        ['bye', 'bob'],
      ],
    ],
    [
      'SELECT p.name, n.text FROM people p JOIN notes n ON p.id = n.author WHERE n.id > 1 AND p.name <> n.text',
      [
        ['ann', "it's"],
        ['bob', 'bye'],
      ],
    ],
    ['SELECT a.name, b.name AS other FROM people a CROSS JOIN people b WHERE a.id < b.id', [['ann', 'bob']]],
    ['SELECT COUNT(*) AS n FROM people a JOIN people b', [[4n]]],
    [
      'SELECT a.name, c.id FROM people a JOIN notes c ON a.id = c.author JOIN people b ON b.name = a.name WHERE c.id > 1',
      [
        ['ann', 2],
        ['bob', 3],
      ],
    ],
    ['SELECT n.* FROM people p JOIN notes n ON p.name = n.text', []],
    ['SELECT a.id FROM people a JOIN people b ON a.id = a.id WHERE b.id = 1', [[1n], [2n]]],
  ])('the query %s is compiled', (sql, rows) => {
    expect(query(sql)).toEqual(rows);
  });

  it('a query names and types its columns', () => {
    const columnsOf = (sql: string) => {
      const statement = compileStatement(sql, catalog, me);
      return statement.kind === 'select' ? statement.plan.columns : undefined;
    };
    expect(columnsOf('SELECT id, name AS n FROM people')).toEqual([
      { name: 'id', type: U64 },
      { name: 'n', type: STRING },
    ]);
    expect(columnsOf('SELECT COUNT(*) AS total FROM people')).toEqual([{ name: 'total', type: U64 }]);
    expect(columnsOf('SELECT * FROM notes')?.map(({ name }) => name)).toEqual([
      'id',
      'author',
      'text',
      'sent',
    ]);
  });

  it.each([
    ['SELECT COUNT(*) FROM people', 'Aggregate expressions must have column aliases'],
    ['SELECT SUM(id) AS n FROM people', 'Unsupported aggregate function: SUM(id)'],
    ['SELECT id, * FROM people', 'Mixed wildcard projections are not supported'],
    ['SELECT id, name AS id FROM people', 'Duplicate name `id`'],
    ['SELECT id + 1 FROM people', 'Unsupported projection expression: id + 1'],
    ['SELECT 1', 'Unsupported projection expression: 1'],
    ['SELECT * FROM people LIMIT 1.5', 'The literal expression `1.5` cannot be parsed as type `U64`'],
    ['SELECT * FROM people LIMIT n', 'Unsupported: SELECT * FROM people LIMIT n'],
    [
      'SELECT * FROM people ORDER BY id LIMIT 3 OFFSET 2',
      'Unsupported: SELECT * FROM people ORDER BY id LIMIT 3 OFFSET 2',
    ],
    [
      'SELECT * FROM people WHERE id = 1 HAVING id > 1',
      'Unsupported: SELECT * FROM people WHERE id = 1 HAVING id > 1',
    ],
    ['CREATE TABLE t (id int)', 'Unsupported: CREATE TABLE t (id INT)'],
    ['create  table text (text text) -- why', 'Unsupported: CREATE TABLE text (text TEXT)'],
    ['alter table t add x bigint', 'Unsupported: ALTER TABLE t ADD x BIGINT'],
    ['SELECT TOP 1 id FROM people', 'Unsupported: SELECT TOP (1) id FROM people'],
    [
      'select distinct top (2) percent with ties id from people',
      'Unsupported: SELECT DISTINCT TOP (2) PERCENT WITH TIES id FROM people',
    ],
    [
      'SELECT TOP x id FROM people',
      'sql parser error: Expected literal number, found: x at Line: 1, Column 12',
    ],
    ['BEGIN', 'Unsupported: BEGIN TRANSACTION'],
    ['begin work', 'Unsupported: BEGIN TRANSACTION'],
    ['SHOW TABLES', 'Unsupported: SHOW TABLES'],
    ['show full columns from t', 'Unsupported: SHOW FULL COLUMNS FROM t'],
    ['SHOW FULL x', 'sql parser error: EXTENDED/FULL are not supported with this type of SHOW query'],
    ['SHOW', ' is not a valid system variable'],
    ['SHOW tables_x', 'tables_x is not a valid system variable'],
  ])('a query refuses %s', (sql, message) => {
    expect(refusal(() => query(sql))).toBe(message);
  });
});

describe('changes', () => {
  it('INSERT compiles to rows of values', () => {
    const sql = `INSERT INTO lib.items (whatever) VALUES (1), (2)`;
    expect(compileStatement(sql, catalog, me)).toEqual({ kind: 'insert', table: dotted, rows: [[1], [2]] });
    const table = makeTable('t', {
      id: IDENTITY,
      name: STRING,
      on: BOOL,
      data: BYTES,
      delta: { tag: 'I64' },
    });
    const statement = compileStatement(
      `INSERT INTO t (id, name, on, data, delta) VALUES (0x${meHex}, 'a''b', true, X'00ff', -5)`,
      makeCatalog(table),
      me,
    );
    expect(statement).toEqual({
      kind: 'insert',
      table,
      rows: [[me, "a'b", true, Uint8Array.of(0, 255), -5n]],
    });
  });

  it('UPDATE and DELETE compile to a selection', () => {
    const update = compileStatement("UPDATE people SET name = 'x', online = false WHERE id = 1", catalog, me);
    if (update.kind !== 'update') throw new TypeError('expected an UPDATE');
    expect(update.assignments).toEqual([
      { column: 1, value: 'x' },
      { column: 2, value: false },
    ]);
    expect([...selectRows(update, makeSource())]).toEqual([ann]);
    const remove = compileStatement('DELETE FROM people WHERE people.owner <> :sender', catalog, me);
    if (remove.kind !== 'delete') throw new TypeError('expected a DELETE');
    expect([...selectRows(remove, makeSource())]).toEqual([bob]);
  });

  it('SET and SHOW compile', () => {
    expect(compileStatement('SET row_limit = 5', catalog, me)).toEqual({
      ...{ kind: 'set', variable: 'row_limit', value: 5n },
    });
    expect(compileStatement('set row_limit to 5', catalog, me)).toMatchObject({ kind: 'set' });
    const variables = makeTable('st_var', { name: STRING, value: U64 });
    const source = new MemorySource({ st_var: [makeRow('row_limit', 7n), makeRow('other', 8n)] });
    const show = compileStatement('SHOW row_limit', makeCatalog(variables), me);
    if (show.kind !== 'select') throw new TypeError('expected a query');
    expect(executeQuery(show.plan, source)).toEqual({
      columns: [{ name: 'value', type: U64 }],
      rows: [[7n]],
    });
  });

  it.each([
    [
      'INSERT INTO notes VALUES (1)',
      'The number of fields (0) in the INSERT does not match the number of columns (4) of the table `notes`',
    ],
    [
      'INSERT INTO lib.items (id) VALUES (1, 2)',
      'Inserting a row with 2 values into `lib.items` which has 1 fields',
    ],
    ["INSERT INTO lib.items (id) VALUES ('1')", 'Unexpected type: (expected) String != U32 (inferred)'],
    ['INSERT INTO lib.items (id) VALUES (true)', 'Unexpected type: (expected) Bool != U32 (inferred)'],
    ['INSERT INTO lib.items (id) VALUES (-1)', 'The literal expression `-1` cannot be parsed as type `U32`'],
    ['INSERT INTO lib.items (id) VALUES (1 + 1)', 'Unsupported INSERT value: 1 + 1'],
    ['INSERT INTO lib.items (id) VALUES (:sender)', 'Unsupported literal expression: :sender'],
    [
      'INSERT INTO lib.items (id) SELECT id FROM notes',
      'Unsupported INSERT expression: SELECT id FROM notes',
    ],
    [
      "UPDATE notes SET sent = '2020-01-01T00:00:00Z'",
      'Unexpected type: (expected) String != (__timestamp_micros_since_unix_epoch__: I64) (inferred)',
    ],
    ['UPDATE notes SET size = 1', '`notes` does not have a field `size`'],
    ['UPDATE notes SET id = id', 'Unsupported column/variable assignment expression: id'],
    ['UPDATE notes AS n SET id = 1', 'Unsupported: UPDATE notes AS n SET id = 1'],
    ['DELETE FROM notes n WHERE id = 1', 'Unsupported table expression in DELETE: notes AS n'],
    ['DELETE FROM nothing', 'no such table: `nothing`. If the table exists, it may be marked private.'],
    ['SET colour = 1', 'colour is not a valid system variable'],
    ["SET row_limit = 'x'", 'Unexpected type: (expected) U64 != String (inferred)'],
    ['SET row_limit = -1', 'The literal expression `-1` cannot be parsed as type `U64`'],
    ['SET row_limit = 1, 2', 'Unsupported: SET row_limit = 1, 2'],
    ['SHOW x', 'x is not a valid system variable'],
    [
      "INSERT INTO notes (a) VALUES (0xAb, 'it''s') RETURNING *",
      "Unsupported: INSERT INTO notes (a) VALUES (X'Ab', 'it''s') RETURNING *",
    ],
  ])('the change %s is refused', (sql, message) => {
    expect(refusal(() => compileStatement(sql, catalog, me))).toBe(message);
  });

  it('views cannot be changed', () => {
    const views = { ...catalog, isView: () => true };
    for (const sql of ['DELETE FROM notes', 'UPDATE notes SET id = 1', 'INSERT INTO notes (a) VALUES (1)']) {
      expect(refusal(() => compileStatement(sql, views, me))).toBe(
        '`notes` is a view; DML on views is not supported',
      );
    }
  });
});
