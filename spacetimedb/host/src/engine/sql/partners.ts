/** Finds the rows of a table that match a row of another table in a join. */
import type { IndexRange } from '../datastore/table-index.ts';
import type { Row } from '../datastore/row.ts';
import type { IndexDef, TableDef } from '../schema/module-def.ts';
import type { QueryBudget } from './budget.ts';
import type { RowSource, Selection } from './plan.ts';
import { selectRows } from './select-rows.ts';

/** The selected rows with `value` in the joined column. The array is shared and must not be changed. */
export type PartnerFinder = (value: unknown) => readonly Row[];

const UNBOUNDED = { kind: 'unbounded' } as const;

/** The index on only this column, if there is one. */
export function singleColumnIndex(table: TableDef, column: number): IndexDef | undefined {
  return table.indexes.find(({ columns }) => columns.length === 1 && columns[0] === column);
}

/** The range of a single-column index with this value. */
export function pointRange(value: unknown): IndexRange {
  return { prefix: [value], lower: UNBOUNDED, upper: UNBOUNDED };
}

/**
 * Looks up each value once, in an index or else in a map built from one scan. Results are kept as long as the finder,
 * at most one reference per row of the table.
 *
 * @param key turns a joined value into a `Map` key that is equal for equal values
 */
export function makePartnerFinder(
  selection: Selection,
  column: number,
  key: (value: unknown) => unknown,
  source: RowSource,
  budget: QueryBudget,
): PartnerFinder {
  const index = singleColumnIndex(selection.table, column);
  if (index === undefined) {
    let all: Map<unknown, Row[]> | undefined;
    return (value) => {
      all ??= groupByKey(selectRows(selection, source, budget), column, key);
      return all.get(key(value)) ?? [];
    };
  }
  const found = new Map<unknown, readonly Row[]>();
  return (value) => {
    const valueKey = key(value);
    let rows = found.get(valueKey);
    if (rows === undefined) {
      rows = [...seekSelected(selection, index, pointRange(value), source, budget)];
      found.set(valueKey, rows);
    }
    return rows;
  };
}

function* seekSelected(
  selection: Selection,
  index: IndexDef,
  range: IndexRange,
  source: RowSource,
  budget: QueryBudget,
): Iterable<Row> {
  for (const row of source.seek(selection.table, index, range, budget)) {
    budget.visit();
    if (selection.predicate(row)) yield row;
  }
}

function groupByKey(
  rows: Iterable<Row>,
  column: number,
  key: (value: unknown) => unknown,
): Map<unknown, Row[]> {
  const byKey = new Map<unknown, Row[]>();
  for (const row of rows) {
    const rowKey = key(row.columns[column]);
    const same = byKey.get(rowKey);
    if (same === undefined) byKey.set(rowKey, [row]);
    else same.push(row);
  }
  return byKey;
}
