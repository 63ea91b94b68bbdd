import vm from 'node:vm';
import { BufferTooSmallError, HostCallError, errno } from '../../engine/abi/errno.ts';
import { isStackOverflow } from '../../engine/stack-overflow.ts';
import type { HttpAnswer, Syscalls } from '../../engine/abi/syscalls.ts';
import {
  CONTEXT_PRELUDE,
  RUN_SCRIPT,
  THREW,
  type ContextHost,
  type ContextTools,
} from './context-membrane.ts';
import { FAILURE } from './context-syscalls.ts';
import { CALLS_IMPORT } from './import-calls.ts';
import { PROGRAM_PARAMETERS, type ModuleFunction } from './module-function.ts';
import { PROGRAM_NAME } from './stack.ts';

/** Number of frames that V8 keeps: the module's, and the host's above them. */
const TRACE_FRAMES = 24;

/** The longest timeout of `node:vm`, in milliseconds. */
const LONGEST_TIMEOUT = 2 ** 32 - 1;

/** A timer may fire this many milliseconds early. */
const TIMER_PRECISION = 2;

/** A run was stopped at an arbitrary point: its time was over, or there was no stack left to start it. */
export class RunStopped extends Error {
  override readonly name = 'RunStopped';
  readonly reason: 'time' | 'stack';

  constructor(reason: 'time' | 'stack') {
    super(`stopped for want of ${reason}`);
    this.reason = reason;
  }
}

/** An error of module code as text. The value itself stays in its context. */
export interface Thrown {
  readonly kind: 'sender' | 'panic' | 'refused';
  readonly text: string;
  /** V8's stack trace, or an empty string. */
  readonly stack: string;
}

const RUN = new vm.Script(RUN_SCRIPT, { filename: 'spacetimedb_run' });
const PRELUDE = new vm.Script(CONTEXT_PRELUDE, { filename: 'spacetimedb_prelude' });

/** The scripts of programs. V8 shares the compiled code of a script among all contexts that run it. */
const scripts = new WeakMap<ModuleFunction, vm.Script>();

/**
 * A script whose value is the program's function.
 *
 * @throws when V8 cannot parse the program as the body of a function, so that no program can end the function
 */
function scriptOf({ prefix, code }: ModuleFunction): vm.Script {
  const options = { filename: PROGRAM_NAME };
  vm.compileFunction(prefix + code, PROGRAM_PARAMETERS, { ...options, columnOffset: -prefix.length });
  const start = `(function (${PROGRAM_PARAMETERS.join(', ')}) {${prefix}`;
  return new vm.Script(`${start}${code}\n})`, { ...options, columnOffset: -start.length });
}

/**
 * A context of `node:vm` with a program, and the membrane around it: only primitives and copied bytes pass through.
 * Values of the context are never inspected from here.
 */
export class ModuleRealm {
  readonly #context: vm.Context;
  readonly #tools: ContextTools;
  #transfer = new Uint8Array(0);
  #isRunning = false;
  /** The error of the last failed host call. */
  #failure: unknown;
  /** An internal error of the host, which the module must not be able to catch. */
  #hostFailure: Error | undefined;

  /** @param polyfills source of a script that adds missing built-ins to the context */
  constructor(polyfills: string, syscalls: Syscalls) {
    this.#context = vm.createContext(vm.constants.DONT_CONTEXTIFY, { microtaskMode: 'afterEvaluate' });
    vm.runInContext(polyfills, this.#context, { filename: 'spacetimedb_polyfills' });
    const prelude = PRELUDE.runInContext(this.#context) as (host: ContextHost) => ContextTools;
    this.#tools = prelude(this.#makeHost(syscalls));
  }

  get promisePrototype(): object {
    return this.#tools.promisePrototype;
  }

  /** Compiles a program as a function of this context. @throws when V8 cannot parse it */
  compile(program: ModuleFunction): unknown {
    let script = scripts.get(program);
    if (!script) scripts.set(program, (script = scriptOf(program)));
    return script.runInContext(this.#context);
  }

  /** Passes bytes to the next run, such as a reducer's arguments; several arrays come one after the other. */
  put(...arrays: readonly Uint8Array[]): void {
    this.#tools.reserve(arrays.reduce((sum, { length }) => sum + length, 0));
    let length = 0;
    for (const bytes of arrays) {
      this.#transfer.set(bytes, length);
      length += bytes.length;
    }
  }

  /**
   * Runs one `REQUEST` and the promises that it leaves.
   *
   * @param millis time limit
   * @returns the error, if there was one
   * @throws {RunStopped} the context must not be used afterwards
   */
  run(millis: number, request: number, ...values: unknown[]): Thrown | undefined {
    if (this.#isRunning) throw new Error('a module cannot be called while it runs');
    this.#isRunning = true;
    this.#hostFailure = undefined;
    this.#tools.prepare(request, ...(values as [unknown, unknown, unknown, unknown, unknown]));
    const { prepareStackTrace, stackTraceLimit } = Error;
    const start = performance.now();
    let status: unknown;
    try {
      status = RUN.runInContext(this.#context, {
        displayErrors: false,
        ...(millis < LONGEST_TIMEOUT ? { timeout: Math.max(1, Math.ceil(millis)) } : {}),
      });
    } catch {
      // Errors of the module do not get here. Node created this one in the context's realm, so it must not be
      // inspected.
      const isLate = performance.now() - start >= millis - TIMER_PRECISION;
      throw new RunStopped(isLate ? 'time' : 'stack');
    } finally {
      // Host functions that a stopped run was in skip their own `finally`, such as that of `traceOfProgram`.
      Error.prepareStackTrace = prepareStackTrace;
      Error.stackTraceLimit = stackTraceLimit;
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
    let answer: HttpAnswer | undefined;
    const calls: Record<keyof Syscalls | 'take_http_answer', (...args: never[]) => unknown> = {
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
      procedure_http_request: (length: number, bodyLength: number) => {
        const body = this.#transfer.subarray(length, length + bodyLength);
        answer = sys.procedure_http_request(bytes(length), body);
        return answer.response.length + answer.body.length;
      },
      // Comes after the call above, when the buffer is large enough. @returns the length of the first part
      take_http_answer: () => {
        const { response, body } = answer as HttpAnswer;
        answer = undefined;
        this.#transfer.set(response);
        this.#transfer.set(body, response.length);
        return response.length;
      },
    };
    return Object.fromEntries(Object.entries(calls).map(([name, call]) => [name, this.#guarded(call)]));
  }

  /**
   * Saves the error of a host function, so that the context can ask for its code while the error stays on this side.
   */
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
  // No error was saved: the stack overflowed before the host function could start.
  if (error === undefined || isStackOverflow(error)) return FAILURE.stackOverflow;
  if (error instanceof HostCallError) return error.code;
  if (error instanceof BufferTooSmallError) return FAILURE.bufferTooSmall;
  if (error instanceof TypeError) return FAILURE.typeError;
  if (error instanceof RangeError) return FAILURE.rangeError;
  return errno.HOST_CALL_FAILURE;
}

/**
 * The frames of the module's program on the stack, one per line.
 *
 * @param constructors the maximum number of constructors to omit at the start of the trace
 */
export function traceOfProgram(constructors = 0): string {
  const { prepareStackTrace, stackTraceLimit } = Error;
  try {
    Error.stackTraceLimit = TRACE_FRAMES;
    // Formatting only the program's frames costs a fraction of reading a `stack`, because Node looks up the host's
    // frames in their source maps.
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
