/** Runs compiled queries over a source of rows. */
import type { ResultColumn } from '../database-api.ts';
import type { Row } from '../datastore/row.ts';
import type { JoinStep, QueryOutput, QueryPlan, RowSource, SelectPlan, Selection } from './plan.ts';

/** The rows that a subscription returns now; with a join, each once for every match. */
export function* executeRows(plan: SelectPlan, source: RowSource): Generator<Row> {
  const { join } = plan;
  if (join === undefined) {
    yield* selectRows(plan, source);
    return;
  }
  if (plan.lookup === undefined && join.lookup !== undefined) {
    // The other table is the narrower one: start there.
    const partners = partnerFinder(plan, join.returnedColumn, join.key, source);
    for (const other of selectRows(join, source)) {
      for (const row of partners(other.columns[join.column])) if (join.matches(row, other)) yield row;
    }
    return;
  }
  const partners = partnerFinder(join, join.column, join.key, source);
  for (const row of selectRows(plan, source)) {
    for (const other of partners(row.columns[join.returnedColumn])) if (join.matches(row, other)) yield row;
  }
}

/** The rows of one table that a condition selects. */
export function* selectRows(selection: Selection, source: RowSource): Generator<Row> {
  const { table, lookup } = selection;
  const candidates =
    lookup === undefined ? source.scan(table) : source.seek(table, lookup.index, lookup.range);
  for (const row of candidates) if (selection.predicate(row)) yield row;
}

/** Runs a query; the rows hold values in the order of `columns`. */
export function executeQuery(
  plan: QueryPlan,
  source: RowSource,
): { readonly columns: readonly ResultColumn[]; readonly rows: readonly (readonly unknown[])[] } {
  const { columns, limit = Infinity } = plan;
  const tuples = joinedRows(plan, source);
  if (plan.output.kind === 'count') {
    let count = 0n;
    for (const _ of tuples) count++;
    return { columns, rows: limit > 0 ? [[count]] : [] };
  }
  const rows: (readonly unknown[])[] = [];
  if (limit === 0) return { columns, rows };
  const output = outputReader(plan.output);
  for (const tuple of tuples) {
    rows.push(output(tuple));
    if (rows.length >= limit) break;
  }
  return { columns, rows };
}

function outputReader(
  output: Exclude<QueryOutput, { kind: 'count' }>,
): (rows: readonly Row[]) => readonly unknown[] {
  if (output.kind === 'rows') return (rows) => rows[output.relation]?.columns ?? [];
  return (rows) => output.columns.map(({ relation, column }) => rows[relation]?.columns[column]);
}

/** One row of each table in FROM, for every combination that satisfies the query. */
function* joinedRows(plan: QueryPlan, source: RowSource): Generator<readonly Row[]> {
  const { residual } = plan;
  const [first, ...others] = plan.relations;
  if (first === undefined) return;
  let tuples: Iterable<readonly Row[]> = singletons(selectRows(first, source));
  others.forEach((next, i) => {
    tuples = joinNext(tuples, next, plan.joins[i]?.on, source);
  });
  for (const tuple of tuples) if (residual === undefined || residual(tuple)) yield tuple;
}

function* singletons(rows: Iterable<Row>): Generator<readonly Row[]> {
  for (const row of rows) yield [row];
}

function* joinNext(
  tuples: Iterable<readonly Row[]>,
  next: Selection,
  on: JoinStep['on'],
  source: RowSource,
): Generator<readonly Row[]> {
  if (on === undefined) {
    const all = [...selectRows(next, source)];
    for (const tuple of tuples) for (const row of all) yield [...tuple, row];
    return;
  }
  const partners = partnerFinder(next, on.nextColumn, on.key, source);
  for (const tuple of tuples) {
    for (const row of partners(tuple[on.relation]?.columns[on.column])) yield [...tuple, row];
  }
}

/** Finds the selected rows of a table with a value in a column: through an index, else through a map made once. */
function partnerFinder(
  selection: Selection,
  column: number,
  key: (value: unknown) => unknown,
  source: RowSource,
): (value: unknown) => Iterable<Row> {
  const { table } = selection;
  const index = table.indexes.find(({ columns }) => columns.length === 1 && columns[0] === column);
  if (index !== undefined) {
    const unbounded = { kind: 'unbounded' } as const;
    return function* (value) {
      const range = { prefix: [value], lower: unbounded, upper: unbounded };
      for (const row of source.seek(table, index, range)) if (selection.predicate(row)) yield row;
    };
  }
  const byKey = new Map<unknown, Row[]>();
  for (const row of selectRows(selection, source)) {
    const rowKey = key(row.columns[column]);
    const same = byKey.get(rowKey);
    if (same === undefined) byKey.set(rowKey, [row]);
    else same.push(row);
  }
  return (value) => byKey.get(key(value)) ?? [];
}
