import {
  ModulePanic,
  SenderErrorThrown,
  type HttpHandlerCall,
  type ModuleInstance,
  type ModuleOptions,
  type ProcedureCall,
  type ProcedureHost,
  type SourceLocation,
} from '../../engine/abi/module-instance.ts';
import type { HttpAnswer, Syscalls } from '../../engine/abi/syscalls.ts';
import { REQUEST } from './context-membrane.ts';
import { lowerProgram } from './lower.ts';
import type { ModuleFunction } from './module-function.ts';
import { ModuleRealm, RunStopped, traceOfProgram, type Thrown } from './module-realm.ts';
import { polyfillScript } from './prelude.ts';
import { ProcedurePool } from './procedure-pool.ts';
import { watchRejections } from './rejections.ts';
import { StackReader } from './stack.ts';
import type { CallMessage } from './thread-messages.ts';

type MakeHost = (currentLocation: () => SourceLocation) => ProcedureHost;

const NOWHERE: SourceLocation = {
  file: undefined,
  line: undefined,
  column: undefined,
  functionName: undefined,
};

/** No limits, and no listener for rejections. */
const DEFAULT_OPTIONS: ModuleOptions = {
  callMillis: Infinity,
  procedures: Infinity,
  procedureBytes: Infinity,
  onRejection: () => undefined,
};

/**
 * Loads a program into its own context, with only the globals of the real host. The context contains no object of the
 * host's realm, and each run of its code has a time limit. `node:vm` is not a security boundary of the operating
 * system, though: SECURITY.md says what this protects against.
 *
 * @param program UTF-8 source of one ES module
 * @param options time limit and rejection listener; none by default
 * @throws {ModulePanic} when it fails to evaluate or is not a SpacetimeDB module
 */
export async function loadModule(
  program: Uint8Array,
  syscalls: Syscalls,
  options: ModuleOptions = DEFAULT_OPTIONS,
): Promise<ModuleInstance> {
  const source = new TextDecoder().decode(program);
  let lowered;
  try {
    lowered = await lowerProgram(source);
  } catch (error) {
    throw new ModulePanic(`the program does not parse: ${(error as Error).message}`, [], { cause: error });
  }
  const stack = new StackReader(lowered.sourceMap, lowered.columnBefore);
  return new IsolatedModule(lowered, stack, await polyfillScript(), syscalls, options);
}

/** A realm in which the program has been evaluated. */
interface LoadedRealm {
  readonly realm: ModuleRealm;
  readonly stopWatching: () => void;
}

class IsolatedModule implements ModuleInstance {
  readonly #program: ModuleFunction;
  readonly #stack: StackReader;
  readonly #polyfills: string;
  readonly #syscalls: Syscalls;
  readonly #options: ModuleOptions;
  readonly #description: Uint8Array;
  readonly #procedures: ProcedurePool;
  /** Absent after a run was stopped, because what it left behind, such as promises, must not continue. */
  #loaded: LoadedRealm | undefined;

  constructor(
    program: ModuleFunction,
    stack: StackReader,
    polyfills: string,
    syscalls: Syscalls,
    options: ModuleOptions,
  ) {
    this.#program = program;
    this.#stack = stack;
    this.#polyfills = polyfills;
    this.#syscalls = syscalls;
    this.#options = options;
    this.#description = this.#load();
    this.#procedures = new ProcedurePool({
      program,
      polyfills,
      description: this.#description,
      callMillis: options.callMillis,
      procedures: options.procedures,
      memoryBytes: options.procedureBytes,
      onRejection: ({ thrown }) => options.onRejection(this.#panicOf(thrown)),
    });
  }

  describe(): Uint8Array {
    return this.#description;
  }

  restart(): void {
    if (this.#loaded) return;
    const description = this.#load();
    if (Buffer.compare(description, this.#description) === 0) return;
    this.#leaveRealm();
    throw new ModulePanic('The module was started again after it was stopped, and has another schema now');
  }

  callReducer(id: number, sender: bigint, connectionId: bigint, timestamp: bigint, args: Uint8Array): void {
    const { realm } = this.#running();
    realm.put(args);
    this.#run(realm, 'reducer', REQUEST.callReducer, id, sender, connectionId, timestamp, args.length);
  }

  callView(id: number, sender: bigint | undefined): Uint8Array {
    const { realm } = this.#running();
    if (sender === undefined) this.#run(realm, 'view', REQUEST.callAnonymousView, id);
    else this.#run(realm, 'view', REQUEST.callView, id, sender);
    return realm.takeResult();
  }

  callProcedure(call: ProcedureCall, makeHost: MakeHost): Promise<Uint8Array> {
    return this.#callInThread({ kind: 'procedure', ...call }, makeHost);
  }

  async callHttpHandler(call: HttpHandlerCall, makeHost: MakeHost): Promise<HttpAnswer> {
    // `keepAnswer` of the context puts the length of the response first.
    const bytes = Buffer.from(await this.#callInThread({ kind: 'HTTP handler', ...call }, makeHost));
    const end = 4 + bytes.readUInt32BE();
    return { response: bytes.subarray(4, end), body: bytes.subarray(end) };
  }

  async #callInThread(call: CallMessage, makeHost: MakeHost): Promise<Uint8Array> {
    let trace = '';
    const host = makeHost(() => this.#locationIn(trace));
    const outcome = await this.#procedures.call(call, {
      host,
      kind: call.kind,
      setTrace: (frames) => {
        trace = frames;
      },
    });
    if (outcome.tag === 'returned') return outcome.bytes;
    throw this.#panicOf(outcome.thrown);
  }

  currentLocation(): SourceLocation {
    return this.#locationIn(traceOfProgram());
  }

  #locationIn(trace: string): SourceLocation {
    // The first frame of the program is the library's `console`; the next one called it.
    const frames = this.#stack.frames(trace);
    return frames[1] ?? frames[0] ?? NOWHERE;
  }

  dispose(): void {
    this.#procedures.dispose();
    this.#leaveRealm();
  }

  #leaveRealm(): void {
    this.#loaded?.stopWatching();
    this.#loaded = undefined;
  }

  #running(): LoadedRealm {
    this.restart();
    return this.#loaded as LoadedRealm;
  }

  /** Evaluates the program in a new realm. @returns its description of itself */
  #load(): Uint8Array {
    const realm = new ModuleRealm(this.#polyfills, this.#syscalls);
    const stopWatching = watchRejections(realm.promisePrototype, (reason) => this.#rejected(realm, reason));
    this.#loaded = { realm, stopWatching };
    try {
      this.#run(realm, 'program', REQUEST.load, this.#compile(realm));
      this.#run(realm, 'program', REQUEST.start);
      return realm.takeResult();
    } catch (error) {
      this.#leaveRealm();
      throw error instanceof ModulePanic ? withTrace(error) : error;
    }
  }

  #compile(realm: ModuleRealm): unknown {
    try {
      return realm.compile(this.#program);
    } catch (error) {
      throw new ModulePanic(`the program does not parse: ${(error as Error).message}`, [], { cause: error });
    }
  }

  /** Runs module code and turns any error into one of the two that callers know. */
  #run(realm: ModuleRealm, what: string, request: number, ...values: unknown[]): void {
    const { callMillis } = this.#options;
    let thrown: Thrown | undefined;
    try {
      thrown = realm.run(callMillis, request, ...values);
    } catch (error) {
      if (!(error instanceof RunStopped)) throw error;
      this.#leaveRealm();
      throw new ModulePanic(
        error.reason === 'time'
          ? `The ${what} was stopped after ${callMillis} ms, the most that it may run (limit callMillis)`
          : `The ${what} could not be run: the stack was used up by what called it`,
      );
    }
    if (thrown) throw this.#errorOf(thrown);
  }

  #errorOf(thrown: Thrown): Error {
    return thrown.kind === 'sender' ? new SenderErrorThrown(thrown.text) : this.#panicOf(thrown);
  }

  #panicOf({ text, stack }: Thrown): ModulePanic {
    return new ModulePanic(text, this.#stack.frames(stack));
  }

  #rejected(realm: ModuleRealm, reason: unknown): void {
    // The realm of a stopped run is not used again, not even to read a promise's reason.
    if (realm !== this.#loaded?.realm) return;
    let error: ModulePanic;
    try {
      this.#run(realm, 'program', REQUEST.explainRejection, reason);
      return;
    } catch (caught) {
      error = caught instanceof ModulePanic ? caught : new ModulePanic((caught as Error).message);
    }
    this.#options.onRejection(error);
  }
}

/** The message contains the frames, because the publisher of a program that does not load has no log to read. */
function withTrace({ message, frames }: ModulePanic): ModulePanic {
  const lines = frames.map(
    ({ file, line, column, functionName }) =>
      `\n\tat ${functionName ?? '<anonymous>'} (${file}:${line}:${column})`,
  );
  return new ModulePanic(message + lines.join(''), frames);
}
