import type { HostEnvironment } from './host-environment.ts';
import type { HttpAnswer, Syscalls } from './syscalls.ts';

/** A place in the module's source code. */
export interface SourceLocation {
  readonly file: string | undefined;
  readonly line: number | undefined;
  readonly column: number | undefined;
  readonly functionName: string | undefined;
}

/** The message that callers see for every failure except a `SenderError`. The log has the details. */
export const FATAL_ERROR = 'The instance encountered a fatal error.';

/** The module threw a `SenderError`. Its text is meant for the caller. */
export class SenderErrorThrown extends Error {
  override readonly name = 'SenderErrorThrown';
}

/**
 * The module threw any other error, or could not be loaded. `message` and `frames` are for its author, not for
 * callers.
 */
export class ModulePanic extends Error {
  override readonly name = 'ModulePanic';
  readonly frames: readonly SourceLocation[];

  constructor(message: string, frames: readonly SourceLocation[] = [], options?: ErrorOptions) {
    super(message, options);
    this.frames = frames;
  }
}

/** One call of a procedure. */
export interface ProcedureCall {
  readonly id: number;
  /** The caller's identity as a number. */
  readonly sender: bigint;
  /** `0n` for none. */
  readonly connectionId: bigint;
  /** Microseconds since the Unix epoch. */
  readonly timestamp: bigint;
  /** BSATN of the arguments, as one product. */
  readonly args: Uint8Array;
}

/** One request to an HTTP handler. */
export interface HttpHandlerCall {
  readonly id: number;
  /** Microseconds since the Unix epoch. */
  readonly timestamp: bigint;
  /** BSATN of an `HttpRequest`. */
  readonly request: Uint8Array;
  readonly body: Uint8Array;
}

/** What one running procedure or HTTP handler may do. */
export interface ProcedureHost {
  readonly environment: HostEnvironment;
  /**
   * Opens a transaction, runs `serve`, and commits unless `serve` returns false.
   *
   * @param serve answers the module's host calls; gets the time, in microseconds
   * @throws {HostCallError} when the transaction cannot be committed
   */
  transaction(serve: (timestamp: bigint) => boolean): void;
  /** Sends an HTTP request. @throws {HostCallError} HTTP_ERROR */
  fetch(request: Uint8Array, body: Uint8Array): Promise<HttpAnswer>;
  /** The call ended with an open transaction, which was rolled back. */
  danglingTransaction(): void;
}

/** A loaded module that can be called (the hooks of `ModuleHooks` in the library's `sys.d.ts`). */
export interface ModuleInstance {
  /** BSATN of the module's `RawModuleDef`. */
  describe(): Uint8Array;
  /**
   * Runs one reducer.
   *
   * @param sender the caller's identity as a number
   * @param connectionId `0n` for none
   * @param timestamp microseconds since the Unix epoch
   * @param args BSATN of the arguments, as one product
   * @throws {SenderErrorThrown} @throws {ModulePanic}
   */
  callReducer(id: number, sender: bigint, connectionId: bigint, timestamp: bigint, args: Uint8Array): void;
  /**
   * Evaluates one view.
   *
   * @param id position among the views of its kind
   * @param sender the identity whose rows to return; absent for an anonymous view
   * @returns BSATN of a `ViewResultHeader` and its payload
   * @throws {SenderErrorThrown} @throws {ModulePanic}
   */
  callView(id: number, sender: bigint | undefined): Uint8Array;
  /**
   * Runs a procedure, in a thread with its own copy of the module's variables.
   *
   * @param makeHost gets a function that returns the source location of the procedure's running host call
   * @returns BSATN of what the procedure returned
   * @throws {ModulePanic} when it throws, is stopped, or the module is disposed of
   */
  callProcedure(
    call: ProcedureCall,
    makeHost: (currentLocation: () => SourceLocation) => ProcedureHost,
  ): Promise<Uint8Array>;
  /**
   * Lets an HTTP handler answer a request, in a thread like a procedure.
   *
   * @throws {ModulePanic} when it throws, is stopped, or the module is disposed of
   */
  callHttpHandler(
    call: HttpHandlerCall,
    makeHost: (currentLocation: () => SourceLocation) => ProcedureHost,
  ): Promise<HttpAnswer>;
  /** The source location of the running host call. */
  currentLocation(): SourceLocation;
  /**
   * Evaluates the program again if its time limit stopped the last run; otherwise does nothing. Calls do this
   * themselves. Calling it before a transaction keeps the program's top level out of that transaction.
   *
   * @throws {ModulePanic}
   */
  restart(): void;
  /** Frees the module. Call no other method afterwards. */
  dispose(): void;
}

export interface ModuleOptions {
  /** Milliseconds that one run of module code may take: its top level, a reducer or a view. */
  readonly callMillis: number;
  /** Procedures and HTTP handlers that may run at the same time. Others wait. */
  readonly procedures: number;
  /** Bytes that the values of each of them may take. */
  readonly procedureBytes: number;
  /** Called for each unhandled promise rejection in the module. */
  readonly onRejection: (reason: ModulePanic) => void;
}

/**
 * Evaluates a program.
 *
 * @param program UTF-8 source of one ES module
 * @throws {ModulePanic} when it fails to evaluate or is not a SpacetimeDB module
 */
export type ModuleLoader = (
  program: Uint8Array,
  syscalls: Syscalls,
  options: ModuleOptions,
) => Promise<ModuleInstance>;
