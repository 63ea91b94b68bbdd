import { getContext, setContext } from 'svelte';
import { createSubscriber } from 'svelte/reactivity';
import { liveTable, sqlOf } from '../live-table.ts';
import { withPreviousRows } from '../previous-rows.ts';
import type { AnyDb, Connection, Live, LiveOptions, LiveStatus, Readable, TypedQuery } from '../types.ts';

const KEY = Symbol.for('spacetimedb-stores connection');

/**
 * Provides a connection to this component and all below it. Call it while a component is initialised.
 * @returns the connection
 */
export function setConnection<Db extends AnyDb>(connection: Connection<Db>): Connection<Db> {
  return setContext(KEY, connection);
}

/**
 * The connection of the nearest component above that provides one. Call it while a component is initialised, with the
 * type of the bindings: `getConnection<DbConnection>()`.
 * @throws Error when no component above has called `setConnection`
 */
export function getConnection<Db extends AnyDb>(): Connection<Db> {
  const connection = getContext<Connection<Db> | undefined>(KEY);
  if (!connection) throw new Error('No component above has called setConnection()');
  return connection;
}

/** A store for runes. */
export interface Current<T> {
  readonly current: T;
}

/** A store with a status for runes. */
export interface LiveCurrent<T> extends Current<T> {
  readonly status: LiveStatus;
  /** Why the query failed; undefined unless it did. */
  readonly error: LiveStatus['error'];
}

/**
 * Turns a store into an object whose fields are reactive where runes are: reading a field in an effect, a derived value
 * or the markup subscribes to the store for as long as that lives. Elsewhere it gives the value of the moment.
 * @param store any store of this package, such as `connection.status`
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

/** Options of `liveQuery`. */
export interface LiveQueryOptions<Row> extends LiveOptions<Row> {
  /** Default: that of `getConnection`. */
  readonly connection?: Connection<AnyDb>;
}

/**
 * The rows of a query for runes. The query may depend on reactive state: when it changes, the last rows stay, as
 * `stale`, until the new ones are here.
 *
 * It is subscribed while a field is read in an effect, a derived value or the markup. Call it while a component is
 * initialised, or give it a connection.
 * @param query a query of the bindings' query builder, or a function that gives one:
 * `liveQuery(() => tables.user.where((user) => user.online.eq(isOnline)))`
 * @throws Error when there is no connection
 */
export function liveQuery<Row extends object>(
  query: TypedQuery<Row> | (() => TypedQuery<Row>),
  { connection = getConnection(), ...options }: LiveQueryOptions<Row> = {},
): LiveCurrent<readonly Row[]> {
  const ask = typeof query === 'function' ? query : () => query;
  let sql: string | undefined;
  let live: Live<readonly Row[]> | undefined;
  let shown: LiveCurrent<readonly Row[]>;
  // Runs where a field is read, so that this is run again when the query changes.
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
    // The first call gives what is read right after it.
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
