import { getQueryAccessorName, getQueryWhereClause, toSql } from 'spacetimedb';
import { emptyList } from './empty.ts';
import { internalsOf } from './internals.ts';
import { liveStore } from './live-store.ts';
import { openQueryView, type QuerySource } from './query-view.ts';
import type { AnyDb, Connection, Live, LiveOptions, RowOf, TableName, TypedQuery } from './types.ts';
import { compileWhere, type Clause } from './where.ts';

/** Options for a query that is written as SQL text. */
export interface SqlOptions<Row, Name extends string> extends LiveOptions<Row> {
  /** The table whose rows the query selects, by the name that the bindings give it. */
  readonly table: Name;
}

/** The options of either overload. */
type AnyOptions = Partial<SqlOptions<never, string>>;

/**
 * The rows that a query selects, kept up to date.
 *
 * The query is subscribed while the store has subscribers. Stores over the same query share it. Each transaction that
 * changes the list gives a new one; rows that did not change keep their object. Lists are read-only. One of more than
 * 1,024 rows is a proxy that behaves as an array (see `sorted-list.ts`); `structuredClone` takes `[...list]`. While the
 * connection is lost the list stays as it was, and `status` says `stale`.
 *
 * Rows of one table are held once, whatever queries brought them, so the query's WHERE is applied on this
 * side too. What cannot be applied here, the join of a semijoin and all of a query written as text, must be
 * repeated as `filter` where other queries bring other rows of the same table.
 * @param query one of the bindings' query builder, such as `tables.user.where((u) => u.online)`, or SQL text
 * @throws TypeError when SQL text comes without the name of its table
 */
export function liveTable<Db extends AnyDb, Row extends object>(
  connection: Connection<Db>,
  query: TypedQuery<Row>,
  options?: LiveOptions<Row>,
): Live<readonly Row[]>;
export function liveTable<Db extends AnyDb, Name extends TableName<Db>>(
  connection: Connection<Db>,
  sql: string,
  options: SqlOptions<RowOf<Db, Name>, Name>,
): Live<readonly RowOf<Db, Name>[]>;
export function liveTable(
  connection: Connection<AnyDb>,
  query: TypedQuery<object> | string,
  options: AnyOptions = {},
): Live<readonly object[]> {
  const internals = internalsOf(connection);
  const source = sourceOf(query, options);
  return liveStore<readonly object[]>(internals, emptyList, (set) =>
    openQueryView(internals.subscriptions, source, set),
  );
}

function sourceOf(query: TypedQuery<object> | string, options: AnyOptions): QuerySource<object> {
  const { table, filter, order } = options as Partial<SqlOptions<object, string>>;
  if (typeof query === 'string') {
    if (table === undefined) throw new TypeError('SQL text needs the option `table`');
    return { table, sql: query, matches: filter, order };
  }
  // A semijoin holds the query of the table whose rows it selects.
  const { sourceQuery = query } = query as { sourceQuery?: unknown };
  const where = getQueryWhereClause(sourceQuery) as { data: Clause } | undefined;
  const test = where && compileWhere(where.data);
  return {
    table: getQueryAccessorName(query),
    sql: sqlOf(query),
    matches: test && filter ? (row) => test(row) && filter(row) : (test ?? filter),
    order,
  };
}

/** The text that a query is sent as; the same for equal queries. */
export function sqlOf(query: TypedQuery<object>): string {
  return toSql(query as Parameters<typeof toSql>[0]);
}
