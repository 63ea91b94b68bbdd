/** The variable `row_limit`: how many rows a query may be expected to read (`crates/core/src/estimation.rs`). */
import type { IndexDef, TableDef } from '../schema/module-def.ts';
import { singleColumnIndex } from './partners.ts';
import type { QueryPlan, SelectPlan, Selection } from './plan.ts';
import { SqlError } from './sql-error.ts';

/** The sizes of tables and indexes. */
export interface TableSizes {
  rowCount(table: TableDef): number;
  /** The number of distinct keys in an index. */
  keyCount(table: TableDef, index: IndexDef): number;
}

interface Estimate {
  /** Rows that the query returns. */
  readonly rows: number;
  /** Rows that it reads to find them. */
  readonly read: number;
}

/** @throws {SqlError} when the queries together are expected to read more than `limit` rows */
export function checkRowLimit(estimates: readonly number[], limit: bigint): void {
  const sum = estimates.reduce((total, estimate) => total + estimate, 0);
  if (sum > limit) {
    throw new SqlError(`Estimated cardinality (${BigInt(sum)} rows) exceeds limit (${limit} rows)`);
  }
}

/** How many rows a query is expected to read. */
export function estimateQuery({ relations, joins, limit }: QueryPlan, sizes: TableSizes): number {
  const [first] = relations;
  if (!first) return 0;
  if (limit !== undefined && relations.length === 1 && first.conditions === 0) return limit;
  return relations.slice(1).reduce(
    (estimate, next, i) => {
      const column = joins[i]?.on?.nextColumn;
      return estimateJoin(estimate, next, column, sizes);
    },
    estimateSelection(first, sizes),
  ).read;
}

/** How many rows a subscribed query is expected to read when it begins. */
export function estimateSubscription(plan: SelectPlan, sizes: TableSizes): number {
  const own = estimateSelection(plan, sizes);
  return plan.join ? estimateJoin(own, plan.join, plan.join.column, sizes).read : own.read;
}

function estimateSelection(selection: Selection, sizes: TableSizes): Estimate {
  const { table, lookup, conditions } = selection;
  const point = lookup?.range.prefix.length === lookup?.index.columns.length ? lookup?.index : undefined;
  const rows = point ? rowsPerKey(table, point, sizes) : sizes.rowCount(table);
  // Conditions that no index answers are checked row by row.
  return { rows, read: conditions > (point?.columns.length ?? 0) ? 2 * rows : rows };
}

function estimateJoin(
  { rows, read }: Estimate,
  next: Selection,
  column: number | undefined,
  sizes: TableSizes,
): Estimate {
  const index = column === undefined ? undefined : singleColumnIndex(next.table, column);
  if (index === undefined) {
    const other = estimateSelection(next, sizes);
    return { rows: rows * other.rows, read: read + other.read + rows * other.rows };
  }
  const found = rows * rowsPerKey(next.table, index, sizes);
  return { rows: found, read: read + found + (next.conditions > 0 ? found : 0) };
}

function rowsPerKey(table: TableDef, index: IndexDef, sizes: TableSizes): number {
  const keys = sizes.keyCount(table, index);
  return keys === 0 ? 0 : Math.floor(sizes.rowCount(table) / keys);
}
