import { getContext, setContext } from 'svelte';
import { createSubscriber } from 'svelte/reactivity';
import { liveTable, sqlOf } from '../live-table.ts';
import { withPreviousRows } from '../previous-rows.ts';
import type { AnyDb, Connection, Live, LiveOptions, LiveStatus, Readable, TypedQuery } from '../types.ts';

const KEY = Symbol.for('spacetimedb-stores connection');

/**
 * Provides a connection to this component and all below it. Call it while a component is initialised.
 * @param connection the connection
 * @returns the same connection
 * @example
 * ```svelte
 * <script lang="ts">
 *   import { connect } from 'spacetimedb-stores';
 *
 *   const { status } = setConnection(
 *     connect(() => DbConnection.builder().withUri('http://localhost:3000').withDatabaseName('my-database')),
 *   );
 * </script>
 *
 * <p>{$status.status}</p>
 * <!-- Shows: idle -->
 * ```
 */
export function setConnection<Db extends AnyDb>(connection: Connection<Db>): Connection<Db> {
  return setContext(KEY, connection);
}

/**
 * Gets the connection of the nearest component above that provides one. Call it while a component is initialised, with the
 * type of the bindings.
 * @returns the connection
 * @throws Error when no component above has called `setConnection`
 * @example
 * ```svelte
 * <script lang="ts">
 *   setConnection(connection);
 *   const { call, token } = getConnection<DbConnection>();
 * </script>
 *
 * <button onclick={() => call((db) => db.reducers.setName({ name: 'Ann' }))}>I am Ann</button>
 * {#if $token}signed in{/if}
 * <!-- Shows: I am Ann -->
 * ```
 */
export function getConnection<Db extends AnyDb>(): Connection<Db> {
  const connection = getContext<Connection<Db> | undefined>(KEY);
  if (!connection) throw new Error('No component above has called setConnection()');
  return connection;
}

/**
 * Store for runes.
 * @example
 * ```svelte
 * <script lang="ts">
 *   import type { ConnectionStatus } from 'spacetimedb-stores';
 *
 *   const status: Current<ConnectionStatus> = fromReadable(connection.status);
 * </script>
 *
 * <p>{status.current.status}</p>
 * <!-- Shows: idle -->
 * ```
 */
export interface Current<T> {
  /** Value of the store. */
  readonly current: T;
}

/**
 * Store with a status, for runes.
 * @example
 * ```svelte
 * <script lang="ts">
 *   import { liveTable, type RowOf } from 'spacetimedb-stores';
 *
 *   const users: LiveCurrent<readonly RowOf<DbConnection, 'user'>[]> = fromReadable(
 *     liveTable(connection, tables.user),
 *   );
 * </script>
 *
 * {#if users.status.isReady}{users.current.length} people{/if}
 * <!-- Shows: 3 people -->
 * ```
 */
export interface LiveCurrent<T> extends Current<T> {
  /** Whether the value can be relied on. */
  readonly status: LiveStatus;
  /** Why the query failed; undefined unless it did. */
  readonly error: LiveStatus['error'];
}

/**
 * Turns a store into an object with reactive fields. Reading a field in an effect, a derived value or the markup
 * subscribes to the store while that exists. Elsewhere, it returns the current value.
 * @param store any store of this package, such as `connection.status`
 * @returns `current`, and `status` and `error` if the store has a status
 * @example
 * ```svelte
 * <script lang="ts">
 *   import { liveTable } from 'spacetimedb-stores';
 *
 *   const users = fromReadable(liveTable(connection, tables.user));
 *   const names = $derived(users.current.map((user) => user.name).join(', '));
 * </script>
 *
 * <p>{names}</p>
 * <!-- Shows: Ann, Bob, Cy -->
 * ```
 */
export function fromReadable<T>(store: Live<T>): LiveCurrent<T>;
export function fromReadable<T>(store: Readable<T>): Current<T>;
export function fromReadable<T>(store: Readable<T> & Partial<Live<T>>): Current<T> {
  const value = reactive(store);
  const status = store.status && reactive(store.status);
  const result = {
    get current() {
      return value();
    },
    get status() {
      return status?.();
    },
    get error() {
      return status?.().error;
    },
  };
  return result;
}

/**
 * Options of `liveQuery`.
 * @example
 * ```svelte
 * <script lang="ts">
 *   import type { RowOf } from 'spacetimedb-stores';
 *
 *   const options: LiveQueryOptions<RowOf<DbConnection, 'user'>> = {
 *     connection,
 *     filter: (user) => user.name !== 'Bob',
 *   };
 *   const users = liveQuery(tables.user, options);
 * </script>
 *
 * {#each users.current as user (user.identity)}<p>{user.name}</p>{/each}
 * <!-- Shows: AnnCy -->
 * ```
 */
export interface LiveQueryOptions<Row> extends LiveOptions<Row> {
  /**
   * Connection to use.
   * @default that of `getConnection()`
   */
  readonly connection?: Connection<AnyDb>;
}

/**
 * The rows of a query for runes. The query may depend on reactive state: when it changes, the last rows stay, as
 * `stale`, until the new ones arrive. It is subscribed while a field is read in an effect, a derived value or the
 * markup. Call it while a component is initialised, or pass it a connection.
 * @param query a query of the bindings' `tables`, or a function that returns one
 * @param options the connection, and how to filter and order the rows
 * @returns the rows as `current`, with `status` and `error`
 * @throws Error when there is no connection
 * @example
 * ```svelte
 * <script lang="ts">
 *   setConnection(connection);
 *   let online = $state(true);
 *   const users = liveQuery(() => tables.user.where((user) => user.online.eq(online)));
 * </script>
 *
 * <button onclick={() => (online = !online)}>online: {online}</button>
 * {#each users.current as user (user.identity)}<p>{user.name}</p>{/each}
 * <!-- Shows: online: true AnnBob -->
 * ```
 */
export function liveQuery<Row extends object>(
  query: TypedQuery<Row> | (() => TypedQuery<Row>),
  { connection = getConnection(), ...options }: LiveQueryOptions<Row> = {},
): LiveCurrent<readonly Row[]> {
  const ask = typeof query === 'function' ? query : () => query;
  let sql: string | undefined;
  let live: Live<readonly Row[]> | undefined;
  let shown: LiveCurrent<readonly Row[]>;
  // Runs where a field is read, so that it runs again when the query changes.
  const update = (): LiveCurrent<readonly Row[]> => {
    const asked = ask();
    const text = sqlOf(asked);
    if (text !== sql) {
      sql = text;
      live = withPreviousRows(liveTable(connection, asked, options), live);
      shown = fromReadable(live);
    }
    return shown;
  };
  return {
    get current() {
      return update().current;
    },
    get status() {
      return update().status;
    },
    get error() {
      return update().error;
    },
  };
}

function reactive<T>({ subscribe, get }: Readable<T>): () => T {
  const track = createSubscriber((update) => {
    // The first call passes the value that is read right after it.
    let isStarted = false;
    const stop = subscribe(() => {
      if (isStarted) update();
    });
    isStarted = true;
    return stop;
  });
  return () => {
    track();
    return get();
  };
}
