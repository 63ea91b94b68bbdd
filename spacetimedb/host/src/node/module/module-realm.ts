import vm from 'node:vm';
import { BufferTooSmallError, HostCallError, errno } from '../../engine/abi/errno.ts';
import { isStackOverflow } from '../../engine/stack-overflow.ts';
import type { Syscalls } from '../../engine/abi/syscalls.ts';
import {
  CONTEXT_PRELUDE,
  FAILURE,
  RUN_SCRIPT,
  THREW,
  type ContextHost,
  type ContextTools,
} from './context-membrane.ts';
import { CALLS_IMPORT } from './import-calls.ts';
import { PROGRAM_NAME } from './stack.ts';

/** How many frames V8 keeps: the module's, and those of the host that lie above them. */
const TRACE_FRAMES = 24;

/** `node:vm` takes no more milliseconds than this. */
const LONGEST_TIMEOUT = 2 ** 32 - 1;

/** Milliseconds by which a timer may fire too early. */
const TIMER_PRECISION = 2;

/** The run was stopped wherever it was: it took longer than it may, or there was no stack left to begin it with. */
export class RunStopped extends Error {
  override readonly name = 'RunStopped';
  readonly reason: 'time' | 'stack';

  constructor(reason: 'time' | 'stack') {
    super(`stopped for want of ${reason}`);
    this.reason = reason;
  }
}

/** What module code threw, as text: the value itself stays in its context. */
export interface Thrown {
  readonly kind: 'sender' | 'panic' | 'refused';
  readonly text: string;
  /** V8's stack trace, or nothing. */
  readonly stack: string;
}

/**
 * One context of `node:vm` with a program in it, and the membrane around it: only primitives, and bytes that are copied,
 * go in and out. Values of the context are never looked into from here.
 */
export class ModuleRealm {
  readonly #context: vm.Context;
  readonly #tools: ContextTools;
  readonly #run = new vm.Script(RUN_SCRIPT, { filename: 'spacetimedb_run' });
  #transfer = new Uint8Array(0);
  #isRunning = false;
  /** What the last failed host call threw. */
  #failure: unknown;
  /** A failure of the host itself: the module must not be able to swallow it. */
  #hostFailure: Error | undefined;

  /** @param polyfills source of a script that completes the context's built-ins */
  constructor(polyfills: string, syscalls: Syscalls) {
    this.#context = vm.createContext(vm.constants.DONT_CONTEXTIFY, { microtaskMode: 'afterEvaluate' });
    vm.runInContext(polyfills, this.#context, { filename: 'spacetimedb_polyfills' });
    const prelude = vm.runInContext(CONTEXT_PRELUDE, this.#context, { filename: 'spacetimedb_prelude' }) as (
      host: ContextHost,
    ) => ContextTools;
    this.#tools = prelude(this.#makeHost(syscalls));
  }

  get promisePrototype(): object {
    return this.#tools.promisePrototype;
  }

  /** Compiles the body of a function of this context. @throws when V8 cannot parse it */
  compile(code: string, parameters: readonly string[]): unknown {
    const strict = "'use strict';";
    return vm.compileFunction(strict + code, [...parameters], {
      parsingContext: this.#context,
      filename: PROGRAM_NAME,
      columnOffset: -strict.length,
    });
  }

  /** Gives the next run its bytes, such as a reducer's arguments. */
  put(bytes: Uint8Array): void {
    this.#tools.reserve(bytes.length);
    this.#transfer.set(bytes);
  }

  /**
   * Does one `REQUEST` to its end, with the promises that it leaves.
   *
   * @param millis how long it may take
   * @returns what was thrown, if it was
   * @throws {RunStopped} after which this context must not be used any more
   */
  run(millis: number, request: number, ...values: unknown[]): Thrown | undefined {
    if (this.#isRunning) throw new Error('a module cannot be called while it runs');
    this.#isRunning = true;
    this.#hostFailure = undefined;
    this.#tools.prepare(request, ...(values as [unknown, unknown, unknown, unknown, unknown]));
    const frames = Error.stackTraceLimit;
    const start = performance.now();
    let status: unknown;
    try {
      status = this.#run.runInContext(this.#context, {
        displayErrors: false,
        ...(millis < LONGEST_TIMEOUT ? { timeout: Math.max(1, Math.ceil(millis)) } : {}),
      });
    } catch {
      // What the module throws does not get here. This is made by Node, but of the context's realm: not to be looked at.
      const isLate = performance.now() - start >= millis - TIMER_PRECISION;
      throw new RunStopped(isLate ? 'time' : 'stack');
    } finally {
      // A stopped run leaves without its own `finally`.
      Error.stackTraceLimit = frames;
      this.#isRunning = false;
    }
    if (this.#hostFailure) throw this.#hostFailure;
    if (status !== THREW) return undefined;
    const tools = this.#tools;
    return { kind: tools.failureKind(), text: tools.failureText(), stack: tools.failureStack() };
  }

  /** The bytes that the last run returned. */
  takeResult(): Uint8Array {
    const length = this.#tools.takeResult();
    return this.#transfer.slice(0, length);
  }

  #makeHost(syscalls: Syscalls): ContextHost {
    const encoder = new TextEncoder();
    const bytes = (length: number) => this.#transfer.subarray(0, length);
    return {
      useTransfer: (buffer) => {
        this.#transfer = new Uint8Array(buffer);
      },
      trace: traceOfProgram,
      callsImport: (code) => CALLS_IMPORT.test(code),
      encode: this.#guarded((text: string) => encoder.encodeInto(text, this.#transfer).written),
      decode: this.#guarded((length: number, fatal: boolean) => decodeUtf8(bytes(length), fatal)),
      failureCode: () => failureCode(this.#failure),
      failureMessage: () => (this.#failure instanceof Error ? this.#failure.message : ''),
      failureNeeded: () => {
        const failure = this.#failure;
        this.#failure = undefined;
        return failure instanceof BufferTooSmallError ? failure.needed : 0;
      },
      syscalls: this.#syscallsOver(syscalls, bytes),
    };
  }

  #syscallsOver(
    sys: Syscalls,
    bytes: (length: number) => Uint8Array,
  ): Record<string, (...args: never[]) => unknown> {
    const range =
      (
        call: 'datastore_index_scan_range_bsatn' | 'datastore_delete_by_index_scan_range_bsatn',
      ): ((...args: number[]) => number) =>
      (indexId = 0, prefixLen = 0, prefixElems = 0, rstartLen = 0, rendLen = 0) =>
        sys[call](
          indexId,
          bytes(prefixLen + rstartLen + rendLen),
          prefixLen,
          prefixElems,
          rstartLen,
          rendLen,
        );
    const calls: Record<keyof Syscalls, (...args: never[]) => unknown> = {
      table_id_from_name: (name: string) => sys.table_id_from_name(name),
      index_id_from_name: (name: string) => sys.index_id_from_name(name),
      datastore_table_row_count: (table: number) => sys.datastore_table_row_count(table),
      datastore_table_scan_bsatn: (table: number) => sys.datastore_table_scan_bsatn(table),
      datastore_index_scan_range_bsatn: range('datastore_index_scan_range_bsatn'),
      datastore_delete_by_index_scan_range_bsatn: range('datastore_delete_by_index_scan_range_bsatn'),
      datastore_index_scan_point_bsatn: (index: number, length: number) =>
        sys.datastore_index_scan_point_bsatn(index, bytes(length)),
      datastore_delete_by_index_scan_point_bsatn: (index: number, length: number) =>
        sys.datastore_delete_by_index_scan_point_bsatn(index, bytes(length)),
      row_iter_bsatn_advance: (iter: number, size: number) => sys.row_iter_bsatn_advance(iter, bytes(size)),
      row_iter_bsatn_close: (iter: number) => sys.row_iter_bsatn_close(iter),
      datastore_insert_bsatn: (table: number, length: number) =>
        sys.datastore_insert_bsatn(table, bytes(length)),
      datastore_update_bsatn: (table: number, index: number, length: number) =>
        sys.datastore_update_bsatn(table, index, bytes(length)),
      datastore_delete_all_by_eq_bsatn: (table: number, length: number) =>
        sys.datastore_delete_all_by_eq_bsatn(table, bytes(length)),
      datastore_clear: (table: number) => sys.datastore_clear(table),
      volatile_nonatomic_schedule_immediate: (name: string, length: number) =>
        sys.volatile_nonatomic_schedule_immediate(name, bytes(length)),
      console_log: (level: number, message: string) => sys.console_log(level, message),
      console_timer_start: (name: string) => sys.console_timer_start(name),
      console_timer_end: (span: number) => sys.console_timer_end(span),
      identity: () => sys.identity(),
      get_jwt_payload: (connectionId: bigint) => decodeUtf8(sys.get_jwt_payload(connectionId), false),
      procedure_start_mut_tx: () => sys.procedure_start_mut_tx(),
      procedure_commit_mut_tx: () => sys.procedure_commit_mut_tx(),
      procedure_abort_mut_tx: () => sys.procedure_abort_mut_tx(),
      procedure_http_request: () => {
        throw new HostCallError(errno.HTTP_ERROR);
      },
    };
    return Object.fromEntries(Object.entries(calls).map(([name, call]) => [name, this.#guarded(call)]));
  }

  /** Remembers what a host function throws, for the context to ask about: the error itself stays on this side. */
  #guarded<Args extends never[], Result>(run: (...args: Args) => Result): (...args: Args) => Result {
    return (...args) => {
      try {
        return run(...args);
      } catch (error) {
        this.#failure = error;
        if (failureCode(error) === errno.HOST_CALL_FAILURE && !(error instanceof HostCallError)) {
          this.#hostFailure = error as Error;
        }
        throw error;
      }
    };
  }
}

function failureCode(error: unknown): number {
  // Nothing was remembered: the stack was used up before the host function could begin.
  if (error === undefined || isStackOverflow(error)) return FAILURE.stackOverflow;
  if (error instanceof HostCallError) return error.code;
  if (error instanceof BufferTooSmallError) return FAILURE.bufferTooSmall;
  if (error instanceof TypeError) return FAILURE.typeError;
  if (error instanceof RangeError) return FAILURE.rangeError;
  return errno.HOST_CALL_FAILURE;
}

/**
 * The frames of the module's program on the stack, one a line.
 *
 * @param constructors how many constructors to leave out at most, if the trace begins with them
 */
export function traceOfProgram(constructors = 0): string {
  const { prepareStackTrace, stackTraceLimit } = Error;
  try {
    Error.stackTraceLimit = TRACE_FRAMES;
    // Formatting only the program's frames costs a fraction of what reading a `stack` does, for which Node looks up the
    // host's frames in their source maps.
    Error.prepareStackTrace = (_error, sites) => sites;
    const sites = new Error().stack as unknown as readonly NodeJS.CallSite[];
    const own = sites.filter((site) => site.getFileName() === PROGRAM_NAME);
    const lines = own.map((site) => `    at ${String(site)}`);
    let first = 0;
    while (first < constructors && /^\s*at new /.test(lines[first] ?? '')) first++;
    return lines.slice(first).join('\n');
  } finally {
    Error.prepareStackTrace = prepareStackTrace;
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** @throws {TypeError} when `fatal` and the bytes are not UTF-8 */
function decodeUtf8(bytes: Uint8Array, fatal: boolean): string {
  try {
    return new TextDecoder('utf-8', { fatal, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (isStackOverflow(error)) throw error;
    throw new TypeError('the data is not valid UTF-8', { cause: error });
  }
}
