/** The operations that HTTP, WebSocket and the command line may use on one database. */
import type { AlgebraicType, ConnectionId, Identity } from 'spacetimedb';
import type { HttpRequest, HttpResponse } from './abi/http-messages.ts';
import type { Typespace } from './sats/typespace.ts';
import type { ModuleDef } from './schema/module-def.ts';
import type { ResultColumn } from './sql/plan.ts';

/** The identity that makes a call. */
export interface Caller {
  readonly identity: Identity;
  /** `null` for calls without a client, such as `init`. */
  readonly connectionId: ConnectionId | null;
}

/** A caller with a verified token. */
export interface AuthenticatedClient {
  readonly identity: Identity;
  readonly connectionId: ConnectionId;
  /** The claims of the token as JSON text. The module reads them through `ctx.senderAuth`. */
  readonly jwtPayload: string;
}

/** The result of a reducer call. Each call is one transaction; only `ok` commits it. */
export type ReducerOutcome =
  | { readonly tag: 'ok'; readonly durationMicros: number }
  /** The module threw a `SenderError`: the text is meant for the caller. */
  | { readonly tag: 'sender_error'; readonly message: string }
  /** Anything else that the module threw: the caller sees one fixed sentence, the log has the rest. */
  | { readonly tag: 'fatal'; readonly message: string }
  /** The database accepts no calls now; `message` says why. The same call may succeed later. */
  | { readonly tag: 'unavailable'; readonly message: string }
  | { readonly tag: 'no_such_reducer'; readonly message: string }
  | { readonly tag: 'invalid_arguments'; readonly message: string }
  /** Only the host calls lifecycle reducers. */
  | { readonly tag: 'lifecycle_reducer'; readonly message: string };

/** The result of a procedure call. */
export type ProcedureOutcome =
  | {
      readonly tag: 'returned';
      /** BSATN. */
      readonly value: Uint8Array;
      readonly type: AlgebraicType;
      /** The types that references in `type` point to. */
      readonly typespace: Typespace;
      readonly durationMicros: number;
    }
  /** The procedure failed. Transactions that it had already committed are kept. */
  | { readonly tag: 'fatal'; readonly message: string }
  /** The database accepts no calls now; `message` says why. The same call may succeed later. */
  | { readonly tag: 'unavailable'; readonly message: string }
  | { readonly tag: 'no_such_procedure'; readonly message: string }
  | { readonly tag: 'invalid_arguments'; readonly message: string };

/** The result of a request to one of the module's HTTP handlers. */
export type HttpHandlerOutcome =
  | {
      readonly tag: 'answered';
      readonly response: HttpResponse;
      readonly body: Uint8Array;
      /** Did the handler commit a transaction? */
      readonly hasCommitted: boolean;
    }
  /** The handler failed. Transactions that it had already committed are kept. */
  | { readonly tag: 'fatal'; readonly message: string }
  /** The database accepts no calls now; `message` says why. The same request may succeed later. */
  | { readonly tag: 'unavailable'; readonly message: string }
  /** Another program was published meanwhile, and it does not have this handler. */
  | { readonly tag: 'no_such_handler' };

export type ConnectOutcome =
  | { readonly tag: 'ok' }
  /** `client_connected` threw; `message` is what an HTTP caller gets with 403. */
  | { readonly tag: 'rejected'; readonly message: string };

/** The undecoded arguments of a call: BSATN, or JSON text. */
export type CallArguments =
  | { readonly format: 'bsatn'; readonly bytes: Uint8Array }
  | { readonly format: 'json'; readonly text: string };

export interface SqlResult {
  readonly columns: readonly ResultColumn[];
  /** Values in the order of `columns`, as the SDK decodes them. */
  readonly rows: readonly (readonly unknown[])[];
  readonly stats: { readonly inserted: number; readonly deleted: number; readonly updated: number };
  readonly durationMicros: number;
}

export type LogLevel = 'Error' | 'Warn' | 'Info' | 'Debug' | 'Trace' | 'Panic';

/** One line of a database's log, with the fields that `GET …/logs` returns. */
export interface LogRecord {
  readonly level: LogLevel;
  /** Microseconds since the Unix epoch. */
  readonly ts: number;
  readonly target?: string;
  readonly filename?: string;
  readonly line_number?: number;
  readonly function?: string;
  readonly message: string;
  readonly trace?: readonly { readonly module_name?: string; readonly func_name?: string }[];
}

export interface LogReader {
  /** The newest `count` records, oldest first; all stored records by default. */
  tail(count?: number): readonly LogRecord[];
  /**
   * Calls `listener` for each new record, and `onEnd` once when the database is closed.
   * @returns a function that stops both
   */
  follow(listener: (record: LogRecord) => void, onEnd: () => void): () => void;
}

/** The database cannot do this now. `message` is a sentence for the caller. */
export class UnavailableError extends Error {
  override readonly name = 'UnavailableError';
}

/** The database exists, but its program does not run. `message` is a sentence for the caller. */
export class DatabaseStoppedError extends Error {
  override readonly name = 'DatabaseStoppedError';
}

export interface DatabaseApi {
  readonly identity: Identity;
  readonly owner: Identity;
  /** BSATN of the `RawModuleDef` that the running module described. */
  readonly rawModuleDef: Uint8Array;
  readonly moduleDef: ModuleDef;
  /** Keccak-256 of the program, hex (crates/sats/src/hash.rs). */
  readonly programHash: string;
  readonly logs: LogReader;
  /**
   * Why the database accepts no calls, as a sentence that anyone may read; absent while it runs. Operations that need
   * the program throw {@link DatabaseStoppedError} then.
   */
  readonly stopped?: string;
  /** Runs the module's `client_connected` for this client. A connection id that is already connected is rejected. */
  clientConnected(client: AuthenticatedClient): ConnectOutcome;
  /**
   * Runs the module's `client_disconnected`. Does nothing for a client that is not connected.
   * @param client the same object that {@link clientConnected} was called with
   */
  clientDisconnected(client: AuthenticatedClient): void;
  /** @param name canonical name of the reducer */
  callReducer(caller: Caller, name: string, args: CallArguments): ReducerOutcome;
  /** Runs a procedure; other calls continue meanwhile. @param name canonical name of the procedure */
  callProcedure(caller: Caller, name: string, args: CallArguments): Promise<ProcedureOutcome>;
  /** Lets one of the module's HTTP handlers answer a request. @param handler its canonical name */
  handleHttp(handler: string, request: HttpRequest, body: Uint8Array): Promise<HttpHandlerOutcome>;
  /** @throws {SqlError} when the statement is refused @throws {UnavailableError} when the disk accepts no changes */
  sql(caller: Caller, statement: string): SqlResult;
  /** Writes a log line of the host. @param functionName the module function that it is about, if any */
  logSystem(level: LogLevel, message: string, functionName?: string): void;
  /**
   * Resolves when everything committed so far is on disk; at once for an in-memory database.
   *
   * @throws {UnavailableError} when the disk accepts no writes
   */
  durable(): Promise<void>;
}
