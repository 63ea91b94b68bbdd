import { ConnectionId, Identity, type AlgebraicType } from 'spacetimedb';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Datastore } from '../datastore/datastore.ts';
import { HostUsage } from '../host-usage.ts';
import { DEFAULT_LIMITS } from '../limits.ts';
import type { IndexAlgorithm, ModuleDef } from '../schema/module-def.ts';
import { UNLIMITED } from '../sql/budget.ts';
import { SqlCatalog } from '../sql/catalog.ts';
import { compileStatement } from '../sql/compile.ts';
import { executeQuery } from '../sql/execute.ts';
import { makeTable } from '../sql/testing.ts';
import { Subscriptions, type Subscriber } from '../subscription/subscriptions.ts';
import { SystemTables } from '../system-tables/system-tables.ts';
import { ReadableTables } from '../views/readable-tables.ts';
import { Views } from '../views/views.ts';
import type { QueryRows } from '../wire/messages.ts';
import { SecuredTables } from './secured-tables.ts';

const U8: AlgebraicType = { tag: 'U8' };
const IDENTITY: AlgebraicType = {
  tag: 'Product',
  value: { elements: [{ name: '__identity__', algebraicType: { tag: 'U256' } }] },
};
const [OWNER, ANN, BOB] = [new Identity(1n), new Identity(2n), new Identity(3n)];
/** A rule may join only tables that come later, so that rules never depend on each other in a circle. */
const NAMES = ['a', 'b', 'c'] as const;
type Name = (typeof NAMES)[number];

interface Values {
  readonly id: number;
  readonly j: number;
  readonly n: number;
  readonly owner: bigint;
}
type Model = Readonly<Record<Name, Map<number, Values>>>;

/** A rule as SQL, and as an equivalent function. */
interface Rule {
  readonly table: Name;
  readonly sql: string;
  readonly shows: (row: Values, sender: Identity, visible: (table: Name) => readonly Values[]) => boolean;
}

interface Condition {
  readonly sql: string;
  readonly holds: (p: Values, q: Values, sender: Identity) => boolean;
}

const conditions: readonly Condition[] = [
  { sql: '', holds: () => true },
  { sql: ' WHERE q.owner = :sender', holds: (_, q, sender) => q.owner === sender.__identity__ },
  { sql: ' WHERE p.owner = :sender', holds: (p, _, sender) => p.owner === sender.__identity__ },
  { sql: ' WHERE q.n = 1', holds: (_, q) => q.n === 1 },
  { sql: ' WHERE p.n < q.n', holds: (p, q) => p.n < q.n },
];

const joinRule = (table: Name): fc.Arbitrary<Rule> =>
  fc
    .record({
      other: fc.constantFrom(...NAMES.slice(NAMES.indexOf(table))),
      condition: fc.constantFrom(...conditions),
      isFirst: fc.boolean(),
    })
    .map(({ other, condition, isFirst }) => ({
      table,
      sql: `SELECT p.* FROM ${isFirst ? `${table} p JOIN ${other} q` : `${other} q JOIN ${table} p`} ON p.j = q.j${condition.sql}`,
      shows: (p, sender, visible) => visible(other).some((q) => p.j === q.j && condition.holds(p, q, sender)),
    }));

const ownRule = (table: Name): fc.Arbitrary<Rule> =>
  fc.constantFrom<Rule>(
    { table, sql: `SELECT * FROM ${table} WHERE n = 2`, shows: ({ n }) => n === 2 },
    {
      table,
      sql: `SELECT * FROM ${table} WHERE owner = :sender`,
      shows: ({ owner }, sender) => owner === sender.__identity__,
    },
  );

/** Outside of subscriptions, rules may join more tables, or join without an equality condition. */
const wideRule = (table: Name): fc.Arbitrary<Rule> => {
  const last = NAMES.at(-1) as Name;
  return fc.constantFrom<Rule>(
    {
      table,
      sql: `SELECT p.* FROM ${table} p JOIN ${last} q ON p.j = q.j JOIN ${last} r ON q.n = r.n WHERE r.owner = :sender`,
      shows: (p, sender, visible) =>
        visible(last).some(
          (q) => p.j === q.j && visible(last).some((r) => q.n === r.n && r.owner === sender.__identity__),
        ),
    },
    {
      table,
      sql: `SELECT p.* FROM ${table} p JOIN ${last} q WHERE p.n < q.n`,
      shows: (p, _, visible) => visible(last).some((q) => p.n < q.n),
    },
  );
};

const rulesArbitrary = (...kinds: readonly ((table: Name) => fc.Arbitrary<Rule>)[]) =>
  fc
    .tuple(...NAMES.map((table) => fc.array(fc.oneof(...kinds.map((kind) => kind(table))), { maxLength: 2 })))
    .map((lists) => lists.flat());

const stepArbitrary = fc.record({
  table: fc.constantFrom(...NAMES),
  action: fc.constantFrom('put', 'put', 'delete'),
  row: fc.record({
    id: fc.nat(5),
    j: fc.nat(2),
    n: fc.nat(2),
    owner: fc.constantFrom(ANN.__identity__, BOB.__identity__),
  }),
});
const transactionsArbitrary = fc.array(fc.array(stepArbitrary, { minLength: 1, maxLength: 5 }), {
  maxLength: 8,
});
type Step = typeof stepArbitrary extends fc.Arbitrary<infer T> ? T : never;

interface Query {
  readonly sql: string;
  readonly table: Name;
  readonly rows: (visible: (table: Name) => readonly Values[]) => readonly Values[];
}

const queryArbitrary: fc.Arbitrary<Query> = fc.oneof(
  fc.constantFrom(...NAMES).map((table) => ({
    table,
    sql: `SELECT * FROM ${table}`,
    rows: (visible: (table: Name) => readonly Values[]) => visible(table),
  })),
  fc.constantFrom(...NAMES).map((table) => ({
    table,
    sql: `SELECT * FROM ${table} WHERE j = 1 AND n > 0`,
    rows: (visible: (table: Name) => readonly Values[]) =>
      visible(table).filter(({ j, n }) => j === 1 && n > 0),
  })),
  fc.tuple(fc.constantFrom(...NAMES), fc.constantFrom(...NAMES)).map(([table, other]) => ({
    table,
    sql: `SELECT x.* FROM ${table} x JOIN ${other} y ON x.j = y.j WHERE y.n > 0`,
    rows: (visible: (table: Name) => readonly Values[]) =>
      visible(table).flatMap((x) => visible(other).flatMap((y) => (x.j === y.j && y.n > 0 ? [x] : []))),
  })),
);

function naiveVisible(model: Model, rules: readonly Rule[], sender: Identity) {
  const visible = (table: Name): readonly Values[] => {
    const all = [...model[table].values()];
    const own = rules.filter((rule) => rule.table === table);
    if (own.length === 0 || sender === OWNER) return all;
    const forRule = (other: Name) => (other === table ? all : visible(other));
    return all.filter((row) => own.some((rule) => rule.shows(row, sender, forRule)));
  };
  return visible;
}

type Indexes = readonly (readonly [IndexAlgorithm, string])[];
/** The indexes of each table. Without one on `j`, some joins cannot be subscribed to. */
const INDEXES = fc.tuple(
  ...NAMES.map(() => fc.constantFrom<Indexes>([['btree', 'j']], [['hash', 'j']], [['btree', 'n']])),
);

/** A database without a module. */
function makeDatabase(rules: readonly Pick<Rule, 'sql'>[], indexes: readonly Indexes[]) {
  const columns = { id: U8, j: U8, n: U8, owner: IDENTITY };
  const typespace = { types: [] };
  const def = {
    ...{ typespace, views: [], rowLevelSecurity: rules.map(({ sql }) => sql) },
    tables: NAMES.map((name, position) => makeTable(name, columns, indexes[position])),
  } as unknown as ModuleDef;
  const datastore = new Datastore(def);
  const views = new Views(
    def,
    datastore,
    () => {
      throw new Error('no views');
    },
    0,
    () => undefined,
  );
  const system = new SystemTables(() => {
    throw new Error('no system tables');
  });
  let secured: SecuredTables | undefined;
  const tables = new ReadableTables(
    datastore,
    views,
    system,
    (all) => (secured = new SecuredTables(def, all, () => 4096)),
  );
  const catalogFor = ({ identity }: Pick<Subscriber, 'identity'>) =>
    new SqlCatalog(def, identity === OWNER, {
      ...{ isView: () => false, systemTable: () => undefined, view: () => def.tables[0] as never },
      secured: (table, catalog) => (secured as SecuredTables).table(table, identity, catalog),
    });
  const failures: string[] = [];
  const subscriptions = new Subscriptions({
    ...{ tables, catalogFor, limits: DEFAULT_LIMITS, usage: new HostUsage(), rowLimit: () => undefined },
    onFailure: (_subscriber, _id, error) => failures.push(error.message),
  });
  const model: Model = { a: new Map(), b: new Map(), c: new Map() };

  function commit(steps: readonly Step[]) {
    const transaction = datastore.begin();
    for (const { table: name, action, row } of steps) {
      const table = datastore.tableByName(name);
      if (!table) throw new Error(name);
      const rowOf = ({ id, j, n, owner }: Values) => table.codec.fromColumns([id, j, n, new Identity(owner)]);
      const before = model[name].get(row.id);
      if (before) transaction.delete(table, rowOf(before));
      model[name].delete(row.id);
      if (action === 'delete') continue;
      transaction.insert(table, rowOf(row));
      model[name].set(row.id, row);
    }
    return subscriptions.updates(datastore.commit(transaction));
  }

  function sql(text: string, identity: Identity) {
    const statement = compileStatement(text, catalogFor({ identity }), identity);
    if (statement.kind !== 'select') throw new Error(text);
    const { rows } = executeQuery(statement.plan, tables, UNLIMITED);
    tables.dropUnused();
    return rows;
  }
  return { commit, sql, subscriptions, failures, model, catalogFor, tables };
}

/** Rows as text, sorted: `id,j,n,owner`. */
const textsOf = (rows: readonly Values[]) =>
  rows.map(({ id, j, n, owner }) => [id, j, n, owner].join()).sort();
const sqlTexts = (rows: readonly (readonly unknown[])[]) =>
  rows.map(([id, j, n, owner]) => [id, j, n, (owner as Identity).__identity__].join()).sort();

const ROW_BYTES = 35;
function wireTexts(bytes: Uint8Array): string[] {
  return Array.from({ length: bytes.length / ROW_BYTES }, (_, row) => {
    const [id, j, n, owner] = bytes.subarray(row * ROW_BYTES);
    return [id, j, n, owner].join();
  });
}
const rowsIn = ({ tables }: QueryRows) => tables.flatMap(({ rows }) => wireTexts(rows.rowsData)).sort();

test('SQL and one-off queries by anyone but the owner return the rows that the rules allow', () => {
  fc.assert(
    fc.property(
      rulesArbitrary(ownRule, joinRule, wideRule),
      INDEXES,
      transactionsArbitrary,
      fc.array(queryArbitrary, { minLength: 1, maxLength: 4 }),
      (rules, indexes, transactions, queries) => {
        const { commit, sql, subscriptions, model } = makeDatabase(rules, indexes);
        for (const steps of transactions) commit(steps);
        for (const identity of [OWNER, ANN, BOB]) {
          const visible = naiveVisible(model, rules, identity);
          for (const query of queries) {
            const expected = textsOf(query.rows(visible));
            expect(sqlTexts(sql(query.sql, identity))).toEqual(expected);
            const count = sql(query.sql.replace(/ (x\.)?\* /, ' COUNT(*) AS n '), identity);
            expect(count).toEqual([[BigInt(expected.length)]]);
            const subscriber = { identity, connectionId: ConnectionId.random() };
            expect(rowsIn(subscriptions.queryOnce(subscriber, query.sql))).toEqual(expected);
          }
        }
      },
    ),
    { numRuns: 150 },
  );
});

test('subscriptions show each client the rows that its rules allow, through every transaction', () => {
  fc.assert(
    fc.property(
      rulesArbitrary(ownRule, joinRule),
      INDEXES,
      transactionsArbitrary,
      transactionsArbitrary,
      fc.array(queryArbitrary, { minLength: 1, maxLength: 3 }),
      (rules, indexes, before, after, queries) => {
        const { commit, subscriptions, failures, model } = makeDatabase(rules, indexes);
        for (const steps of before) commit(steps);
        const clients = [OWNER, ANN, BOB].map((identity) => ({
          subscriber: { identity, connectionId: ConnectionId.random() },
          seen: new Map<number, string[]>(),
        }));
        const check = () => {
          for (const { subscriber, seen } of clients) {
            const visible = naiveVisible(model, rules, subscriber.identity);
            queries.forEach((query, id) => {
              const rows = seen.get(id);
              if (rows) expect([...rows].sort()).toEqual(textsOf(query.rows(visible)));
            });
          }
        };
        for (const { subscriber, seen } of clients) {
          queries.forEach(({ sql }, id) => {
            try {
              seen.set(id, rowsIn(subscriptions.add(subscriber, id, [sql])));
            } catch (error) {
              expect((error as Error).message).toContain('Subscriptions require indexes on join columns');
            }
          });
        }
        check();
        for (const steps of after) {
          const updates = commit(steps);
          for (const { subscriber, seen } of clients) {
            for (const { querySetId, tables } of updates.get(subscriber) ?? []) {
              const rows = seen.get(querySetId.id) ?? [];
              for (const change of tables.flatMap((table) => table.rows)) {
                if (change.tag !== 'PersistentTable') throw new Error(change.tag);
                for (const row of wireTexts(change.value.deletes.rowsData)) {
                  expect(rows).toContain(row);
                  rows.splice(rows.indexOf(row), 1);
                }
                rows.push(...wireTexts(change.value.inserts.rowsData));
              }
            }
          }
          check();
        }
        expect(failures).toEqual([]);
        for (const { subscriber } of clients) subscriptions.removeAll(subscriber);
      },
    ),
    { numRuns: 150 },
  );
});

test('the rows that rules read count once per request, against the budget of the query', () => {
  const rule = 'SELECT p.* FROM a p JOIN b q ON p.j = q.j WHERE q.owner = :sender';
  const { commit, catalogFor, tables } = makeDatabase([{ sql: rule }], [[], [], []]);
  const row = (id: number, owner: Identity) => ({ id, j: id % 5, n: 0, owner: owner.__identity__ });
  const ids = Array.from({ length: 200 }, (_, id) => id);
  commit(ids.map((id) => ({ table: 'a', action: 'put', row: row(id, BOB) })));
  commit(ids.map((id) => ({ table: 'b', action: 'put', row: row(id, id === 3 ? ANN : BOB) })));
  const statement = compileStatement('SELECT * FROM a WHERE n = 0', catalogFor({ identity: ANN }), ANN);
  if (statement.kind !== 'select') throw new Error(statement.kind);
  let visits = 0;
  const budget = { visit: () => void visits++, take: () => undefined };
  expect(executeQuery(statement.plan, tables, budget).rows).toHaveLength(40);
  expect(visits).toBeGreaterThanOrEqual(400);
  expect(visits).toBeLessThan(1000);
});
