import type { Row } from '../datastore/row.ts';
import { UNLIMITED, type QueryBudget } from './budget.ts';
import type { RowSource, Selection } from './plan.ts';

/** The rows of one table that a condition selects. */
export function* selectRows(
  selection: Selection,
  source: RowSource,
  budget: QueryBudget = UNLIMITED,
): Generator<Row> {
  const { table, lookup } = selection;
  const candidates =
    lookup === undefined
      ? source.scan(table, budget)
      : source.seek(table, lookup.index, lookup.range, budget);
  for (const row of candidates) {
    budget.visit();
    if (selection.predicate(row)) yield row;
  }
}
