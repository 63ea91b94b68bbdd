import { Identity, type AlgebraicType } from 'spacetimedb';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SqlError } from '../sql/sql-error.ts';
import { Datastore } from '../datastore/datastore.ts';
import type { Row } from '../datastore/row.ts';
import type { Table } from '../datastore/table.ts';
import { DatastoreError } from '../datastore/datastore-error.ts';
import type { IndexAlgorithm, ModuleDef, TableDef } from '../schema/module-def.ts';
import { UNLIMITED } from '../sql/budget.ts';
import { compileSubscription } from '../sql/compile.ts';
import { executeRows } from '../sql/execute.ts';
import { makeCatalog, makeTable } from '../sql/testing.ts';
import { JoinIndexes } from './join-index.ts';
import { makeLiveQuery } from './make-live-query.ts';

const ME = new Identity(5n);
const U8: AlgebraicType = { tag: 'U8' };

/** Joined values and numbers from small ranges, so that rows have several matches or none. */
const rowArbitrary = fc.tuple(fc.nat(5), fc.nat(3), fc.nat(3));
type Values = readonly [id: number, joined: number, n: number];

const indexArbitrary = fc.constantFrom<readonly (readonly [IndexAlgorithm, string])[]>(
  [['btree', 'j']],
  [['hash', 'j']],
  [
    ['btree', 'n'],
    ['btree', 'j'],
  ],
);

/** The steps of each transaction, in order. */
const stepArbitrary = fc.record({
  table: fc.constantFrom('l', 'r'),
  action: fc.constantFrom('insert', 'delete', 'replace', 'clear'),
  row: rowArbitrary,
  other: rowArbitrary,
});
const transactionsArbitrary = fc.array(fc.array(stepArbitrary, { minLength: 1, maxLength: 6 }), {
  maxLength: 12,
});

const comparison = (alias: string) =>
  fc
    .record({
      column: fc.constantFrom('j', 'n'),
      operator: fc.constantFrom('=', '<>', '<', '>='),
      value: fc.nat(3),
    })
    .map(({ column, operator, value }) => `${alias}.${column} ${operator} ${value}`);

const queryArbitrary = fc
  .record({
    left: fc.constantFrom('l', 'r'),
    right: fc.constantFrom('l', 'r'),
    returned: fc.constantFrom('a', 'b'),
    conditions: fc.tuple(
      fc.option(comparison('a')),
      fc.option(comparison('b')),
      fc.option(fc.constantFrom('a.n < b.n', 'a.id <> b.id', 'a.n = b.n OR a.id = 1')),
    ),
  })
  .map(({ left, right, returned, conditions }) => {
    const where = conditions.filter((condition) => condition !== null).map((condition) => `(${condition})`);
    const from = `SELECT ${returned}.* FROM ${left} a JOIN ${right} b ON a.j = b.j`;
    return where.length === 0 ? from : `${from} WHERE ${where.join(' AND ')}`;
  });

function makeDatastore(left: TableDef, right: TableDef): Datastore {
  const typespace = { types: [] };
  const schema = { typespace, tables: [left, right] } as unknown as ModuleDef;
  return new Datastore(schema);
}

/** How often each row is in a list. */
function countRows(rows: Iterable<Row>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { key } of rows) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

function runStep(datastore: Datastore, transaction: ReturnType<Datastore['begin']>, step: Step): void {
  const table = datastore.tableByName(step.table) as Table;
  const row = (values: Values) => table.codec.fromColumns(values);
  try {
    switch (step.action) {
      case 'insert':
        transaction.insert(table, row(step.row));
        break;
      case 'delete':
        transaction.delete(table, row(step.row));
        break;
      case 'replace':
        if (transaction.delete(table, row(step.row))) transaction.insert(table, row(step.other));
        break;
      case 'clear':
        transaction.clear(table);
        break;
    }
  } catch (error) {
    // Only the unique index refuses a step, which then does nothing.
    if (!(error instanceof DatastoreError)) throw error;
  }
}
type Step = typeof stepArbitrary extends fc.Arbitrary<infer T> ? T : never;

test(
  'the reported changes of a join add up to its rows and contain no unchanged rows',
  { timeout: 60_000 },
  () => {
    fc.assert(
      fc.property(
        fc.tuple(indexArbitrary, indexArbitrary, fc.boolean(), fc.boolean()),
        fc.array(queryArbitrary, { minLength: 1, maxLength: 4 }),
        transactionsArbitrary,
        fc.nat(3),
        ([leftIndexes, rightIndexes, leftIsUnindexed, isUnique], queries, transactions, subscribedAt) => {
          const columns = { id: U8, j: U8, n: U8 };
          // The protocol requires an index on one side only: the second one, unless only that is compared with
          // constants.
          const unique = isUnique ? { uniqueConstraints: [{ name: 'u', columns: [0] }] } : {};
          const withId = [...rightIndexes, ['btree', 'id'] as const];
          const left = makeTable('l', columns, leftIsUnindexed ? [] : leftIndexes);
          const right = makeTable('r', columns, withId, unique);
          const datastore = makeDatastore(left, right);
          const catalog = makeCatalog(left, right);
          const indexes = new JoinIndexes(datastore);
          const live: { plan: ReturnType<typeof compileSubscription>; query: ReturnType<typeof makeLiveQuery>; counts: Map<string, number> }[] = []; // prettier-ignore
          const subscribe = () => {
            for (const sql of queries) {
              try {
                const plan = compileSubscription(sql, catalog, ME);
                const query = makeLiveQuery(plan, indexes, UNLIMITED);
                live.push({ plan, query, counts: countRows(executeRows(plan, datastore)) });
              } catch (error) {
                // This side has no index: the query is refused.
                if (!(error instanceof SqlError)) throw error;
              }
            }
          };
          transactions.forEach((steps, position) => {
            if (position === Math.min(subscribedAt, transactions.length - 1)) subscribe();
            const transaction = datastore.begin();
            for (const step of steps) runStep(datastore, transaction, step);
            const { changes } = datastore.commit(transaction);
            indexes.apply(changes);
            for (const { plan, query, counts } of live) {
              const delta = query.delta(changes, UNLIMITED);
              const inserts = countRows(delta?.inserts ?? []);
              const deletes = countRows(delta?.deletes ?? []);
              // A row that was inserted and deleted equally often did not change.
              for (const key of inserts.keys()) expect(deletes.has(key)).toBe(false);
              if (delta) expect(inserts.size + deletes.size).toBeGreaterThan(0);
              for (const [key, count] of inserts) counts.set(key, (counts.get(key) ?? 0) + count);
              for (const [key, count] of deletes) counts.set(key, (counts.get(key) ?? 0) - count);
              for (const [key, count] of counts) if (count === 0) counts.delete(key);
              expect(counts).toEqual(countRows(executeRows(plan, datastore)));
            }
          });
          for (const { query } of live) query.close();
        },
      ),
      { numRuns: 1500 },
    );
  },
);

test('joins over columns without an index share an index and free it', () => {
  const left = makeTable('l', { id: U8, j: U8, n: U8 });
  const right = makeTable('r', { id: U8, j: U8, n: U8 }, [['btree', 'j']]);
  const datastore = makeDatastore(left, right);
  let scans = 0;
  const counting = {
    scan: (table: TableDef) => {
      scans++;
      return datastore.scan(table);
    },
    seek: datastore.seek.bind(datastore),
  };
  const indexes = new JoinIndexes(counting);
  const open = (where: string) => {
    const sql = `SELECT a.* FROM l a JOIN r b ON a.j = b.j WHERE ${where}`;
    return makeLiveQuery(compileSubscription(sql, makeCatalog(left, right), ME), indexes, UNLIMITED);
  };
  const first = open('a.n = 1');
  const second = open('a.n = 2');
  expect(scans).toBe(1);
  first.close();
  open('a.n = 3').close();
  expect(scans).toBe(1);
  second.close();
  open('a.n = 1');
  expect(scans).toBe(2);
});
