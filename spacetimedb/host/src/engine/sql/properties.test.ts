import {
  ConnectionId,
  Identity,
  makeQueryBuilder,
  schema,
  t,
  table,
  Timestamp,
  Uuid,
  type AlgebraicType,
} from 'spacetimedb';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { SqlError } from './sql-error.ts';
import { makeComparator } from '../sats/compare.ts';
import { comparableTypes, valuesOf } from '../sats/testing.ts';
import { specialField } from '../sats/type-shape.ts';
import { compileStatement, compileSubscription } from './compile.ts';
import { executeQuery, executeRows } from './execute.ts';
import { makeCatalog, makeRow, makeTable, MemorySource } from './testing.ts';

const me = new Identity(5n);
const OPERATORS = ['=', '<>', '<', '<=', '>', '>='] as const;
type Operator = (typeof OPERATORS)[number];

/** A condition, its SQL and its meaning. */
type Condition =
  | {
      readonly kind: 'compare';
      readonly column: number;
      readonly operator: Operator;
      readonly value: unknown;
    }
  | { readonly kind: 'columns'; readonly column: number; readonly operator: Operator }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Condition[] };

/** A table with two columns of each of three types, the first of each indexed. */
const tables = fc.uniqueArray(comparableTypes, { minLength: 3, maxLength: 3 }).chain((columnTypes) => {
  const columns = columnTypes.flatMap((type, i) => [[`a${i}`, type] as const, [`b${i}`, type] as const]);
  const indexes = [
    ['btree', 'a0'],
    ['btree', 'a1,b2'],
    ['hash', 'a2'],
    ['btree', 'a2,a0,b1'],
  ] as const;
  const definition = makeTable('t', Object.fromEntries(columns), indexes);
  const row = fc.tuple(...columns.map(([, type]) => sqlValues(type))).map((values) => makeRow(...values));
  const condition = fc.letrec<{ condition: Condition }>((tie) => ({
    condition: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      fc.nat(columns.length - 1).chain((column) =>
        fc.record({
          kind: fc.constant('compare' as const),
          column: fc.constant(column),
          operator: fc.constantFrom(...OPERATORS),
          value: sqlValues(columns[column]?.[1] as AlgebraicType),
        }),
      ),
      fc.record({
        kind: fc.constant('columns' as const),
        column: fc.nat(2).map((pair) => pair * 2),
        operator: fc.constantFrom(...OPERATORS),
      }),
      fc.record({
        kind: fc.constantFrom('and' as const, 'or' as const),
        parts: fc.array(tie('condition'), { minLength: 2, maxLength: 3 }),
      }),
    ),
  })).condition;
  return fc.record({
    definition: fc.constant(definition),
    rows: fc.array(row, { maxLength: 12 }),
    condition,
  });
});

/** Values that SQL can write: only timestamps with a four-digit year. */
function sqlValues(type: AlgebraicType): fc.Arbitrary<unknown> {
  const isTimestamp =
    type.tag === 'Product' && specialField(type.value) === '__timestamp_micros_since_unix_epoch__';
  return isTimestamp
    ? fc.bigInt({ min: 0n, max: 10n ** 6n }).map((micros) => new Timestamp(micros))
    : valuesOf(type);
}

function literal(value: unknown): string {
  if (value instanceof Identity || value instanceof ConnectionId || value instanceof Uuid) {
    return `0x${value.toHexString()}`;
  }
  if (value instanceof Timestamp) return `'${value.toISOString()}'`;
  if (value instanceof Uint8Array)
    return `X'${[...value].map((byte) => byte.toString(16).padStart(2, '0')).join('')}'`;
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`;
  return String(value);
}

function toText(condition: Condition, names: readonly string[]): string {
  switch (condition.kind) {
    case 'compare':
      return `${names[condition.column]} ${condition.operator} ${literal(condition.value)}`;
    case 'columns':
      return `${names[condition.column]} ${condition.operator} ${names[condition.column + 1]}`;
    default:
      return `(${condition.parts.map((part) => toText(part, names)).join(` ${condition.kind} `)})`;
  }
}

function holds(
  condition: Condition,
  columnTypes: readonly AlgebraicType[],
  values: readonly unknown[],
): boolean {
  switch (condition.kind) {
    case 'and':
      return condition.parts.every((part) => holds(part, columnTypes, values));
    case 'or':
      return condition.parts.some((part) => holds(part, columnTypes, values));
    default: {
      const compare = makeComparator(columnTypes[condition.column] as AlgebraicType, { types: [] });
      const right = condition.kind === 'compare' ? condition.value : values[condition.column + 1];
      const order = compare(values[condition.column], right);
      const results = {
        '=': order === 0,
        '<>': order !== 0,
        '<': order < 0,
        '<=': order <= 0,
        '>': order > 0,
      };
      return condition.operator === '>=' ? order >= 0 : results[condition.operator];
    }
  }
}

describe('compared with a simple model', () => {
  it('a query selects the rows that satisfy its condition, with or without an index', () => {
    fc.assert(
      fc.property(tables, ({ definition, rows, condition }) => {
        const names = definition.columns.map(({ name }) => name);
        const columnTypes = definition.columns.map(({ type }) => type);
        const expected = rows.filter((row) => holds(condition, columnTypes, row.columns));
        const text = toText(condition, names);
        const sql = `SELECT * FROM t WHERE ${text}`;
        const source = new MemorySource({ t: rows });
        const plan = compileSubscription(sql, makeCatalog(definition), me);
        expect([...executeRows(plan, source)]).toEqual(expected);
        expect(rows.filter((row) => plan.predicate(row))).toEqual(expected);
        const statement = compileStatement(sql, makeCatalog(definition), me);
        if (statement.kind !== 'select') throw new TypeError('expected a query');
        expect(executeQuery(statement.plan, source).rows).toEqual(expected.map((row) => row.columns));
      }),
      { numRuns: 500 },
    );
  });

  it('a join returns what two nested loops find', () => {
    const joins = fc.record({
      type: comparableTypes,
      indexed: fc.boolean(),
      operator: fc.constantFrom(...OPERATORS),
    });
    const samples = joins.chain((join) => {
      const rows = fc.array(fc.tuple(sqlValues(join.type), fc.nat(3)), { maxLength: 8 });
      return fc.record({ join: fc.constant(join), left: rows, right: rows, bound: fc.nat(3) });
    });
    fc.assert(
      fc.property(samples, ({ join, left, right, bound }) => {
        const index = join.indexed ? ([['btree', 'k']] as const) : [];
        const columns = { k: join.type, n: { tag: 'U8' } } as const;
        const l = makeTable('l', columns, index);
        const r = makeTable('r', columns, index);
        const source = new MemorySource({
          l: left.map((row) => makeRow(...row)),
          r: right.map((row) => makeRow(...row)),
        });
        const compare = makeComparator(join.type, { types: [] });
        const results = (order: number) => ({ '=': order === 0, '<>': order !== 0, '<': order < 0, '<=': order <= 0, '>': order > 0, '>=': order >= 0 }); // prettier-ignore
        const pairs = left.flatMap((a) => right.map((b) => [a, b] as const));
        const matching = pairs.filter(([a, b]) => compare(a[0], b[0]) === 0 && a[1] <= bound);
        const filtered = matching.filter(([a, b]) => results(a[1] - b[1])[join.operator]);

        const from = `FROM l JOIN r ON l.k = r.k WHERE l.n <= ${bound} AND l.n ${join.operator} r.n`;
        const statement = compileStatement(`SELECT l.n, r.n AS m ${from}`, makeCatalog(l, r), me);
        if (statement.kind !== 'select') throw new TypeError('expected a query');
        const byText = (a: readonly unknown[], b: readonly unknown[]) => (a.join() < b.join() ? -1 : 1);
        const found = [...executeQuery(statement.plan, source).rows].sort(byText);
        expect(found).toEqual(filtered.map(([a, b]) => [a[1], b[1]]).sort(byText));

        if (!join.indexed) return;
        const plan = compileSubscription(`SELECT r.* ${from}`, makeCatalog(l, r), me);
        const returned = [...executeRows(plan, source)].map((row) => row.columns[1]).sort();
        expect(returned).toEqual(filtered.map(([, b]) => b[1]).sort());
      }),
      { numRuns: 300 },
    );
  });
});

describe('any text', () => {
  const words =
    'SELECT FROM WHERE t * a0 . , ( ) = <> < >= AND OR NOT IN LIKE IS NULL JOIN ON CROSS LEFT AS LIMIT ORDER BY GROUP ' +
    "COUNT INSERT INTO VALUES UPDATE SET DELETE 1 1.5e3 0xff X'00' 'text' \"t\" :sender TRUE ; -- /* */ + - $1 ? user " +
    'CASE END UNION DISTINCT [ ] : :: @ ! INTERVAL CAST EXISTS BETWEEN SHOW row_limit row_limit';
  const soup = fc.array(fc.constantFrom(...words.split(' '), '\n', "'", '"', '🥶'), { maxLength: 20 });
  const seeds = fc.constantFrom(
    'SELECT * FROM t WHERE ',
    'SELECT ',
    'UPDATE t SET ',
    'INSERT INTO t (a) VALUES ',
    '',
  );

  it('any text compiles or throws SqlError', () => {
    const catalog = makeCatalog(makeTable('t', { a0: { tag: 'U32' } }));
    fc.assert(
      fc.property(
        seeds,
        fc.oneof(
          soup.map((list) => list.join(' ')),
          fc.string(),
        ),
        (seed, rest) => {
          for (const compile of [compileSubscription, compileStatement]) {
            try {
              compile(seed + rest, catalog, me);
            } catch (error) {
              if (!(error instanceof SqlError)) throw error;
            }
          }
        },
      ),
      { numRuns: 3000 },
    );
  });
});

/** The part of the query builder used here; its own types do not work with `exactOptionalPropertyTypes`. */
interface BuiltCondition {
  and(other: BuiltCondition): BuiltCondition;
  or(other: BuiltCondition): BuiltCondition;
  not(): BuiltCondition;
}
type BuiltColumn = Readonly<
  Record<'eq' | 'ne' | 'lt' | 'lte' | 'gt' | 'gte', (value: unknown) => BuiltCondition>
>;
type BuiltRow = Readonly<
  Record<'id' | 'name' | 'done' | 'size' | 'owner' | 'connection' | 'at' | 'uuid' | 'itemId', BuiltColumn>
>;
interface BuiltQuery {
  toSql(): string;
  where(condition: (row: BuiltRow) => BuiltCondition | BuiltColumn): BuiltQuery;
  leftSemijoin(other: BuiltQuery, on: (left: BuiltRow, right: BuiltRow) => BuiltCondition): BuiltQuery;
  rightSemijoin(other: BuiltQuery, on: (left: BuiltRow, right: BuiltRow) => BuiltCondition): BuiltQuery;
}

test("every query of the SDK's query builder is accepted, except with NOT", () => {
  const ids = { owner: t.identity(), connection: t.connectionId(), at: t.timestamp(), uuid: t.uuid() };
  const { schemaType } = schema({
    item: table(
      { name: 'item' },
      t.row('Item', { id: t.u64().index(), name: t.string(), done: t.bool(), size: t.f64(), ...ids }),
    ),
    mark: table({ name: 'mark' }, t.row('Mark', { itemId: t.u64().name('item_id').index() })),
  });
  const { item, mark } = makeQueryBuilder(schemaType as never) as unknown as Record<
    'item' | 'mark',
    BuiltQuery
  >;
  const definition = (name: string, row: Readonly<Record<string, AlgebraicType>>, indexed: string) =>
    makeTable(name, row, [['btree', indexed]]);
  const catalog = makeCatalog(
    definition(
      'item',
      {
        ...{ id: { tag: 'U64' }, name: { tag: 'String' }, done: { tag: 'Bool' }, size: { tag: 'F64' } },
        ...{ owner: Identity.getAlgebraicType(), connection: ConnectionId.getAlgebraicType() },
        ...{ at: Timestamp.getAlgebraicType(), uuid: Uuid.getAlgebraicType() },
      },
      'id',
    ),
    definition('mark', { item_id: { tag: 'U64' } }, 'item_id'),
  );
  const row = makeRow(3n, "it's", true, -1.5, me, new ConnectionId(9n), new Timestamp(10n), Uuid.NIL);
  const source = new MemorySource({ item: [row], mark: [makeRow(3n), makeRow(4n)] });
  const queries: readonly [BuiltQuery, number][] = [
    [item, 1],
    [item.where((it) => it.name.eq("it's")), 1],
    [item.where((it) => it.done), 1],
    [item.where((it) => it.size.lt(-1).and(it.id.gte(3n))), 1],
    [item.where((it) => it.id.ne(3n).or(it.owner.eq(me))), 1],
    [item.where((it) => it.connection.eq(new ConnectionId(9n))), 1],
    [item.where((it) => it.at.gt(new Timestamp(9n))).where((it) => it.uuid.eq(Uuid.NIL)), 1],
    [item.where((it) => it.at.lte(new Timestamp(9n))), 0],
    [item.rightSemijoin(mark, (left, right) => left.id.eq(right.itemId)), 1],
    [item.where((it) => it.done.eq(true)).leftSemijoin(mark, (left, right) => left.id.eq(right.itemId)), 1],
    [mark.leftSemijoin(item, (left, right) => left.itemId.eq(right.id)).where((it) => it.itemId.gt(3n)), 0],
  ];
  for (const [built, count] of queries) {
    const sql = built.toSql();
    expect([...executeRows(compileSubscription(sql, catalog, me), source)], sql).toHaveLength(count);
  }
  const not = item.where((it) => it.done.eq(true).not()).toSql();
  expect(() => compileSubscription(not, catalog, me)).toThrow('Unsupported expression: NOT');
});
