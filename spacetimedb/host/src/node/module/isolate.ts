import vm from 'node:vm';
import { BufferTooSmallError, HostCallError, errno } from '../../engine/abi/errno.ts';
import {
  ModulePanic,
  SenderErrorThrown,
  type ModuleInstance,
  type SourceLocation,
} from '../../engine/abi/module-instance.ts';
import { SYS_2_0, SYS_2_1, type Syscalls } from '../../engine/abi/syscalls.ts';
import { lowerProgram } from './lower.ts';
import { CONTEXT_PRELUDE, polyfillScript } from './prelude.ts';
import { runningFrames } from './running-frames.ts';
import { PROGRAM_NAME, StackReader } from './stack.ts';

/** The real host allows itself no more for one call's arguments before it allocates anew; so do we. */
const ARGS_BUFFER_BYTES = 4096;

/** These return bytes, which must become an array of the module's own context. */
const RETURNING_BYTES: ReadonlySet<keyof Syscalls> = new Set(['get_jwt_payload']);

/** The hooks that `ModuleHooks` of the module library requires. */
interface Hooks {
  __describe_module__(): Uint8Array;
  __get_error_constructor__(code: number): new (message: string) => Error;
  readonly __sender_error_class__: abstract new (message: string) => Error;
  __call_view__(id: number, sender: bigint, args: Uint8Array): { data: Uint8Array };
  __call_view_anon__(id: number, args: Uint8Array): { data: Uint8Array };
  __call_reducer__(id: number, sender: bigint, connectionId: bigint, timestamp: bigint, args: DataView): void;
}

interface ContextTools {
  syscall(call: (...args: never[]) => unknown): unknown;
  copied(call: unknown): unknown;
  object(): Record<string | symbol, unknown>;
  onError(constructor: (code: number) => new (message: string) => Error): void;
  dataView(length: number): DataView;
  isObject(value: unknown): boolean;
}

/**
 * Loads a program into a context of its own, with only the globals that the real host gives, so that what would
 * fail on SpacetimeDB fails here too. It is a fence against mistakes and not against malice: `node:vm` is no security
 * boundary, and a module published here is trusted like any code that one runs.
 *
 * @throws {ModulePanic} when it does not evaluate, or is not a SpacetimeDB module
 */
export async function loadModule(program: Uint8Array, syscalls: Syscalls): Promise<ModuleInstance> {
  const source = new TextDecoder().decode(program);
  let lowered;
  try {
    lowered = await lowerProgram(source);
  } catch (error) {
    throw new ModulePanic(`the program does not parse: ${(error as Error).message}`, [], { cause: error });
  }
  return new IsolatedModule(
    lowered.code,
    new StackReader(lowered.sourceMap),
    await polyfillScript(),
    syscalls,
  );
}

class IsolatedModule implements ModuleInstance {
  readonly #stack: StackReader;
  readonly #hooks: Hooks;
  readonly #tools: ContextTools;
  /** A failure of the host itself: the module must not be able to swallow it. */
  #hostFailure: Error | undefined;
  #args: DataView;

  constructor(code: string, stack: StackReader, polyfills: string, syscalls: Syscalls) {
    this.#stack = stack;
    const context = vm.createContext();
    vm.runInContext(polyfills, context, { filename: 'spacetimedb_polyfills' });
    const prelude = vm.runInContext(CONTEXT_PRELUDE, context, { filename: 'spacetimedb_prelude' });
    this.#tools = prelude({
      encodeUtf8,
      encodeUtf8Into,
      decodeUtf8,
      describeFailure: (error: unknown) => this.#describeFailure(error),
    });
    this.#args = this.#tools.dataView(ARGS_BUFFER_BYTES);
    this.#hooks = this.#guard(() => this.#evaluate(code, context, syscalls));
    this.#tools.onError((errorCode) => this.#hooks.__get_error_constructor__(errorCode));
  }

  describe(): Uint8Array {
    // A copy: the module's array lives in its own context.
    return this.#guard(() => new Uint8Array(this.#hooks.__describe_module__()));
  }

  callReducer(id: number, sender: bigint, connectionId: bigint, timestamp: bigint, args: Uint8Array): void {
    if (args.length > this.#args.buffer.byteLength) this.#args = this.#tools.dataView(args.length);
    new Uint8Array(this.#args.buffer).set(args);
    const view = this.#viewOfArgs(args.length);
    this.#guard(() => this.#hooks.__call_reducer__(id, sender, connectionId, timestamp, view));
  }

  callView(id: number, sender: bigint | undefined): Uint8Array {
    const noArgs = new Uint8Array(this.#viewOfArgs(0).buffer, 0, 0);
    return this.#guard(() => {
      const { data } =
        sender === undefined
          ? this.#hooks.__call_view_anon__(id, noArgs)
          : this.#hooks.__call_view__(id, sender, noArgs);
      return new Uint8Array(data);
    });
  }

  currentLocation(): SourceLocation {
    // The first frame in the program is the library's `console`, the one below it called that.
    const frames = this.#stack.frames(runningFrames(2));
    return frames[1] ?? frames[0] ?? { file: undefined, line: undefined, functionName: undefined };
  }

  #viewOfArgs(length: number): DataView {
    const whole = this.#args;
    const DataViewOfContext = whole.constructor as typeof DataView;
    return new DataViewOfContext(whole.buffer, 0, length);
  }

  #evaluate(code: string, context: vm.Context, syscalls: Syscalls): Hooks {
    const moduleHooks = Symbol('SpacetimeDB.moduleHooks.v2');
    const sys = this.#makeSysModules(syscalls, moduleHooks);
    const require = (name: string): unknown => {
      const found = sys.get(name);
      if (found) return found;
      const newer = /^spacetime:sys@/.test(name);
      throw new TypeError(
        newer
          ? `Could not find module "${name}": the module was likely built for a newer version of SpacetimeDB`
          : `Could not find module "${name}"`,
      );
    };
    const evaluated = this.#tools.object();
    const run = vm.compileFunction(code, ['require', 'exports'], {
      parsingContext: context,
      filename: PROGRAM_NAME,
    });
    run(require, evaluated);

    const exports = this.#asNamespace(evaluated);
    const main = exports['default'];
    if (main === undefined) throw new ModulePanic('The module must export its schema as default export');
    const getHooks = this.#tools.isObject(main) ? (main as Record<symbol, unknown>)[moduleHooks] : undefined;
    if (typeof getHooks !== 'function') throw new ModulePanic('The default export is not a Schema object');
    return getHooks.call(main, exports) as Hooks;
  }

  /** An ES module's namespace lists its exports by name, and the ids of reducers follow that order. */
  #asNamespace(evaluated: Record<string, unknown>): Record<string, unknown> {
    const namespace = this.#tools.object() as Record<string, unknown>;
    for (const name of Object.keys(evaluated).sort()) namespace[name] = evaluated[name];
    return namespace;
  }

  #makeSysModules(syscalls: Syscalls, moduleHooks: symbol): Map<string, unknown> {
    const version = (names: readonly (keyof Syscalls)[]): Record<string, unknown> => {
      const exports = this.#tools.object() as Record<string, unknown>;
      for (const name of names) {
        const wrapped = this.#tools.syscall(syscalls[name].bind(syscalls) as (...args: never[]) => unknown);
        exports[name] = RETURNING_BYTES.has(name) ? this.#tools.copied(wrapped) : wrapped;
      }
      return exports;
    };
    return new Map([
      ['spacetime:sys@2.0', { ...version(SYS_2_0), moduleHooks }],
      ['spacetime:sys@2.1', version(SYS_2_1)],
    ]);
  }

  /** Runs module code and turns whatever comes out of it into one of the two errors that a caller knows. */
  #guard<T>(run: () => T): T {
    this.#hostFailure = undefined;
    try {
      const result = run();
      if (this.#hostFailure) throw this.#hostFailure;
      return result;
    } catch (error) {
      if (this.#hostFailure) throw this.#hostFailure;
      throw this.#translate(error);
    }
  }

  #translate(error: unknown): Error {
    if (error instanceof ModulePanic) return error;
    if (this.#isSenderError(error)) return new SenderErrorThrown(String((error as Error).message));
    const stack = (error as { stack?: unknown } | null)?.stack;
    const frames = typeof stack === 'string' ? this.#stack.frames(stack) : [];
    return new ModulePanic(`Uncaught ${describeThrown(error)}`, frames, { cause: error });
  }

  #isSenderError(error: unknown): boolean {
    // There are no hooks yet while the program itself is evaluated.
    const senderError = (this.#hooks as Hooks | undefined)?.__sender_error_class__;
    return senderError !== undefined && error instanceof senderError;
  }

  #describeFailure(error: unknown): { code?: number; kind?: string; needed?: number; message: string } {
    if (error instanceof BufferTooSmallError) return { needed: error.needed, message: error.message };
    if (error instanceof HostCallError) return { code: error.code, message: error.message };
    if (error instanceof TypeError || error instanceof RangeError) {
      return { kind: error.name, message: error.message };
    }
    this.#hostFailure = error as Error;
    return { code: errno.HOST_CALL_FAILURE, message: (error as Error).message };
  }
}

function describeThrown(error: unknown): string {
  const { name, message } = (error ?? {}) as { name?: unknown; message?: unknown };
  return message === undefined ? String(error) : `${String(name ?? 'Error')}: ${String(message)}`;
}

function encodeUtf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function encodeUtf8Into(text: string, space: number): { read: number; written: number; bytes: Uint8Array } {
  const bytes = new Uint8Array(space);
  const { read, written } = new TextEncoder().encodeInto(text, bytes);
  return { read, written, bytes: bytes.subarray(0, written) };
}

/** `undefined` when `fatal` and the bytes are not UTF-8. */
function decodeUtf8(bytes: Uint8Array, fatal: boolean): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal }).decode(bytes);
  } catch {
    return undefined;
  }
}
