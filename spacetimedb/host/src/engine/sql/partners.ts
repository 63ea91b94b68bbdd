/** Finds the rows of a table that meet a row of another one in a join. */
import type { IndexRange } from '../datastore/table-index.ts';
import type { Row } from '../datastore/row.ts';
import type { IndexDef, TableDef } from '../schema/module-def.ts';
import type { QueryBudget } from './budget.ts';
import type { RowSource, Selection } from './plan.ts';
import { selectRows } from './select-rows.ts';

/** The selected rows that have `value` in the joined column. The array is shared: do not change it. */
export type PartnerFinder = (value: unknown) => readonly Row[];

const UNBOUNDED = { kind: 'unbounded' } as const;

/** The index over just this column, if there is one. */
export function singleColumnIndex(table: TableDef, column: number): IndexDef | undefined {
  return table.indexes.find(({ columns }) => columns.length === 1 && columns[0] === column);
}

/** The part of a single-column index with this value. */
export function pointRange(value: unknown): IndexRange {
  return { prefix: [value], lower: UNBOUNDED, upper: UNBOUNDED };
}

/**
 * Looks each value up once: through an index, else in a map that is made of one scan. What was found is kept for as long
 * as the finder lives, which is at most one reference for each row of the table.
 *
 * @param key turns a joined value into something that a `Map` takes for the same when it is equal
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
  for (const row of source.seek(selection.table, index, range)) {
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
