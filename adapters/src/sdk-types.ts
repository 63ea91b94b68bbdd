import type { Identity, RowTypedQuery } from 'spacetimedb';

/**
 * The part of a generated `DbConnectionBuilder` that `connect` uses.
 * @example
 * ```ts
 * const build = (): Builder<DbConnection> =>
 *   DbConnection.builder().withUri('http://localhost:3000').withDatabaseName('my-database');
 * connect(build);
 * ```
 */
export interface Builder<Db> {
  /**
   * Gets the address of the server.
   * @returns the address passed to `withUri`
   */
  getUri(): string;
  /**
   * Gets the name of the database.
   * @returns the name passed to `withDatabaseName`
   */
  getModuleName(): string;
  /**
   * Sets the sign-in token.
   * @param token the token; undefined for a new identity
   */
  withToken(token?: string): unknown;
  /**
   * Replaces the SDK's transport.
   * @param open opens a connection
   */
  withWSFn(open: (args: SocketArgs) => Promise<SocketAdapter>): unknown;
  /**
   * Adds a listener for the server's greeting.
   * @param run called with the connection, our identity and our token
   */
  onConnect(run: (db: Db, identity: Identity, token: string) => void): unknown;
  /**
   * Starts to connect.
   * @returns the connection, which is not open yet
   */
  build(): Db;
}

/** The arguments that the SDK passes to its transport (`WebSocketArgs` in `sdk/ws.ts`). */
export interface SocketArgs {
  url: URL;
  wsProtocol: string[];
  nameOrAddress: string;
  authToken?: string;
  compression: 'gzip' | 'brotli' | 'none';
  lightMode: boolean;
  confirmedReads?: boolean;
}

/** The interface that the SDK expects of its transport (`WebSocketAdapter` in `sdk/ws.ts`). */
export interface SocketAdapter {
  readonly protocol: string;
  send(message: Uint8Array<ArrayBuffer>): void;
  close(): void;
  set onopen(run: () => void);
  set onmessage(run: (message: { data: Uint8Array }) => void);
  set onclose(run: (event: CloseEvent) => void);
  set onerror(run: (event: ErrorEvent) => void);
}

/**
 * Any generated `DbConnection`. For functions that work with the bindings of any module.
 * @example
 * ```ts
 * const isOnline = <Db extends AnyDb>(connection: Connection<Db>): boolean =>
 *   connection.status.get().status === 'connected';
 * console.log(isOnline(connection)); // false
 * ```
 */
export interface AnyDb {
  /** Tables of the database. */
  readonly db: object;
  /** Reducers of the module. */
  readonly reducers: object;
  /** Closes the connection. */
  disconnect(): void;
}

/**
 * Query of the bindings' `tables`. `Row` is the type of its rows.
 * @example
 * ```ts
 * const query: TypedQuery<RowOf<DbConnection, 'user'>> = tables.user.where((user) => user.online);
 * liveTable(connection, query).subscribe((rows) => console.log(rows.length)); // 2
 * ```
 */
export type TypedQuery<Row> = RowTypedQuery<Row, unknown>;

/**
 * Name of a table of `Db`, as the bindings spell it.
 * @example
 * ```ts
 * const name: TableName<DbConnection> = 'user';
 * liveTable(connection, 'SELECT * FROM user', { table: name }).subscribe((rows) => console.log(rows.length)); // 3
 * ```
 */
export type TableName<Db extends AnyDb> = keyof Db['db'] & string;

/**
 * Row of the table `Name` of `Db`.
 * @example
 * ```ts
 * const labelOf = (user: RowOf<DbConnection, 'user'>): string => user.name ?? 'anonymous';
 * liveTable(connection, tables.user).subscribe((rows) => console.log(rows.map(labelOf))); // ['Ann', 'Bob', 'Cy']
 * ```
 */
export type RowOf<Db extends AnyDb, Name extends TableName<Db>> = Db['db'][Name] extends {
  iter(): Iterator<infer Row, undefined>;
}
  ? Row
  : never;
