import type { Row } from '../datastore/row.ts';
import { Table } from '../datastore/table.ts';
import type { TableChange } from '../datastore/transaction.ts';
import type { TableDef } from '../schema/module-def.ts';
import type { Typespace } from '../sats/typespace.ts';
import { UNLIMITED, type QueryBudget } from '../sql/budget.ts';
import type { RulePlan } from '../sql/compile.ts';
import { executeTableQuery } from '../sql/execute.ts';
import { makePartnerFinder, type PartnerFinder } from '../sql/partners.ts';
import type { RowSource, SelectPlan, Selection } from '../sql/plan.ts';
import type { SqlError } from '../sql/sql-error.ts';
import type { JoinIndexes } from '../subscription/join-index.ts';
import type { LiveQuery } from '../subscription/live-query.ts';
import { makeLiveQuery } from '../subscription/make-live-query.ts';

/** One rule, for one caller. */
interface Rule {
  readonly plan: RulePlan;
  /** Returns how often the rule's result contains a row of the table. */
  count(row: Row, budget: QueryBudget): number;
}

/**
 * A table as one caller sees it: the rows that some rule of row-level security returns. No rows are stored. A read
 * checks the table's rows one by one; the effect of a transaction is computed from its changes in the tables that the
 * rules name.
 */
export class SecuredTable {
  /** Replaces the table in the caller's queries. */
  readonly def: TableDef;
  /** The table with all its rows. */
  readonly base: TableDef;
  /** Why the table cannot be subscribed to; `undefined` if it can. */
  readonly subscriptionProblem: SqlError | undefined;
  readonly #typespace: Typespace;
  readonly #rules: readonly Rule[];
  #table: Table | undefined;
  #live: readonly LiveQuery[] = [];

  /** @param source the rows of the tables that the rules name, each as the caller may see it */
  constructor(base: TableDef, plans: readonly RulePlan[], source: RowSource, typespace: Typespace) {
    this.base = base;
    // Query tables are compared by their definition.
    this.def = { ...base };
    this.subscriptionProblem = plans.find((plan) => plan.subscriptionProblem)?.subscriptionProblem;
    this.#typespace = typespace;
    this.#rules = plans.map((plan) => ({ plan, count: counter(plan, source) }));
  }

  /** The tables other than `base` that the rules name. */
  get others(): TableDef[] {
    const tables = this.#rules.flatMap(({ plan }) => plan.query.relations.map(({ table }) => table));
    return [...new Set(tables)].filter((table) => table !== this.base);
  }

  /** Which rows of which tables can change what the caller sees. Empty while the table is not followed. */
  get sides(): readonly Selection[] {
    return this.#live.flatMap(({ sides }) => sides);
  }

  /** The rows among `rows` that the caller may see. @throws {SqlError} when checking them costs more than `budget` */
  *visible(rows: Iterable<Row>, budget: QueryBudget): Generator<Row> {
    // All rows of one scan share the lookups in the joined tables.
    const request = budget === UNLIMITED ? { ...UNLIMITED } : budget;
    for (const row of rows) {
      budget.visit();
      if (this.#rules.some((rule) => rule.count(row, request) > 0)) yield row;
    }
  }

  /** Prepares to compute changes. @throws {SqlError} when that costs more than `budget` */
  follow(indexes: JoinIndexes, budget: QueryBudget): void {
    const live: LiveQuery[] = [];
    try {
      for (const { plan } of this.#rules) {
        if (plan.subscriptionProblem) throw plan.subscriptionProblem;
        live.push(makeLiveQuery(plan.select as SelectPlan, indexes, budget));
      }
    } catch (error) {
      for (const query of live) query.close();
      throw error;
    }
    this.#live = live;
    this.#table ??= new Table(0, this.def, this.#typespace, new Map());
  }

  unfollow(): void {
    for (const query of this.#live) query.close();
    this.#live = [];
  }

  /**
   * @param changes of a committed transaction in all tables that the rules name
   * @returns how the rows that the caller sees change; `undefined` if they do not
   * @throws {SqlError} when that costs more than `budget`
   */
  delta(changes: readonly TableChange[], budget: QueryBudget): TableChange | undefined {
    const deletes: Row[] = [];
    const inserts: Row[] = [];
    const own = changes.find(({ table }) => table.def === this.base);
    const deleted = new Set(own?.deletes.map(({ key }) => key));
    for (const { row, added } of this.#changedCounts(changes, budget)) {
      const counts = this.#rules.map((rule) => (deleted.has(row.key) ? 0 : rule.count(row, budget)));
      const isVisible = counts.some((count) => count > 0);
      const wasVisible = counts.some((count, position) => count > (added[position] ?? 0));
      if (isVisible && !wasVisible) inserts.push(row);
      if (wasVisible && !isVisible) deletes.push(row);
    }
    if (inserts.length + deletes.length === 0) return undefined;
    return { table: this.#table as Table, inserts, deletes };
  }

  /** The rows that the rules return more or less often after a transaction, with the difference for each rule. */
  #changedCounts(changes: readonly TableChange[], budget: QueryBudget) {
    const changed = new Map<string, { readonly row: Row; readonly added: number[] }>();
    const add = (row: Row, position: number, count: number) => {
      const { added } = changed.get(row.key) ?? { added: this.#live.map(() => 0) };
      added[position] = (added[position] ?? 0) + count;
      changed.set(row.key, { row, added });
    };
    this.#live.forEach((query, position) => {
      const delta = query.delta(changes, budget);
      for (const row of delta?.inserts ?? []) add(row, position, 1);
      for (const row of delta?.deletes ?? []) add(row, position, -1);
    });
    return changed.values();
  }
}

function counter({ select, query, relation }: RulePlan, source: RowSource): Rule['count'] {
  if (!select) {
    const shown = oncePerRequest((budget) => {
      const rows = executeTableQuery(query, relation, source, budget);
      return new Set(rows.map(({ key }) => key));
    });
    return (row, budget) => (shown(budget).has(row.key) ? 1 : 0);
  }
  const { join } = select;
  if (!join) return (row) => (select.predicate(row) ? 1 : 0);
  const partners = oncePerRequest<PartnerFinder>((budget) =>
    makePartnerFinder(join, join.column, join.key, source, budget),
  );
  return (row, budget) => {
    if (!select.predicate(row)) return 0;
    const found = partners(budget)(row.columns[join.returnedColumn]);
    if (join.matchesByKey) return found.length;
    return found.filter((other) => {
      budget.visit();
      return join.matches(row, other);
    }).length;
  };
}

/**
 * Caches a value per request. Each request has its own budget, and no row changes while it runs. Requests without
 * limits share one budget object, so nothing is cached for them.
 */
function oncePerRequest<Value>(make: (budget: QueryBudget) => Value): (budget: QueryBudget) => Value {
  const made = new WeakMap<QueryBudget, { readonly value: Value }>();
  return (budget) => {
    const known = budget === UNLIMITED ? undefined : made.get(budget);
    if (known) return known.value;
    const value = make(budget);
    made.set(budget, { value });
    return value;
  };
}
