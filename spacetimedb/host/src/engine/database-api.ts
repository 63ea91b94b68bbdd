/** What the outside (HTTP, WebSocket, command line) may ask of one database. */
import type { AlgebraicType, ConnectionId, Identity } from 'spacetimedb';
import type { ModuleDef } from './schema/module-def.ts';

/** Who calls. */
export interface Caller {
  readonly identity: Identity;
  /** `null` for calls that do not come from a client, such as `init`. */
  readonly connectionId: ConnectionId | null;
}

/** A caller whose token was checked. */
export interface AuthenticatedClient {
  readonly identity: Identity;
  readonly connectionId: ConnectionId;
  /** The claims of its token, as JSON text: what the module reads through `ctx.senderAuth`. */
  readonly jwtPayload: string;
}

/** How a reducer call ended; each call is one transaction, and only `ok` commits it. */
export type ReducerOutcome =
  | { readonly tag: 'ok'; readonly durationMicros: number }
  /** The module threw a `SenderError`: the text is meant for the caller. */
  | { readonly tag: 'sender_error'; readonly message: string }
  /** Anything else that the module threw: the caller sees one fixed sentence, the log has the rest. */
  | { readonly tag: 'fatal'; readonly message: string }
  /** The database takes no calls now; `message` says why. The same call may succeed later. */
  | { readonly tag: 'unavailable'; readonly message: string }
  | { readonly tag: 'no_such_reducer'; readonly message: string }
  | { readonly tag: 'invalid_arguments'; readonly message: string }
  /** Lifecycle reducers are the host's to call. */
  | { readonly tag: 'lifecycle_reducer'; readonly message: string };

export type ConnectOutcome =
  | { readonly tag: 'ok' }
  /** `client_connected` threw; `message` is what an HTTP caller gets with 403. */
  | { readonly tag: 'rejected'; readonly message: string };

/** The arguments of an HTTP call, not yet decoded: BSATN, or JSON as it came in. */
export type CallArguments =
  | { readonly format: 'bsatn'; readonly bytes: Uint8Array }
  | { readonly format: 'json'; readonly text: string };

/** One column of a query's result. `name` is absent for nothing that this host produces, but the format allows it. */
export interface ResultColumn {
  readonly name: string | undefined;
  readonly type: AlgebraicType;
}

export interface SqlResult {
  readonly columns: readonly ResultColumn[];
  /** Values in the order of `columns`, as the SDK decodes them. */
  readonly rows: readonly (readonly unknown[])[];
  readonly stats: { readonly inserted: number; readonly deleted: number; readonly updated: number };
  readonly durationMicros: number;
}

export type LogLevel = 'Error' | 'Warn' | 'Info' | 'Debug' | 'Trace' | 'Panic';

/** One line of a database's log; the fields are those that `GET …/logs` answers with. */
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
  /** The newest `count` records, oldest first; all that are kept when `count` is absent. */
  tail(count?: number): readonly LogRecord[];
  /** Calls `listener` for each record from now on; returns how to stop that. */
  follow(listener: (record: LogRecord) => void): () => void;
}

/** A query or a statement that the database refuses; `message` is the text that the caller gets. */
export class SqlError extends Error {
  override readonly name = 'SqlError';
}

/** The database cannot do now what it is asked for; `message` is a sentence for the caller. */
export class UnavailableError extends Error {
  override readonly name = 'UnavailableError';
}

/** The database is there, but its program does not run; `message` is the sentence for the caller. */
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
   * Why the database takes no calls, in a sentence for anybody; absent while it runs. What needs the program throws
   * {@link DatabaseStoppedError} then.
   */
  readonly stopped?: string;
  /** Runs the module's `client_connected` for this client; refuses the connection id of one that is connected. */
  clientConnected(client: AuthenticatedClient): ConnectOutcome;
  /**
   * Runs the module's `client_disconnected`; does nothing for a client that is not connected.
   * @param client the very object that {@link clientConnected} was given
   */
  clientDisconnected(client: AuthenticatedClient): void;
  /** @param name canonical name of the reducer */
  callReducer(caller: Caller, name: string, args: CallArguments): ReducerOutcome;
  /** @throws {SqlError} when the statement is refused @throws {UnavailableError} when nothing can be changed now */
  sql(caller: Caller, statement: string): SqlResult;
  /**
   * Resolves when everything committed so far is on disk; at once for an in-memory database.
   *
   * @throws {UnavailableError} when the disk does not take it now
   */
  durable(): Promise<void>;
}
