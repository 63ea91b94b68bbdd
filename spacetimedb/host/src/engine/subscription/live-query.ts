import type { Row } from '../datastore/row.ts';
import type { TableChange } from '../datastore/transaction.ts';
import type { TableDef } from '../schema/module-def.ts';
import type { QueryBudget } from '../sql/budget.ts';
import type { Selection } from '../sql/plan.ts';

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
