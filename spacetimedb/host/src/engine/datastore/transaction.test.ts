import { AlgebraicType } from 'spacetimedb';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DatastoreError } from './datastore-error.ts';
import type { ModuleDef, TableDef } from '../schema/module-def.ts';
import { Datastore } from './datastore.ts';
import type { Table } from './table.ts';
import type { Transaction } from './transaction.ts';

/** A table with an auto-increment key, a unique name, and an index over two columns. */
const ITEM: TableDef = {
  name: 'item',
  sourceName: 'item',
  typeRef: 0,
  rowType: {
    elements: [
      { name: 'id', algebraicType: AlgebraicType.U32 },
      { name: 'name', algebraicType: AlgebraicType.String },
      { name: 'group', algebraicType: AlgebraicType.U8 },
      { name: 'rank', algebraicType: AlgebraicType.I64 },
    ],
  },
  columns: [
    { name: 'id', sourceName: 'id', type: AlgebraicType.U32 },
    { name: 'name', sourceName: 'name', type: AlgebraicType.String },
    { name: 'group', sourceName: 'group', type: AlgebraicType.U8 },
    { name: 'rank', sourceName: 'rank', type: AlgebraicType.I64 },
  ],
  primaryKey: 0,
  indexes: [
    { name: 'item_id_idx_btree', sourceName: 'id', accessorName: 'id', algorithm: 'btree', columns: [0] },
    { name: 'item_name_idx_hash', sourceName: 'name', accessorName: 'name', algorithm: 'hash', columns: [1] },
    {
      name: 'item_group_rank_idx_btree',
      sourceName: 'gr',
      accessorName: 'gr',
      algorithm: 'btree',
      columns: [2, 3],
    },
  ],
  uniqueConstraints: [
    { name: 'item_id_key', columns: [0] },
    { name: 'item_name_key', columns: [1] },
  ],
  sequences: [{ name: 'item_id_seq', column: 0, start: 1n, min: 1n, max: 2n ** 127n - 1n, increment: 1n }],
  schedule: undefined,
  defaultValues: new Map(),
  isPublic: true,
  isEvent: false,
  tableType: 'user',
};
const [BY_ID, BY_NAME, BY_GROUP] = [0, 1, 2];
const TYPESPACE = { types: [AlgebraicType.Product(ITEM.rowType)] };
const SCHEMA: ModuleDef = {
  typespace: TYPESPACE,
  sourceTypespace: TYPESPACE,
  types: [],
  tables: [ITEM],
  reducers: [],
  procedures: [],
  views: [],
  rowLevelSecurity: [],
  httpHandlers: [],
  httpRoutes: [],
  submodules: [],
};

type Values = [id: number, name: string, group: number, rank: bigint];

function open(): { datastore: Datastore; table: Table } {
  const datastore = new Datastore(SCHEMA);
  return { datastore, table: datastore.tableByName('item') as Table };
}

function insert(transaction: Transaction, table: Table, values: Values) {
  return transaction.insert(table, table.codec.fromColumns(values));
}

function allRows(table: Table, transaction: Transaction): Values[] {
  return [...transaction.scan(table)].map(({ columns }) => columns as Values);
}

const byId = (a: Values, b: Values) => a[0] - b[0];

describe('Transaction', () => {
  test('a transaction sees its own changes at once, others see them after the commit', () => {
    const { datastore, table } = open();
    const first = datastore.begin();
    insert(first, table, [7, 'a', 0, 0n]);
    expect(first.rowCount(table)).toBe(1);
    expect(allRows(table, datastore.begin())).toEqual([]);
    datastore.commit(first);
    expect(allRows(table, datastore.begin())).toEqual([[7, 'a', 0, 0n]]);
  });

  test('a row that is deleted and inserted again is not reported as a change', () => {
    const { datastore, table } = open();
    const first = datastore.begin();
    const { row } = insert(first, table, [7, 'a', 0, 0n]);
    datastore.commit(first);
    const second = datastore.begin();
    second.delete(table, row);
    insert(second, table, [7, 'a', 0, 0n]);
    expect(datastore.commit(second).changes).toEqual([]);
  });

  test('inserting an identical row changes nothing', () => {
    const { datastore, table } = open();
    const transaction = datastore.begin();
    insert(transaction, table, [7, 'a', 0, 0n]);
    insert(transaction, table, [7, 'a', 0, 0n]);
    expect(transaction.rowCount(table)).toBe(1);
  });

  test('a second row with the same unique value is refused and nothing changes', () => {
    const { datastore, table } = open();
    const transaction = datastore.begin();
    insert(transaction, table, [7, 'a', 0, 0n]);
    const refusal = new DatastoreError('unique_violation');
    expect(() => insert(transaction, table, [8, 'a', 0, 0n])).toThrow(refusal);
    insert(transaction, table, [8, 'b', 0, 0n]);
    const renamed = table.codec.fromColumns([8, 'a', 0, 0n]);
    expect(() => transaction.update(table, BY_ID, renamed)).toThrow(refusal);
    expect(allRows(table, transaction).sort(byId)).toEqual([
      [7, 'a', 0, 0n],
      [8, 'b', 0, 0n],
    ]);
  });

  test('a deleted row cannot return after another row took its unique value', () => {
    const { datastore, table } = open();
    const first = datastore.begin();
    const { row } = insert(first, table, [7, 'a', 0, 0n]);
    datastore.commit(first);
    const second = datastore.begin();
    second.delete(table, row);
    insert(second, table, [7, 'other', 0, 0n]);
    expect(() => insert(second, table, [7, 'a', 0, 0n])).toThrow(DatastoreError);
  });

  test('an update needs a unique index and an existing row', () => {
    const { datastore, table } = open();
    const transaction = datastore.begin();
    const row = table.codec.fromColumns([7, 'a', 0, 0n]);
    expect(() => transaction.update(table, BY_GROUP, row)).toThrow(new DatastoreError('index_not_unique'));
    expect(() => transaction.update(table, BY_ID, row)).toThrow(new DatastoreError('no_such_row'));
  });

  test('an auto-increment column of zero is filled, and only that column is written back', () => {
    const { datastore, table } = open();
    const transaction = datastore.begin();
    expect(insert(transaction, table, [0, 'a', 0, 0n]).generated).toEqual(new Uint8Array([1, 0, 0, 0]));
    expect(insert(transaction, table, [0, 'b', 0, 0n]).generated).toEqual(new Uint8Array([2, 0, 0, 0]));
    expect(insert(transaction, table, [9, 'c', 0, 0n]).generated).toHaveLength(0);
  });

  test('an auto-increment value is not reused after a rollback or a restart', () => {
    const { datastore, table } = open();
    insert(datastore.begin(), table, [0, 'dropped', 0, 0n]);
    const kept = datastore.begin();
    expect(insert(kept, table, [0, 'a', 0, 0n]).row.columns[0]).toBe(2);
    const { sequences } = datastore.commit(kept);
    const reopened = new Datastore(SCHEMA, { rows: new Map(), sequences });
    const next = insert(reopened.begin(), reopened.tableByName('item') as Table, [0, 'b', 0, 0n]);
    expect(next.row.columns[0]).toBeGreaterThan(2);
  });
});

type Step =
  | { readonly kind: 'insert' | 'update'; readonly values: Values }
  | { readonly kind: 'delete'; readonly id: number }
  | { readonly kind: 'end'; readonly commit: boolean };

const values = fc.tuple(
  fc.integer({ min: 1, max: 8 }),
  fc.constantFrom('a', 'b', 'c', 'é', '𝒳', ''),
  fc.integer({ min: 0, max: 2 }),
  fc.bigInt({ min: -2n, max: 2n }),
) as fc.Arbitrary<Values>;

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constantFrom('insert', 'update'), values }) as fc.Arbitrary<Step>,
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('delete' as const), id: fc.integer({ min: 1, max: 8 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('end' as const), commit: fc.boolean() }) },
);

/** A list of rows that checks every rule by scanning all rows. */
class Model {
  rows: Values[] = [];

  insert(row: Values): boolean {
    if (this.rows.some((other) => String(other) === String(row))) return true;
    if (this.rows.some((other) => other[0] === row[0] || other[1] === row[1])) return false;
    this.rows = [...this.rows, row];
    return true;
  }

  update(row: Values): boolean {
    const old = this.rows.find((other) => other[0] === row[0]);
    if (!old || this.rows.some((other) => other !== old && other[1] === row[1])) return false;
    this.rows = [...this.rows.filter((other) => other !== old), row];
    return true;
  }
}

function attempt(change: () => void): boolean {
  try {
    change();
    return true;
  } catch (error) {
    if (error instanceof DatastoreError) return false;
    throw error;
  }
}

test('a transaction behaves like a plain list of rows and reports exactly what changed', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { datastore, table } = open();
      let committed = new Model();
      let model = new Model();
      let transaction = datastore.begin();
      for (const next of [...steps, { kind: 'end', commit: true } as const]) {
        switch (next.kind) {
          case 'insert': {
            const done = attempt(() => insert(transaction, table, next.values));
            expect(done).toBe(model.insert(next.values));
            break;
          }
          case 'update': {
            const row = table.codec.fromColumns(next.values);
            expect(attempt(() => transaction.update(table, BY_ID, row))).toBe(model.update(next.values));
            break;
          }
          case 'delete': {
            const [found] = transaction.point(table, BY_ID, [next.id]);
            if (found) transaction.delete(table, found);
            model.rows = model.rows.filter(([id]) => id !== next.id);
            break;
          }
          case 'end': {
            if (next.commit) {
              const changes = datastore.commit(transaction).changes;
              const has = (rows: Values[], row: Values) =>
                rows.some((other) => String(other) === String(row));
              const inserted = model.rows.filter((row) => !has(committed.rows, row));
              const deleted = committed.rows.filter((row) => !has(model.rows, row));
              const columns = (kind: 'inserts' | 'deletes') =>
                changes.flatMap((change) => change[kind].map((row) => row.columns as Values)).sort(byId);
              expect(columns('inserts')).toEqual(inserted.sort(byId));
              expect(columns('deletes')).toEqual(deleted.sort(byId));
              committed = model;
            }
            model = new Model();
            model.rows = [...committed.rows];
            transaction = datastore.begin();
          }
        }
        expect(allRows(table, transaction).sort(byId)).toEqual([...model.rows].sort(byId));
        expect(transaction.rowCount(table)).toBe(model.rows.length);
        for (const name of ['a', 'é', '']) {
          const found = [...transaction.point(table, BY_NAME, [name])].map(({ columns }) => columns);
          expect(found).toEqual(model.rows.filter((row) => row[1] === name));
        }
      }
    }),
  );
});

test('an index range returns the rows that a full scan finds, in key order', () => {
  const bound = fc.oneof(
    fc.record({ kind: fc.constantFrom('included', 'excluded'), value: fc.bigInt({ min: -3n, max: 3n }) }),
    fc.record({ kind: fc.constant('unbounded') }),
  ) as fc.Arbitrary<{ kind: 'included' | 'excluded'; value: bigint } | { kind: 'unbounded' }>;
  fc.assert(
    fc.property(
      fc.array(values, { maxLength: 12 }),
      fc.integer({ min: 0, max: 2 }),
      bound,
      bound,
      (rows, group, lower, upper) => {
        const { datastore, table } = open();
        const transaction = datastore.begin();
        rows.forEach(([, , rowGroup, rank], n) =>
          insert(transaction, table, [n + 1, `name ${n}`, rowGroup, rank]),
        );
        datastore.commit(transaction);
        const found = [...datastore.begin().range(table, BY_GROUP, { prefix: [group], lower, upper })];
        const ranks = found.map(({ columns }) => (columns as Values)[3]);
        const expected = rows
          .filter(([, , rowGroup, rank]) => {
            const above =
              lower.kind === 'unbounded' ||
              rank > lower.value ||
              (lower.kind === 'included' && rank === lower.value);
            const below =
              upper.kind === 'unbounded' ||
              rank < upper.value ||
              (upper.kind === 'included' && rank === upper.value);
            return rowGroup === group && above && below;
          })
          .map(([, , , rank]) => rank)
          .sort((a, b) => Number(a - b));
        expect(ranks).toEqual(expected);
      },
    ),
  );
});
