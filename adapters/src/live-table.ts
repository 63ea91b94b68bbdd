import { getQueryAccessorName, getQueryWhereClause, toSql } from 'spacetimedb';
import { emptyList } from './empty.ts';
import { internalsOf } from './internals.ts';
import { liveStore } from './live-store.ts';
import { openQueryView, type QuerySource } from './query-view.ts';
import type { AnyDb, Connection, Live, LiveOptions, RowOf, TableName, TypedQuery } from './types.ts';
import { compileWhere, type Clause } from './where.ts';

/**
 * Options of a query that is written as SQL text.
 * @example
 * ```ts
 * const options: SqlOptions<RowOf<DbConnection, 'user'>, 'user'> = { table: 'user', filter: (user) => user.online };
 * liveTable(connection, 'SELECT * FROM user', options).subscribe((rows) => console.log(rows.length)); // 2
 * ```
 */
export interface SqlOptions<Row, Name extends string> extends LiveOptions<Row> {
  /** Table whose rows the query selects, by its name in the bindings. */
  readonly table: Name;
}

/** The options of either overload. */
type AnyOptions = Partial<SqlOptions<never, string>>;

/**
 * Creates a store with the rows that a query selects. The query is subscribed while the store has subscribers, and shared
 * with other stores. Each transaction that changes the list gives a new list; rows that did not change keep their object.
 * While the connection is lost the list stays, and `status` is `stale`.
 *
 * Lists are read-only. One of more than 1,024 rows is a proxy that behaves as an array; give `structuredClone` a copy:
 * `[...list]`.
 *
 * The SDK keeps one copy of each table's rows for all queries, so the store applies the query's WHERE as well. It
 * cannot apply the join of a semijoin or a query written as text. Repeat those as `filter` if other queries select
 * other rows of the same table.
 * @param connection the connection to use
 * @param query a query of the bindings' `tables`
 * @param sql a query as text, with the option `table`
 * @param options how to filter and order the rows
 * @returns the store; its value is an empty list until the rows have arrived
 * @throws TypeError when SQL text comes without the option `table`
 * @example
 * ```ts
 * const online = liveTable(
 *   connection,
 *   tables.user.where((user) => user.online),
 *   { order: (a, b) => (a.name ?? '').localeCompare(b.name ?? '') },
 * );
 * online.subscribe((users) => console.log(users.map((user) => user.name))); // ['Ann', 'Bob']
 * ```
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

/** The SQL text of a query; the same for equal queries. */
export function sqlOf(query: TypedQuery<object>): string {
  return toSql(query as Parameters<typeof toSql>[0]);
}
