import type { Row } from '../datastore/row.ts';
import type { TableChange } from '../datastore/transaction.ts';
import type { TableDef } from '../schema/module-def.ts';
import type { QueryBudget } from '../sql/budget.ts';
import type { SelectPlan, Selection } from '../sql/plan.ts';
import type { JoinIndexes } from './join-index.ts';
import { LiveJoin } from './live-join.ts';

/** What a transaction changed in a query's result; a row may be in a list several times. */
export interface QueryDelta {
  readonly inserts: readonly Row[];
  readonly deletes: readonly Row[];
}

/** A subscribed query, which can say what a transaction changes in its result. */
export interface LiveQuery {
  /** The table whose rows it returns. */
  readonly table: TableDef;
  /** The rows of which tables it depends on. */
  readonly sides: readonly Selection[];
  /**
   * To be called once, after the commit.
   *
   * @param budget what this may cost
   * @returns `undefined` when the transaction changes nothing in the result
   * @throws {SqlError} when it costs more
   */
  delta(changes: readonly TableChange[], budget: QueryBudget): QueryDelta | undefined;
  /** Frees what the query keeps. */
  close(): void;
}

/** @throws {SqlError} when what the query has to keep costs more than `budget` */
export function makeLiveQuery(plan: SelectPlan, indexes: JoinIndexes, budget: QueryBudget): LiveQuery {
  return plan.join ? new LiveJoin(plan, plan.join, indexes, budget) : new LiveSelect(plan);
}

class LiveSelect implements LiveQuery {
  readonly table: TableDef;
  readonly sides: readonly Selection[];
  readonly #plan: SelectPlan;

  constructor(plan: SelectPlan) {
    this.table = plan.table;
    this.sides = [plan];
    this.#plan = plan;
  }

  delta(changes: readonly TableChange[]): QueryDelta | undefined {
    // By definition and not by name: a view has the same name for everybody, but not the same rows.
    const change = changes.find(({ table }) => table.def === this.table);
    if (!change) return undefined;
    const inserts = change.inserts.filter((row) => this.#plan.predicate(row));
    const deletes = change.deletes.filter((row) => this.#plan.predicate(row));
    return inserts.length + deletes.length > 0 ? { inserts, deletes } : undefined;
  }

  close(): void {
    // Keeps nothing.
  }
}
