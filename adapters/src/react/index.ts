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

/** Provides a connection to the components below it. */
export function ConnectionProvider(props: {
  connection: Connection<AnyDb>;
  children?: ReactNode;
}): ReactNode {
  return createElement(Context.Provider, { value: props.connection }, props.children);
}

/**
 * The connection of the nearest provider above, with the type of the bindings: `useConnection<DbConnection>()`.
 * @throws Error when there is no `ConnectionProvider` above
 */
export function useConnection<Db extends AnyDb>(): Connection<Db> {
  const connection = useContext(Context);
  if (!connection) throw new Error('There is no <ConnectionProvider> above this component');
  return connection as unknown as Connection<Db>;
}

/** The value of any store of this package, such as `connection.status`. */
export function useReadable<T>(store: Readable<T>): T {
  return useSyncExternalStore(store.subscribe, store.get, store.get);
}

/**
 * The rows of a query, and its status. When the query changes, the last rows stay, as `stale`, until the new are here.
 * @param query gives the query: `useLiveQuery(() => tables.user.where((user) => user.online.eq(isOnline)), [isOnline])`
 * @param deps what the query and the options depend on
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
