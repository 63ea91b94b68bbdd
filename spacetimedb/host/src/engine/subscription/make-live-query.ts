import type { TableChange } from '../datastore/transaction.ts';
import type { TableDef } from '../schema/module-def.ts';
import type { QueryBudget } from '../sql/budget.ts';
import type { SelectPlan, Selection } from '../sql/plan.ts';
import type { JoinIndexes } from './join-index.ts';
import { LiveJoin } from './live-join.ts';
import type { LiveQuery, QueryDelta } from './live-query.ts';

/** @throws {SqlError} when the indexes that the query needs cost more than `budget` */
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
    // Compared by definition, not by name: a view has the same name but different rows for each caller.
    const change = changes.find(({ table }) => table.def === this.table);
    if (!change) return undefined;
    const inserts = change.inserts.filter((row) => this.#plan.predicate(row));
    const deletes = change.deletes.filter((row) => this.#plan.predicate(row));
    return inserts.length + deletes.length > 0 ? { inserts, deletes } : undefined;
  }

  close(): void {
    // It keeps nothing.
  }
}
