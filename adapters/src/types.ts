import type { Identity, RowTypedQuery } from 'spacetimedb';
import type { ConnectionError, QueryError } from './errors.ts';

/** Ends a subscription. Calling it again does nothing. */
export type Unsubscribe = () => void;

/**
 * A value that changes over time: the Svelte store contract, which Vue, Solid, RxJS and plain code can use as
 * well. `get` gives the current value without subscribing, so that React's
 * `useSyncExternalStore(store.subscribe, store.get)` works as it is (both are bound).
 */
export interface Readable<T> {
  /** Calls `run` at once with the current value and then after every change. */
  subscribe(this: void, run: (value: T) => void): Unsubscribe;
  get(this: void): T;
}

/** The state of a connection. `status` is for the program, `error` also says in words what went wrong. */
export interface ConnectionStatus {
  /**
   * - `idle`: nothing needs the connection (yet, or any more), or this is the server side of a page.
   * - `connecting`: the first try is in progress.
   * - `connected`: the server has greeted us.
   * - `reconnecting`: a try failed or the connection was lost; `nextRetryAt` says when the next try is due
   *   (absent during a try).
   * - `offline`: as `reconnecting`, and the browser says that there is no network.
   * - `rejected`: the server rejected the token, the module refused this identity, or the database has other tables
   *   than the bindings (`error.code` tells which). Nothing is tried again until `retry()`, `useToken()` or
   *   `resetIdentity()` is called.
   * - `closed`: `close()` was called. Final.
   */
  readonly status: 'idle' | 'connecting' | 'connected' | 'reconnecting' | 'offline' | 'rejected' | 'closed';
  /** The last failure, until the connection works again. */
  readonly error?: ConnectionError;
  /** When the next try is due, in milliseconds since the Unix epoch. */
  readonly nextRetryAt?: number;
  /** Tries since the last connection that worked; 0 when connected or idle. */
  readonly attempt: number;
}

/** Whether a value can be relied on. */
export interface LiveStatus {
  /**
   * - `idle`: nobody subscribes.
   * - `loading`: asked for, nothing is known yet.
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

/** A store with a `status` that tells whether its value can be relied on. Subscribing to either keeps the query open. */
export interface Live<T> extends Readable<T> {
  readonly status: Readable<LiveStatus>;
}

/** Where tokens are kept. `key` names host and database. */
export interface TokenStore {
  get(key: string): string | undefined;
  set(key: string, token: string): void;
  remove(key: string): void;
}

/**
 * Times between tries: `minDelayMs * factor ** n`, at most `maxDelayMs`, less a random share of up to `jitter` (0
 * to 1).
 */
export interface Backoff {
  /** Milliseconds; default 500. */
  readonly minDelayMs: number;
  /** Milliseconds; default 15,000. */
  readonly maxDelayMs: number;
  /** Default 2. */
  readonly factor: number;
  /** Default 0.5. */
  readonly jitter: number;
}

/** The part of the DOM's `WebSocket` that is used. */
export interface SocketLike {
  binaryType: string;
  readonly protocol: string;
  readonly readyState: number;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: { data: ArrayBuffer }) => void) | null;
  onclose: ((event: { code: number; reason: string }) => void) | null;
  onerror: ((event: never) => void) | null;
  send(data: Uint8Array<ArrayBuffer>): void;
  close(): void;
}

/** What is taken from the platform; tests and unusual platforms may replace any part. */
export interface Environment {
  /** True where no socket may be opened. Default: there is neither a `window` nor a worker's global scope. */
  readonly isServer: boolean;
  /** Fires `online`, `offline` and `pageshow`. Default: `window`, if there is one. */
  readonly window: EventTarget | undefined;
  /** Fires `visibilitychange`. Default: `document`, if there is one. */
  readonly document: (EventTarget & { readonly visibilityState?: string }) | undefined;
  /** Default: `navigator.onLine`, and true where that is unknown. */
  isOnline(): boolean;
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** From 0 up to, not including, 1. */
  random(): number;
  setTimeout(run: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
  fetch(
    url: URL,
    init: { method?: string; headers?: Record<string, string>; signal: AbortSignal },
  ): Promise<Response>;
  /**
   * Has the tabs that connect for the first time do so one after the other. Default: `navigator.locks` where there
   * is a `window`.
   */
  readonly locks: Pick<LockManager, 'request'> | undefined;
  /**
   * Opens a socket. Default: the global `WebSocket`, or in a Node without one that of the package `undici`.
   */
  openSocket(url: string, protocols: string[]): SocketLike | Promise<SocketLike>;
}

export interface ConnectOptions {
  /** Default: `localStorage` where there is one, else memory. */
  readonly tokens?: TokenStore;
  readonly backoff?: Partial<Backoff>;
  /**
   * How long a query stays subscribed after its last subscriber has left, and the connection open after its last use.
   * Milliseconds; default 2,000.
   */
  readonly unsubscribeDelayMs?: number;
  /** How long one try may take until the server has greeted us. Milliseconds; default 15,000. */
  readonly connectTimeoutMs?: number;
  /**
   * Opens the socket where there is no window, too: for Node programs and tests. Default false, so that
   * prerendering opens nothing.
   */
  readonly connectOnServer?: boolean;
  /** Gets what subscribers throw. Default: the platform's `reportError`, else `console.error`. */
  readonly onError?: (error: unknown) => void;
  readonly environment?: Partial<Environment>;
}

export interface CallOptions {
  /** Gives up waiting. A call that was sent already may still take effect. */
  readonly signal?: AbortSignal;
  /**
   * How many calls may wait while the connection is down, to be sent in order when it is back. One that finds fewer
   * waiting waits too. Default 0: it rejects at once.
   */
  readonly maxQueued?: number;
}

/**
 * A connection that is opened when first needed, kept up, and shared by all stores made from it. `Db` is the
 * generated `DbConnection`.
 */
export interface Connection<Db> {
  readonly status: Readable<ConnectionStatus>;
  /** Who the server says we are; undefined until the first greeting, then kept while reconnecting. */
  readonly identity: Readable<Identity | undefined>;
  /**
   * The sign-in token that the connection uses: whoever has it is this identity. Undefined until the first try, and
   * until a new identity is greeted.
   */
  readonly token: Readable<string | undefined>;
  /**
   * Calls reducers or procedures: `connection.call((db) => db.reducers.sendMessage({ text }))`. Opens the
   * connection if need be, and waits for a try that is in progress. Always settles.
   * @param run makes the call; what else it throws is passed on
   * @returns what `run` returned, once the server confirmed it; stores show the effect already
   * @throws ReducerError when the module refused (`code: 'refused'`, with its own text) or the call failed otherwise
   * @throws NotConnectedError when there is no connection; nothing was sent
   * @throws UnknownOutcomeError when the connection was lost before the answer
   * @throws the signal's reason when it gives up: an `AbortError` by default
   */
  call<T>(this: void, run: (db: Db) => Promise<T>, options?: CallOptions): Promise<T>;
  /** Tries now instead of at `nextRetryAt`, and after a rejection. */
  retry(this: void): void;
  /** Ends the connection and makes another one at once: for when the server may decide differently about us now. */
  reconnect(this: void): void;
  /**
   * Connects as the holder of another token, and saves it for this host and database. From now on it also wins over
   * one that the builder is given.
   */
  useToken(this: void, token: string): void;
  /** Forgets the token of this host and database and connects as a new identity. */
  resetIdentity(this: void): void;
  /**
   * Closes the socket and all subscriptions and releases every timer and listener. Final; stores keep their
   * last value.
   */
  close(this: void): void;
}

/** What a `DbConnectionBuilder` of generated bindings offers. */
export interface Builder<Db> {
  getUri(): string;
  getModuleName(): string;
  withToken(token?: string): unknown;
  withWSFn(open: (args: SocketArgs) => Promise<SocketAdapter>): unknown;
  onConnect(run: (db: Db, identity: Identity, token: string) => void): unknown;
  build(): Db;
}

/** What the SDK gives to its transport (`WebSocketArgs` in `sdk/ws.ts`). */
export interface SocketArgs {
  url: URL;
  wsProtocol: string[];
  nameOrAddress: string;
  authToken?: string;
  compression: 'gzip' | 'brotli' | 'none';
  lightMode: boolean;
  confirmedReads?: boolean;
}

/** What the SDK wants from its transport (`WebSocketAdapter` in `sdk/ws.ts`). */
export interface SocketAdapter {
  readonly protocol: string;
  send(message: Uint8Array<ArrayBuffer>): void;
  close(): void;
  set onopen(run: () => void);
  set onmessage(run: (message: { data: Uint8Array }) => void);
  set onclose(run: (event: CloseEvent) => void);
  set onerror(run: (event: ErrorEvent) => void);
}

/** What the stores need of a generated `DbConnection`. */
export interface AnyDb {
  readonly db: object;
  readonly reducers: object;
  disconnect(): void;
}

/** A query of the bindings' `tables`, such as `tables.user.where((u) => u.online)`. */
export type TypedQuery<Row> = RowTypedQuery<Row, unknown>;

/** The tables of `Db` by the names that the bindings give them. */
export type TableName<Db extends AnyDb> = keyof Db['db'] & string;

/** A row of the table `Name` of `Db`. */
export type RowOf<Db extends AnyDb, Name extends TableName<Db>> = Db['db'][Name] extends {
  iter(): Iterator<infer Row, undefined>;
}
  ? Row
  : never;

export interface LiveOptions<Row> {
  /**
   * Compares two rows for the order of the list. Default: by primary key; where there is none, an order without
   * meaning that is the same for everybody.
   */
  readonly order?: (a: Row, b: Row) => number;
  /** Leaves out rows on this side. It must depend on the row alone. */
  readonly filter?: (row: Row) => boolean;
}
