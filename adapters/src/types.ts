import type { Identity } from 'spacetimedb';
import type { ConnectionError, QueryError } from './errors.ts';
import type { Environment } from './platform-types.ts';

export type * from './platform-types.ts';
export type * from './sdk-types.ts';

/**
 * Function that ends a subscription. Calling it again does nothing.
 * @example
 * ```ts
 * const users = liveTable(connection, tables.user);
 * const stop: Unsubscribe = users.subscribe((rows) => console.log(rows.length)); // 3
 * setTimeout(stop, 60_000);
 * ```
 */
export type Unsubscribe = () => void;

/**
 * Value that changes over time. It follows the contract of Svelte stores, and works with Vue, Solid, RxJS and plain
 * code as well. Both methods are bound, so React's `useSyncExternalStore(store.subscribe, store.get)` works.
 * @example
 * ```ts
 * const { status }: { status: Readable<ConnectionStatus> } = connection;
 * console.log(status.get().status); // idle
 * status.subscribe((now) => console.log(now.status)); // idle
 * ```
 */
export interface Readable<T> {
  /**
   * Calls `run` at once with the current value, and then after every change.
   * @param run called with the value; errors that it throws go to the option `onError` of `connect`
   * @returns a function that ends the subscription
   */
  subscribe(this: void, run: (value: T) => void): Unsubscribe;
  /**
   * Gets the current value without subscribing.
   * @returns the current value
   */
  get(this: void): T;
}

/**
 * State of a connection: `status` is for the program, `error.message` says what went wrong.
 * @example
 * ```ts
 * const textOf = ({ status, error }: ConnectionStatus): string =>
 *   status === 'connected' ? 'Online' : (error?.message ?? 'Connecting…');
 * connection.status.subscribe((status) => console.log(textOf(status))); // Connecting…
 * liveTable(connection, tables.user).subscribe(() => console.log(textOf(connection.status.get()))); // Online
 * ```
 */
export interface ConnectionStatus {
  /**
   * - `idle`: nothing needs the connection (yet, or any more), or this is the server side of a page.
   * - `connecting`: the first attempt is in progress.
   * - `connected`: the server has greeted us.
   * - `reconnecting`: an attempt failed or the connection was lost; `nextRetryAt` says when the next attempt is due
   *   (absent during an attempt).
   * - `offline`: like `reconnecting`, and the browser reports that there is no network.
   * - `rejected`: the server rejected the token, the module refused this identity, or the database has other tables
   *   than the bindings (see `error.code`). There is no retry until `retry()`, `useToken()` or `resetIdentity()` is
   *   called.
   * - `closed`: `close()` was called. Final.
   */
  readonly status: 'idle' | 'connecting' | 'connected' | 'reconnecting' | 'offline' | 'rejected' | 'closed';
  /** The last failure, until the connection works again. */
  readonly error?: ConnectionError;
  /** When the next attempt is due, in milliseconds since the Unix epoch. */
  readonly nextRetryAt?: number;
  /** Attempts since the last working connection; 0 when connected or idle. */
  readonly attempt: number;
}

/**
 * Whether the value of a store can be relied on.
 * @example
 * ```ts
 * const users = liveTable(connection, tables.user);
 * users.status.subscribe(({ status, error }: LiveStatus) => console.log(status, error?.message)); // ready undefined
 * ```
 */
export interface LiveStatus {
  /**
   * - `idle`: there are no subscribers.
   * - `loading`: subscribed, without an answer yet.
   * - `ready`: the value is the server's.
   * - `stale`: the last known value, because the connection was lost or the query has changed.
   * - `error`: the query failed; see `error`. The value is the last known one.
   */
  readonly status: 'idle' | 'loading' | 'ready' | 'stale' | 'error';
  /** Whether `status` is `loading`. */
  readonly isLoading: boolean;
  /** Whether `status` is `ready`. */
  readonly isReady: boolean;
  /** Whether `status` is `stale`. */
  readonly isStale: boolean;
  /** Why the query failed; present when `status` is `error`. */
  readonly error?: QueryError;
}

/**
 * Store of server data. Its `status` is also a store, and says whether the value can be relied on. Subscribing to
 * either keeps the query open.
 * @example
 * ```ts
 * const users: Live<readonly RowOf<DbConnection, 'user'>[]> = liveTable(connection, tables.user);
 * users.subscribe((rows) => console.log(rows.map((user) => user.name))); // ['Ann', 'Bob', 'Cy']
 * users.status.subscribe(({ isReady }) => console.log(isReady)); // true
 * ```
 */
export interface Live<T> extends Readable<T> {
  /** Store with the status of the value. */
  readonly status: Readable<LiveStatus>;
}

/**
 * Storage for sign-in tokens. Anyone who has a token can sign in as its identity, so keep it private.
 * @example
 * ```ts
 * // Forgets people when they close the tab.
 * const tokens: TokenStore = {
 *   get: (key) => sessionStorage.getItem(key) ?? undefined,
 *   set: (key, token) => sessionStorage.setItem(key, token),
 *   remove: (key) => sessionStorage.removeItem(key),
 * };
 * const factory = () => DbConnection.builder().withUri('http://localhost:3000').withDatabaseName('my-database');
 * connect(factory, { tokens });
 * ```
 */
export interface TokenStore {
  /**
   * Looks up a token.
   * @param key names a host and a database, such as `spacetimedb:localhost:3000/my-database`
   * @returns the token; undefined if there is none
   */
  get(key: string): string | undefined;
  /**
   * Saves a token and replaces the previous one.
   * @param key names a host and a database
   * @param token the token
   */
  set(key: string, token: string): void;
  /**
   * Forgets a token.
   * @param key names a host and a database
   */
  remove(key: string): void;
  /**
   * Names the lock that tabs hold while they get their first token. For stores that use one token for several
   * databases.
   * @param key names a host and a database
   * @returns a name that is the same for all keys that share a token. Default: the key itself
   */
  lockName?(key: string): string;
}

/**
 * Times between two attempts to connect: `minDelayMs * factor ** n`, at most `maxDelayMs`, less a random part.
 * @example
 * ```ts
 * const backoff: Partial<Backoff> = { minDelayMs: 100, maxDelayMs: 5_000 };
 * const factory = () => DbConnection.builder().withUri('http://localhost:3000').withDatabaseName('my-database');
 * connect(factory, { backoff });
 * ```
 */
export interface Backoff {
  /**
   * Time before the first retry, in milliseconds.
   * @default 500
   */
  readonly minDelayMs: number;
  /**
   * Longest time between two attempts, in milliseconds.
   * @default 15_000
   */
  readonly maxDelayMs: number;
  /**
   * Factor by which each wait is longer than the previous one.
   * @default 2
   */
  readonly factor: number;
  /**
   * Maximum fraction by which each wait is shortened at random, from 0 to 1, so that not all clients reconnect at once.
   * @default 0.5
   */
  readonly jitter: number;
}

/**
 * Options of `connect`.
 * @example
 * ```ts
 * const options: ConnectOptions = { tokens: memoryTokens(), connectTimeoutMs: 5_000, connectOnServer: true };
 * const factory = () => DbConnection.builder().withUri('http://localhost:3000').withDatabaseName('my-database');
 * export const inNode = connect(factory, options);
 * ```
 */
export interface ConnectOptions {
  /**
   * Where sign-in tokens are kept.
   * @default `browserTokens()`, which uses `localStorage` where there is one, and memory elsewhere
   */
  readonly tokens?: TokenStore;
  /**
   * Times between two attempts to connect.
   * @default `{ minDelayMs: 500, maxDelayMs: 15_000, factor: 2, jitter: 0.5 }`
   */
  readonly backoff?: Partial<Backoff>;
  /**
   * How long a query stays subscribed after its last subscriber has left, and the connection open after its last use. In
   * milliseconds.
   * @default 2_000
   */
  readonly unsubscribeDelayMs?: number;
  /**
   * How long one attempt may take until the server has greeted us, in milliseconds.
   * @default 15_000
   */
  readonly connectTimeoutMs?: number;
  /**
   * Whether to connect where there is no `window`, for Node programs and tests.
   * @default false, so that rendering a page on a server opens nothing
   */
  readonly connectOnServer?: boolean;
  /**
   * Called with errors that subscribers throw.
   * @default the platform's `reportError`, else `console.error`
   */
  readonly onError?: (error: unknown) => void;
  /**
   * Logs each connection attempt, frame, subscription and call as one line, on the console or to a function. Lines
   * contain the text of queries and the names of reducers, but no tokens or arguments.
   * @default on when `localStorage.debug`, or in Node the environment variable `DEBUG`, matches `spacetimedb`
   */
  readonly debug?: boolean | ((line: string) => void);
  /**
   * Parts of the platform to replace.
   * @default the platform's own
   */
  readonly environment?: Partial<Environment>;
}

/**
 * Options of a call.
 * @example
 * ```ts
 * const options: CallOptions = { signal: AbortSignal.timeout(10_000), maxQueued: 5 };
 * await connection.call((db) => db.reducers.setName({ name: 'Ann' }), options);
 * ```
 */
export interface CallOptions {
  /**
   * Gives up waiting. A call that was already sent may still take effect.
   * @default none: a call is not given up
   */
  readonly signal?: AbortSignal;
  /**
   * How many calls may wait while the connection is down. They are sent in order after the reconnect. Further calls
   * reject.
   * @default 0: a call rejects at once
   */
  readonly maxQueued?: number;
}

/**
 * Connection that opens when first needed, reconnects, and is shared by all its stores. `Db` is the generated
 * `DbConnection`.
 * @example
 * ```ts
 * const factory = () => DbConnection.builder().withUri('http://localhost:3000').withDatabaseName('my-database');
 * const connection: Connection<DbConnection> = connect(factory);
 * connection.status.subscribe(({ status }) => console.log(status)); // connected
 * await connection.call((db) => db.reducers.sendMessage({ text: 'Hello' }));
 * connection.close();
 * console.log(connection.status.get().status); // closed
 * export {};
 * ```
 */
export interface Connection<Db> {
  /** Store with the state of the connection. */
  readonly status: Readable<ConnectionStatus>;
  /**
   * Store with our identity: undefined until the server's first greeting, then kept across reconnects.
   */
  readonly identity: Readable<Identity | undefined>;
  /**
   * Store with the current sign-in token: anyone who has it can sign in as this identity. Undefined until the first
   * connection attempt, and for a new identity until the server has greeted it.
   */
  readonly token: Readable<string | undefined>;
  /**
   * Calls a reducer or procedure. Opens the connection if needed, and waits for an attempt in progress. Always settles;
   * when it resolves, the stores already show the effect.
   * @param run makes the call and returns its promise
   * @param options when to give up, and whether to wait for a connection
   * @returns what `run` returned
   * @throws ReducerError when the module refused (`code` is `refused`, the text is the module's), or the call failed
   * otherwise
   * @throws NotConnectedError when there is no connection; nothing was sent
   * @throws UnknownOutcomeError when the connection was lost before the answer
   * @throws the reason of `options.signal` when it aborts: an `AbortError` by default
   */
  call<T>(this: void, run: (db: Db) => Promise<T>, options?: CallOptions): Promise<T>;
  /**
   * Connects now instead of at `nextRetryAt`, or after the connection was rejected. Does nothing while there is a
   * connection, or while nothing needs one.
   */
  retry(this: void): void;
  /**
   * Closes the connection and opens a new one at once. Use it after changing something that the server checks only when
   * a client connects.
   */
  reconnect(this: void): void;
  /**
   * Connects with another sign-in token, and saves it for this host and database. From now on, it also wins over a
   * token from the builder.
   * @param token a token of the same server
   */
  useToken(this: void, token: string): void;
  /** Forgets the token of this host and database, and connects as a new identity. */
  resetIdentity(this: void): void;
  /** Closes the connection for good, and releases every timer and listener. Stores keep their last value. */
  close(this: void): void;
}

/**
 * Options of a list of rows.
 * @example
 * ```ts
 * const options: LiveOptions<RowOf<DbConnection, 'user'>> = {
 *   filter: (user) => user.name !== 'Bob',
 *   order: (a, b) => Number(a.online) - Number(b.online),
 * };
 * liveTable(connection, tables.user, options).subscribe((rows) => console.log(rows.map(({ name }) => name))); // ['Cy', 'Ann']
 * ```
 */
export interface LiveOptions<Row> {
  /**
   * Compares two rows for the order of the list, as for `Array.sort`. The result must depend only on the rows.
   * @default by primary key; without one, an arbitrary order that is the same for everyone
   */
  readonly order?: (a: Row, b: Row) => number;
  /**
   * Decides whether to show a row. It runs in the client, not on the server, and must depend only on the row.
   * @default all rows are shown
   */
  readonly filter?: (row: Row) => boolean;
}
