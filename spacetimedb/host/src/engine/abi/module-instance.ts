import type { Syscalls } from './syscalls.ts';

/** Where in the module's sources something happened. */
export interface SourceLocation {
  readonly file: string | undefined;
  readonly line: number | undefined;
  readonly functionName: string | undefined;
}

/** What callers are told of every failure that is not a `SenderError`; the log has the rest. */
export const FATAL_ERROR = 'The instance encountered a fatal error.';

/** The module threw a `SenderError`: the text is for the caller. */
export class SenderErrorThrown extends Error {
  override readonly name = 'SenderErrorThrown';
}

/** The module threw anything else, or could not be loaded. `message` and `frames` are for its author, not for callers. */
export class ModulePanic extends Error {
  override readonly name = 'ModulePanic';
  readonly frames: readonly SourceLocation[];

  constructor(message: string, frames: readonly SourceLocation[] = [], options?: ErrorOptions) {
    super(message, options);
    this.frames = frames;
  }
}

/** A module, loaded and ready to be called (the hooks of `ModuleHooks` in the library's `sys.d.ts`). */
export interface ModuleInstance {
  /** BSATN of the module's `RawModuleDef`. */
  describe(): Uint8Array;
  /**
   * Runs one reducer to its end.
   *
   * @param sender the caller's identity, as a number
   * @param connectionId `0n` for none
   * @param timestamp microseconds since the Unix epoch
   * @param args BSATN of the arguments, as one product
   * @throws {SenderErrorThrown} @throws {ModulePanic}
   */
  callReducer(id: number, sender: bigint, connectionId: bigint, timestamp: bigint, args: Uint8Array): void;
  /**
   * Computes one view.
   *
   * @param id its position among the views of its kind
   * @param sender whose rows they are; absent for an anonymous view
   * @returns BSATN of a `ViewResultHeader` and what follows it
   * @throws {SenderErrorThrown} @throws {ModulePanic}
   */
  callView(id: number, sender: bigint | undefined): Uint8Array;
  /** Where in the module's sources the running host call was made from. */
  currentLocation(): SourceLocation;
  /**
   * Evaluates the program again if the last run was stopped by its time limit, and does nothing otherwise. Calls do this
   * by themselves; done before a transaction begins, the program's top level runs outside of it.
   *
   * @throws {ModulePanic}
   */
  restart(): void;
  /** Lets go of everything. No other method may be called afterwards. */
  dispose(): void;
}

export interface ModuleOptions {
  /** Milliseconds that one run of the module's code may take: its top level, a reducer, a view. */
  readonly callMillis: number;
  /** Is told of each promise that the module rejected and nobody handled. */
  readonly onRejection: (reason: ModulePanic) => void;
}

/**
 * Evaluates a program and returns it ready to be called.
 *
 * @param program UTF-8 source of one ES module
 * @throws {ModulePanic} when it does not evaluate, or is not a SpacetimeDB module
 */
export type ModuleLoader = (
  program: Uint8Array,
  syscalls: Syscalls,
  options: ModuleOptions,
) => Promise<ModuleInstance>;
