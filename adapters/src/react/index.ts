import {
  createContext,
  createElement,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useSyncExternalStore,
} from 'react';
import type { DependencyList, ReactNode } from 'react';
import { combined } from '../computed.ts';
import { liveTable } from '../live-table.ts';
import { withPreviousRows } from '../previous-rows.ts';
import type { AnyDb, Connection, Live, LiveOptions, LiveStatus, Readable, TypedQuery } from '../types.ts';

const Context = createContext<Connection<AnyDb> | undefined>(undefined);

/**
 * Component that provides a connection to the components below it.
 * @param props the connection, and the children
 * @returns the children
 * @example
 * ```tsx
 * function Name() {
 *   const { status } = useReadable(useConnection<DbConnection>().status);
 *   return <p>{status}</p>;
 * }
 *
 * export const App = () => (
 *   <ConnectionProvider connection={connection}>
 *     <Name />
 *   </ConnectionProvider>
 * );
 * // Shows: idle
 * ```
 */
export function ConnectionProvider(props: {
  connection: Connection<AnyDb>;
  children?: ReactNode;
}): ReactNode {
  return createElement(Context.Provider, { value: props.connection }, props.children);
}

/**
 * Hook that gets the connection of the nearest provider above, with the type of the bindings.
 * @returns the connection
 * @throws Error when there is no `ConnectionProvider` above
 * @example
 * ```tsx
 * function Rename() {
 *   const { call } = useConnection<DbConnection>();
 *   return <button onClick={() => void call((db) => db.reducers.setName({ name: 'Ann' }))}>I am Ann</button>;
 * }
 *
 * export const App = () => (
 *   <ConnectionProvider connection={connection}>
 *     <Rename />
 *   </ConnectionProvider>
 * );
 * // Shows: I am Ann
 * ```
 */
export function useConnection<Db extends AnyDb>(): Connection<Db> {
  const connection = useContext(Context);
  if (!connection) throw new Error('There is no <ConnectionProvider> above this component');
  return connection as unknown as Connection<Db>;
}

/**
 * Hook that gets the value of any store of this package, and renders again when it changes.
 * @param store the store
 * @returns its value
 * @example
 * ```tsx
 * import { liveTable } from 'spacetimedb-stores';
 *
 * const users = liveTable(connection, tables.user);
 * export const App = () => <p>{useReadable(users).length} people</p>;
 * // Shows: 3 people
 * ```
 */
export function useReadable<T>(store: Readable<T>): T {
  return useSyncExternalStore(store.subscribe, store.get, store.get);
}

/**
 * Hook that gets the rows of a query, and their status. When the query changes, the last rows stay, as `stale`, until
 * the new ones arrive.
 * @param query returns the query
 * @param deps what the query and the options depend on, as for `useMemo`. Default: nothing
 * @param options how to filter and order the rows
 * @returns the rows as `data`, with the fields of `LiveStatus`
 * @throws Error when there is no `ConnectionProvider` above
 * @example
 * ```tsx
 * function Users({ online }: { online: boolean }) {
 *   const { data, isReady } = useLiveQuery(() => tables.user.where((user) => user.online.eq(online)), [online]);
 *   return isReady && <p>{data.map((user) => user.name).join(', ')}</p>;
 * }
 *
 * export const App = () => (
 *   <ConnectionProvider connection={connection}>
 *     <Users online={false} />
 *   </ConnectionProvider>
 * );
 * // Shows: Cy
 * ```
 */
export function useLiveQuery<Row extends object>(
  query: () => TypedQuery<Row>,
  deps: DependencyList = [],
  options: LiveOptions<Row> = {},
): LiveStatus & { readonly data: readonly Row[] } {
  const connection = useConnection();
  const shown = useRef<Live<readonly Row[]>>(undefined);
  const [live, rows] = useMemo(() => {
    const live = withPreviousRows(liveTable(connection, query(), options), shown.current);
    return [live, combined([live, live.status], () => ({ ...live.status.get(), data: live.get() }))];
  }, [connection, ...deps]);
  useEffect(() => void (shown.current = live), [live]);
  return useReadable(rows);
}
