import { InternalError, SenderError } from 'spacetimedb';

/**
 * Reason why a connection failed:
 * - `unreachable`: no answer from the server, or the connection died.
 * - `no-server`: the address answers, but not as SpacetimeDB does; it may be a file server.
 * - `unknown-database`: the server has no database of this name.
 * - `token-rejected`: the server does not accept the sign-in token.
 * - `refused`: the module's `client_connected` refused this identity; the message is the module's own text.
 * - `closed-by-server`: the server closed the connection.
 * - `bad-frame`: a message of the server could not be read. The connection is retried, unless the database turns out to
 *   be `incompatible`.
 * - `incompatible`: the database has other tables than the bindings; the message names the first difference.
 * - `misconfigured`: the builder could not build a connection.
 * @example
 * ```ts
 * const advice: Partial<Record<ConnectionErrorCode, string>> = { 'token-rejected': 'Sign in again' };
 * connection.status.subscribe(({ error }) => console.log(error && advice[error.code])); // undefined
 * ```
 */
export type ConnectionErrorCode =
  | 'unreachable'
  | 'no-server'
  | 'unknown-database'
  | 'token-rejected'
  | 'refused'
  | 'closed-by-server'
  | 'bad-frame'
  | 'incompatible'
  | 'misconfigured';

/**
 * Why a connection failed: `code` for the program, `message` for a person. It is in `ConnectionStatus.error`.
 * @example
 * ```ts
 * const isMine = ({ code }: ConnectionError): boolean => code === 'misconfigured';
 * const broken = connect(() => DbConnection.builder().withUri('not an address').withDatabaseName('my-database'));
 * broken.status.subscribe(({ error }) => console.log(error && isMine(error))); // true
 * await broken.call((db) => db.reducers.setName({ name: 'Ann' })).catch(() => broken.close());
 * ```
 */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
  /** Reason, for the program. */
  readonly code: ConnectionErrorCode;

  constructor(code: ConnectionErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * Reason why a query shows no current rows:
 * - `refused`: the server refused it; the message is the server's.
 * - `unknown-table`: the bindings have no such table.
 * - `event-table`: the rows of an event table are not kept, so there is nothing to show.
 * - `callback-failed`: an option `filter` or `order` threw; the error has the same message, and the thrown value as its
 *   `cause`.
 * @example
 * ```ts
 * const isOurBug = (code: QueryErrorCode | undefined): boolean => code === 'callback-failed';
 * liveTable(connection, tables.user).status.subscribe(({ error }) => console.log(isOurBug(error?.code))); // false
 * ```
 */
export type QueryErrorCode = 'refused' | 'unknown-table' | 'event-table' | 'callback-failed';

/**
 * Why a query shows no current rows: `code` for the program, `message` for a person. It is in `LiveStatus.error`.
 * @example
 * ```ts
 * const filter = (): boolean => {
 *   throw new Error('Not today');
 * };
 * const users = liveTable(connection, tables.user, { filter });
 * users.status.subscribe(({ error }) => console.log(error instanceof QueryError, error?.message)); // true Not today
 * ```
 */
export class QueryError extends Error {
  override readonly name = 'QueryError';
  /** Reason, for the program. */
  readonly code: QueryErrorCode;

  constructor(code: QueryErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * Failure of a reducer or procedure, which had no effect:
 * - `refused`: the module threw a `SenderError`; the message is the module's own text.
 * - `failed`: anything else went wrong with the call.
 * @example
 * ```ts
 * await connection.call((db) => db.reducers.setName({ name: '' })).catch((error) => {
 *   if (error instanceof ReducerError) console.log(error.code, error.message); // refused Names must not be empty
 * });
 * ```
 */
export class ReducerError extends Error {
  override readonly name = 'ReducerError';
  /** Reason, for the program. */
  readonly code: 'refused' | 'failed';

  constructor(code: 'refused' | 'failed', message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * Failure of a call because there was no connection. Nothing was sent, so it is safe to try again.
 * @example
 * ```ts
 * connection.close();
 * await connection.call((db) => db.reducers.setName({ name: 'Ann' })).catch((error) => {
 *   console.log(error instanceof NotConnectedError, error.code); // true not-connected
 * });
 * ```
 */
export class NotConnectedError extends Error {
  override readonly name = 'NotConnectedError';
  /** Reason, for the program. */
  readonly code = 'not-connected';
}

/**
 * Failure of a call whose answer was lost with the connection: it may or may not have taken effect.
 * @example
 * ```ts
 * const textOf = (error: unknown): string =>
 *   error instanceof UnknownOutcomeError ? 'Check whether it worked, then try again' : String(error);
 * connection.call((db) => db.reducers.setName({ name: 'Ann' })).catch((error) => console.log(textOf(error)));
 * ```
 */
export class UnknownOutcomeError extends Error {
  override readonly name = 'UnknownOutcomeError';
  /** Reason, for the program. */
  readonly code = 'unknown-outcome';
}

/**
 * Why a call failed. Tell the three apart by `code` or by class.
 * @example
 * ```ts
 * const isSafeToRepeat = ({ code }: CallError): boolean => code !== 'unknown-outcome';
 * console.log(isSafeToRepeat(new NotConnectedError('There is no connection'))); // true
 * ```
 */
export type CallError = ReducerError | NotConnectedError | UnknownOutcomeError;

/** Replaces the SDK's errors of a call by ours, and leaves all others as they are. */
export function fromSdkError(error: unknown): unknown {
  if (error instanceof SenderError) return new ReducerError('refused', error.message, { cause: error });
  if (error instanceof InternalError) return new ReducerError('failed', error.message, { cause: error });
  return error;
}

/** Converts the rejection of a call to a `CallError`. */
export function toCallError(error: unknown): CallError {
  const isKnown =
    error instanceof ReducerError ||
    error instanceof NotConnectedError ||
    error instanceof UnknownOutcomeError;
  return isKnown ? error : new ReducerError('failed', messageOf(error), { cause: error });
}

/** The message of a thrown value. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
