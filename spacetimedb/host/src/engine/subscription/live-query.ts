import type { Row } from '../datastore/row.ts';
import type { TableChange } from '../datastore/transaction.ts';
import type { TableDef } from '../schema/module-def.ts';
import type { QueryBudget } from '../sql/budget.ts';
import type { Selection } from '../sql/plan.ts';

/** What a transaction changed in a query's result. A row may be in a list several times. */
export interface QueryDelta {
  readonly inserts: readonly Row[];
  readonly deletes: readonly Row[];
}

/** A subscribed query that computes how a transaction changes its result. */
export interface LiveQuery {
  /** The table whose rows it returns. */
  readonly table: TableDef;
  /** The selections on the tables that it depends on. */
  readonly sides: readonly Selection[];
  /**
   * Call it once after each commit.
   *
   * @param budget limits the cost
   * @returns `undefined` if the transaction does not change the result
   * @throws {SqlError} when it costs more
   */
  delta(changes: readonly TableChange[], budget: QueryBudget): QueryDelta | undefined;
  /** Frees what the query keeps. */
  close(): void;
}
