import type { Identity, RowTypedQuery } from 'spacetimedb';

/** Ends a subscription. Calling it again does nothing. */
export type Unsubscribe = () => void;

/**
 * A value that changes over time: the Svelte store contract, which Vue, Solid, RxJS and plain code can use as
 * well. `get` gives the current value without subscribing, so that React's
 * `useSyncExternalStore(store.subscribe, store.get)` works as it stands (both are bound).
 */
export interface Readable<T> {
  /** Calls `run` at once with the current value and then after every change. */
  subscribe(this: void, run: (value: T) => void): Unsubscribe;
  get(this: void): T;
}

/**
 * - `idle`: nothing needs the connection yet (or any more), or this is the server side of a page.
 * - `connecting`: the first try is under way.
 * - `connected`: the server has greeted us.
 * - `reconnecting`: a try failed or the connection was lost; `nextTryAt` says when the next try is due
 *   (absent during a try).
 * - `offline`: as `reconnecting`, and the browser says that there is no network.
 * - `rejected`: the server refused the saved token, the module refused to let this identity in, or the database has
 *   other tables than the bindings (`problem` tells which). Nothing is retried until `signInAnew()` or `retryNow()` is
 *   called.
 * - `closed`: `close()` was called. Final.
 */
export type ConnectionState =
  'idle' | 'connecting' | 'connected' | 'reconnecting' | 'offline' | 'rejected' | 'closed';

/** What went wrong, for code; `ConnectionStatus.reason` says it for people. */
export type ConnectionProblem =
  | 'unreachable'
  | 'unknown-database'
  | 'token-rejected'
  /** By the module's `client_connected`; the reason is its own text. */
  | 'refused'
  | 'closed-by-server'
  /** What the server sent could not be read. It is tried again, unless that turns out as `incompatible`. */
  | 'bad-frame'
  /** The database has other tables than the bindings; the reason names the first difference. */
  | 'incompatible'
  | 'misconfigured';

export interface ConnectionStatus {
  readonly state: ConnectionState;
  /** The last failure in words, for a person. */
  readonly reason?: string;
  readonly problem?: ConnectionProblem;
  /** When the next try is due, in milliseconds since the Unix epoch. */
  readonly nextTryAt?: number;
  /** Tries since the last connection that worked; 0 when connected or idle. */
  readonly attempt: number;
}

/**
 * - `idle`: nobody subscribes.
 * - `loading`: asked for, nothing is known yet.
 * - `ready`: the value is the server's.
 * - `stale`: the connection was lost, and the value is that of before.
 * - `failed`: the server refused the query, or a `filter` or `order` threw, see `error`.
 */
export type LivePhase = 'idle' | 'loading' | 'ready' | 'stale' | 'failed';

export interface LiveState {
  readonly phase: LivePhase;
  readonly error?: Error;
}

/**
 * A store with a `state` that tells whether its value can be relied on. Subscribing to either keeps the query
 * open.
 */
export interface Live<T> extends Readable<T> {
  readonly state: Readable<LiveState>;
}

/** Where tokens are kept. `key` names host and database. */
export interface TokenStore {
  get(key: string): string | undefined;
  set(key: string, token: string): void;
  remove(key: string): void;
}

/**
 * Times between tries: `minDelay * factor ** n`, at most `maxDelay`, less a random share of up to `jitter` (0
 * to 1).
 */
export interface Backoff {
  /** Milliseconds; default 500. */
  readonly minDelay: number;
  /** Milliseconds; default 15,000. */
  readonly maxDelay: number;
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
   * How long a query stays subscribed after its last subscriber left, and the socket after its last use.
   * Milliseconds; default 2,000.
   */
  readonly graceMs?: number;
  /** How long one try may take until the server has greeted us. Milliseconds; default 15,000. */
  readonly connectTimeoutMs?: number;
  /**
   * Opens the socket where there is no window, too: for Node programs and tests. Default false, so that
   * prerendering opens nothing.
   */
  readonly connectOnServer?: boolean;
  /** Gets what subscribers throw. Default: the platform's `reportError`, else `console.error`. */
  readonly onError?: (error: unknown) => void;
  /**
   * Writes a line for each attempt to connect, frame, subscription and call: to the console, or to a function. Lines have
   * query texts and the names of reducers, but no tokens and no arguments.
   * @default on when `localStorage.debug` (in Node: the environment variable `DEBUG`) matches `spacetimedb`; see the README
   */
  readonly debug?: boolean | ((line: string) => void);
  readonly environment?: Partial<Environment>;
}

export interface CallOptions {
  /** Gives up waiting. A call that was sent already may still take effect. */
  readonly signal?: AbortSignal;
  /**
   * Lets the call wait, in order with others, while the connection is down and tries are made to get it back,
   * if it is among the first so many that wait. Default 0: it rejects at once.
   */
  readonly queue?: number;
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
   * Calls reducers or procedures: `connection.call((db) => db.reducers.sendMessage({ text }))`. Opens the
   * connection if need be, and waits for a try that is under way. Always settles:
   * @returns what `run` returned, once the server confirmed it; stores show the effect already
   * @throws SenderError with the module's own text when the reducer refused
   * @throws InternalError when the reducer failed otherwise
   * @throws NotConnectedError when there is no connection; nothing was sent
   * @throws UnknownOutcomeError when the connection was lost before the answer came
   */
  call<T>(run: (db: Db) => Promise<T>, options?: CallOptions): Promise<T>;
  /** Tries now instead of at `nextTryAt`. */
  retryNow(): void;
  /** Ends the connection and makes another one at once: for when the server may see us with other eyes now. */
  reconnect(): void;
  /** Forgets the token of this host and database and connects as a new identity. */
  signInAnew(): void;
  /**
   * Closes the socket and all subscriptions and releases every timer and listener. Final; stores keep their
   * last value.
   */
  close(): void;
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
