import { InternalError, SenderError } from 'spacetimedb';

/**
 * Why a connection failed:
 * - `unreachable`: no answer from the server, or the connection died.
 * - `unknown-database`: the server has no database of this name.
 * - `token-rejected`: the server does not accept the sign-in token.
 * - `refused`: the module's `client_connected` refused this identity; the message is the module's own text.
 * - `closed-by-server`: the server closed the connection.
 * - `bad-frame`: a message of the server could not be read. It is tried again, unless it turns out as `incompatible`.
 * - `incompatible`: the database has other tables than the bindings; the message names the first difference.
 * - `misconfigured`: the builder could not build a connection.
 */
export type ConnectionErrorCode =
  | 'unreachable'
  | 'unknown-database'
  | 'token-rejected'
  | 'refused'
  | 'closed-by-server'
  | 'bad-frame'
  | 'incompatible'
  | 'misconfigured';

/** Why a connection failed: `code` for the program, `message` for a person. See `ConnectionStatus.error`. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
  readonly code: ConnectionErrorCode;

  constructor(code: ConnectionErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * Why a query shows no current rows:
 * - `refused`: the server refused it; the message is the server's.
 * - `unknown-table`: the bindings have no such table.
 * - `event-table`: the rows of an event table are not kept, so there is nothing to show.
 * - `callback-failed`: an option `filter` or `order` threw; the message is that of what it threw, which is the `cause`.
 */
export type QueryErrorCode = 'refused' | 'unknown-table' | 'event-table' | 'callback-failed';

/** Why a query shows no current rows: `code` for the program, `message` for a person. See `LiveStatus.error`. */
export class QueryError extends Error {
  override readonly name = 'QueryError';
  readonly code: QueryErrorCode;

  constructor(code: QueryErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * A reducer or procedure failed, and had no effect:
 * - `refused`: the module threw a `SenderError`; the message is the module's own text.
 * - `failed`: anything else went wrong with the call.
 */
export class ReducerError extends Error {
  override readonly name = 'ReducerError';
  readonly code: 'refused' | 'failed';

  constructor(code: 'refused' | 'failed', message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** There was no connection to send a call on. Nothing was sent, so it is safe to try again. */
export class NotConnectedError extends Error {
  override readonly name = 'NotConnectedError';
  readonly code = 'not-connected';
}

/** The connection was lost between a call and its answer: the call may or may not have taken effect. */
export class UnknownOutcomeError extends Error {
  override readonly name = 'UnknownOutcomeError';
  readonly code = 'unknown-outcome';
}

/** Why a call failed. Tell them apart by `code`. */
export type CallError = ReducerError | NotConnectedError | UnknownOutcomeError;

/** Replaces the SDK's errors of a call by ours, and leaves all others as they are. */
export function fromSdkError(error: unknown): unknown {
  if (error instanceof SenderError) return new ReducerError('refused', error.message, { cause: error });
  if (error instanceof InternalError) return new ReducerError('failed', error.message, { cause: error });
  return error;
}

/** Makes a `CallError` of whatever a call rejected with. */
export function toCallError(error: unknown): CallError {
  const isKnown =
    error instanceof ReducerError ||
    error instanceof NotConnectedError ||
    error instanceof UnknownOutcomeError;
  return isKnown ? error : new ReducerError('failed', messageOf(error), { cause: error });
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
