import { CONTEXT_GLOBALS } from './context-globals.ts';

/** The requests of the host to the code in the context. */
export const REQUEST = {
  load: 1,
  start: 2,
  callReducer: 3,
  callView: 4,
  callAnonymousView: 5,
  explainRejection: 6,
  callProcedure: 7,
} as const;

/** The result of `run` when something was thrown. The details are in `failureKind` and its neighbours. */
export const THREW = -1;

/** The name of the function that `RUN_SCRIPT` calls. It does nothing when the module calls it. */
const RUN = '__spacetimedb_run__';
export const RUN_SCRIPT = `${RUN}()`;

/** Why a host call failed, for `host.failureCode`. Positive numbers are an errno. */
export const FAILURE = { stackOverflow: 0, typeError: -1, rangeError: -2, bufferTooSmall: -3 } as const;

/**
 * The host's functions for the context. Only primitives go in and out. Lengths are those of data in the transfer
 * buffer.
 */
export interface ContextHost {
  /** Sets the buffer, of the context's realm, through which bytes are passed in both directions. */
  useTransfer(buffer: ArrayBuffer): void;
  /**
   * The frames of the module's program on the current stack, as V8 formats them.
   *
   * @param constructors the maximum number of constructors to omit at the start of the trace
   */
  trace(constructors: number): string;
  callsImport(code: string): boolean;
  encode(text: string): number;
  decode(length: number, fatal: boolean): string;
  failureCode(): number;
  failureMessage(): string;
  failureNeeded(): number;
  syscalls: Readonly<Record<string, (...args: never[]) => unknown>>;
}

/** The context's functions for the host. None of them runs module code, except through {@link RUN_SCRIPT}. */
export interface ContextTools {
  /** Sets what the next run of {@link RUN_SCRIPT} does. */
  prepare(request: number, a?: unknown, b?: unknown, c?: unknown, d?: unknown, e?: unknown): void;
  /** Makes the transfer buffer at least this large. */
  reserve(size: number): void;
  /** Copies the bytes that the last run returned into the transfer buffer. @returns their number */
  takeResult(): number;
  failureKind(): 'sender' | 'panic' | 'refused';
  failureText(): string;
  failureStack(): string;
  /** Identifies the context's promises. */
  readonly promisePrototype: object;
}

/**
 * A function of {@link ContextHost} that returns {@link ContextTools}. Everything that the module can reach is
 * created in here, in its own realm: the host's functions stay in closures, and their errors are replaced by errors
 * created here.
 */
export const CONTEXT_PRELUDE = `(function (host) {
  'use strict';
  ${CONTEXT_GLOBALS}

  // ---- Bytes ----------------------------------------------------------------------------------------------------

  let transferBuffer = new ArrayBuffer(65536);
  let transfer = new Uint8Array(transferBuffer);
  let capacity = 65536;
  host.useTransfer(transferBuffer);

  function reserve(size) {
    if (size <= capacity) return;
    const next = size > capacity * 2 ? size : capacity * 2;
    const buffer = new ArrayBuffer(next);
    const view = new Uint8Array(buffer);
    call(host.useTransfer, buffer);
    transferBuffer = buffer;
    transfer = view;
    capacity = next;
  }

  function bytesToTransfer(view) {
    const length = apply(lengthOfTypedArray, view, []);
    reserve(length);
    apply(copyBytes, transfer, [view]);
    return length;
  }

  /** The first bytes of a buffer of the module's. @throws {RangeError} when it is shorter */
  function bufferToTransfer(buffer, length) {
    apply(byteLengthOfBuffer, buffer, []);
    return bytesToTransfer(new Uint8Array(buffer, 0, number(length)));
  }

  function transferToBuffer(length, buffer) {
    if (length > 0) apply(copyBytes, new Uint8Array(buffer), [new Uint8Array(transferBuffer, 0, length)]);
  }

  function bytesFromTransfer(length, start = 0) {
    const bytes = new Uint8Array(length);
    apply(copyBytes, bytes, [new Uint8Array(transferBuffer, start, length)]);
    return bytes;
  }

  // ---- Host calls -------------------------------------------------------------------------------------------------

  let hooks;

  function call(hostFunction, a, b, c, d, e, f) {
    try {
      return hostFunction(a, b, c, d, e, f);
    } catch {
      // What the host threw is of its realm, and is not even looked at.
    }
    throw hostError();
  }

  function hostError() {
    let code = 0;
    let message = '';
    let needed = 0;
    try {
      code = host.failureCode();
      message = host.failureMessage();
      needed = host.failureNeeded();
    } catch {
      code = ${FAILURE.stackOverflow};
    }
    if (code === ${FAILURE.stackOverflow}) return new RangeError('Maximum call stack size exceeded');
    if (code === ${FAILURE.typeError}) return new TypeError(message);
    if (code === ${FAILURE.rangeError}) return new RangeError(message);
    if (code === ${FAILURE.bufferTooSmall}) return { __buffer_too_small__: needed };
    const Class = hooks === undefined ? Error : hooks.__get_error_constructor__(code);
    return new Class(message);
  }

  function number(value) {
    if (typeof value === 'number') return value;
    throw new TypeError('a host call takes a number here');
  }

  function bigint(value) {
    if (typeof value === 'bigint') return value;
    throw new TypeError('a host call takes a bigint here');
  }

  function text(value) {
    if (typeof value === 'string') return value;
    throw new TypeError('a host call takes a string here');
  }

  const sys = host.syscalls;

  function pointCall(hostFunction) {
    return (indexId, point, length) => call(hostFunction, number(indexId), bufferToTransfer(point, length));
  }

  function rangeCall(hostFunction) {
    return (indexId, buffer, prefixLength, prefixElements, startLength, endLength) => {
      const length = number(prefixLength) + number(startLength) + number(endLength);
      bufferToTransfer(buffer, length);
      return call(hostFunction, number(indexId), prefixLength, number(prefixElements), startLength, endLength);
    };
  }

  const sys20 = {
    __proto__: null,
    moduleHooks: globalThis.Symbol('SpacetimeDB.moduleHooks.v2'),
    table_id_from_name: (name) => call(sys.table_id_from_name, text(name)),
    index_id_from_name: (name) => call(sys.index_id_from_name, text(name)),
    datastore_table_row_count: (tableId) => call(sys.datastore_table_row_count, number(tableId)),
    datastore_table_scan_bsatn: (tableId) => call(sys.datastore_table_scan_bsatn, number(tableId)),
    datastore_index_scan_range_bsatn: rangeCall(sys.datastore_index_scan_range_bsatn),
    datastore_index_scan_point_bsatn: pointCall(sys.datastore_index_scan_point_bsatn),
    datastore_delete_by_index_scan_range_bsatn: rangeCall(sys.datastore_delete_by_index_scan_range_bsatn),
    datastore_delete_by_index_scan_point_bsatn: pointCall(sys.datastore_delete_by_index_scan_point_bsatn),
    row_iter_bsatn_advance: (iterator, buffer) => {
      const size = apply(byteLengthOfBuffer, buffer, []);
      reserve(size);
      const written = call(sys.row_iter_bsatn_advance, number(iterator), size);
      transferToBuffer(written < 0 ? -written : written, buffer);
      return written;
    },
    row_iter_bsatn_close: (iterator) => call(sys.row_iter_bsatn_close, number(iterator)),
    datastore_insert_bsatn: (tableId, row, length) => {
      const written = call(sys.datastore_insert_bsatn, number(tableId), bufferToTransfer(row, length));
      transferToBuffer(written, row);
      return written;
    },
    datastore_update_bsatn: (tableId, indexId, row, length) => {
      const bytes = bufferToTransfer(row, length);
      const written = call(sys.datastore_update_bsatn, number(tableId), number(indexId), bytes);
      transferToBuffer(written, row);
      return written;
    },
    datastore_delete_all_by_eq_bsatn: (tableId, relation, length) =>
      call(sys.datastore_delete_all_by_eq_bsatn, number(tableId), bufferToTransfer(relation, length)),
    volatile_nonatomic_schedule_immediate: (name, args) =>
      call(sys.volatile_nonatomic_schedule_immediate, text(name), bytesToTransfer(viewOf(args))),
    console_log: (level, message) => call(sys.console_log, number(level), String(message)),
    console_timer_start: (name) => call(sys.console_timer_start, String(name)),
    console_timer_end: (span) => call(sys.console_timer_end, number(span)),
    identity: () => call(sys.identity),
    get_jwt_payload: (connectionId) => encodeText(call(sys.get_jwt_payload, bigint(connectionId))),
    procedure_start_mut_tx: () => call(sys.procedure_start_mut_tx),
    procedure_commit_mut_tx: () => call(sys.procedure_commit_mut_tx),
    procedure_abort_mut_tx: () => call(sys.procedure_abort_mut_tx),
    procedure_http_request: (request, body) => {
      const head = viewOf(request);
      const content = typeof body === 'string' ? encodeText(body) : viewOf(body);
      const headLength = apply(lengthOfTypedArray, head, []);
      const contentLength = apply(lengthOfTypedArray, content, []);
      reserve(headLength + contentLength);
      apply(copyBytes, transfer, [head]);
      apply(copyBytes, transfer, [content, headLength]);
      const length = call(sys.procedure_http_request, headLength, contentLength);
      reserve(length);
      const responseLength = call(sys.take_http_answer);
      return [bytesFromTransfer(responseLength), bytesFromTransfer(length - responseLength, responseLength)];
    },
  };
  const modules = {
    __proto__: null,
    'spacetime:sys@2.0': freeze(sys20),
    'spacetime:sys@2.1': freeze({
      __proto__: null,
      datastore_clear: (tableId) => call(sys.datastore_clear, number(tableId)),
    }),
  };

  function importFrom(name, ...names) {
    const module = modules[name];
    if (module === undefined) throw new TypeError(whyMissing(name));
    for (let n = 0; n < names.length; n++) {
      if (names[n] in module) continue;
      const missing = "' does not provide an export named '" + names[n] + "'";
      throw new SyntaxError("The requested module '" + name + missing);
    }
    return module;
  }

  function whyMissing(name) {
    const quoted = '"' + name + '"';
    if (apply(startsWith, name, ['spacetime:sys@1.'])) {
      return 'Could not import ' + quoted + ': the module was built with version 1 of the spacetimedb library, and this' +
        ' host runs modules of version 2; update the library and build the module again';
    }
    if (apply(startsWith, name, ['spacetime:sys@'])) {
      return 'Could not import ' + quoted + ', likely because this module was built for a newer version of SpacetimeDB';
    }
    return 'Could not find module ' + quoted;
  }

  const refuseImport = () =>
    apply(reject, Promise, [new TypeError('import() is not available in a module')]);

  // ---- What the host asks for -------------------------------------------------------------------------------------

  const moduleHooks = sys20.moduleHooks;
  let request = 0;
  let a, b, c, d, e;
  let result = new Uint8Array(0);
  let failureKind = 'panic';
  let failureText = '';
  let failureStack = '';
  let argsBuffer = new ArrayBuffer(4096);

  function argsFromTransfer(length) {
    if (length > apply(byteLengthOfBuffer, argsBuffer, [])) argsBuffer = new ArrayBuffer(length);
    transferToBuffer(length, argsBuffer);
    return new DataView(argsBuffer, 0, length);
  }

  function keep(bytes) {
    if (apply(kindOfTypedArray, bytes, []) !== 'Uint8Array') throw new TypeError('a hook must return a Uint8Array');
    const kept = new Uint8Array(apply(lengthOfTypedArray, bytes, []));
    apply(copyBytes, kept, [bytes]);
    result = kept;
    return 0;
  }

  function refuse(why) {
    failureKind = 'refused';
    failureText = why;
    return ${THREW};
  }

  let exported;
  let isPending = false;
  let loadFailure;

  function load(program) {
    const keepExports = (values) => { exported = values; };
    const promise = program(importFrom, keepExports, refuseImport, { __proto__: null }, noteThrown);
    if (promise === undefined) return 0;
    isPending = true;
    const settle = () => { isPending = false; };
    const fail = (reason) => { isPending = false; loadFailure = { __proto__: null, reason }; };
    apply(then, promise, [settle, fail]);
    return 0;
  }

  /** Comes after load, when the promises of the program's top level have been run. */
  function start() {
    if (loadFailure !== undefined) throw loadFailure.reason;
    if (isPending) {
      return refuse('The module has a top-level await that is still pending: nothing that it waits for can happen');
    }
    // An ES module's namespace lists its exports by name, and the ids of reducers follow that order.
    const namespace = { __proto__: null };
    const names = apply(sort, keys(exported), []);
    for (let n = 0; n < names.length; n++) namespace[names[n]] = exported[names[n]];
    const main = namespace.default;
    if (main === undefined) return refuse('The module must export its schema as default export');
    const getHooks = isObject(main) ? main[moduleHooks] : undefined;
    if (typeof getHooks !== 'function') return refuse('The default export is not a Schema object');
    hooks = apply(getHooks, main, [namespace]);
    return keep(hooks.__describe_module__());
  }

  function dispatch(what, a, b, c, d, e) {
    if (what === ${REQUEST.callReducer}) {
      hooks.__call_reducer__(a, b, c, d, argsFromTransfer(e));
      return 0;
    }
    if (what === ${REQUEST.callView}) return keep(hooks.__call_view__(a, b, new Uint8Array(0)).data);
    if (what === ${REQUEST.callAnonymousView}) return keep(hooks.__call_view_anon__(a, new Uint8Array(0)).data);
    if (what === ${REQUEST.callProcedure}) {
      return keep(hooks.__call_procedure__(a, b, c, d, bytesFromTransfer(e)));
    }
    if (what === ${REQUEST.explainRejection}) throw a;
    if (what === ${REQUEST.start}) return start();
    return load(a);
  }

  /** The value of a property, own or inherited, without calling a getter: V8 describes what is thrown like this. */
  function dataOf(object, name) {
    for (let holder = object; holder !== null; holder = getPrototypeOf(holder)) {
      const property = getOwnPropertyDescriptor(holder, name);
      if (property !== undefined) return property.value;
    }
    return undefined;
  }

  function textOf(value) {
    return value === undefined ? '' : show(value);
  }

  /** The newest thing that was thrown out of a function of the module, and the statements that it came through. */
  let lastThrown;
  let lastStatements = '';
  let statementCount = 0;

  function noteThrown(thrown, place, name) {
    if (lastThrown !== thrown || statementCount === 0) {
      lastThrown = thrown;
      lastStatements = '';
      statementCount = 0;
    }
    if (statementCount++ < 24) {
      const at = 'statement:' + ((place >>> 10) + 1) + ':' + ((place & 1023) + 1);
      lastStatements += '\\n    at ' + (name === '' ? at : name + ' (' + at + ')');
    }
    return thrown;
  }

  function show(thrown) {
    if (!isObject(thrown)) return String(thrown);
    if (typeof thrown === 'function') return apply(functionToString, thrown, []);
    const toString = dataOf(thrown, 'toString');
    if (apply(isPrototypeOf, ErrorPrototype, [thrown]) || toString === errorToString) {
      const name = textOf(dataOf(thrown, 'name'));
      const message = textOf(dataOf(thrown, 'message'));
      return name === '' || message === '' ? name + message : name + ': ' + message;
    }
    const maker = toString === objectToString ? dataOf(thrown, 'constructor') : undefined;
    const name = typeof maker === 'function' ? dataOf(maker, 'name') : undefined;
    return typeof name === 'string' && name !== '' ? '#<' + name + '>' : apply(objectToString, thrown, []);
  }

  function explain(thrown, what) {
    failureKind = 'panic';
    failureStack = '';
    failureText = 'Uncaught exception that cannot be described';
    try {
      const SenderError = hooks === undefined ? undefined : hooks.__sender_error_class__;
      // Only a reducer can refuse its caller: a procedure returns what it has to say.
      if (what !== ${REQUEST.callProcedure} && SenderError !== undefined && thrown instanceof SenderError) {
        failureText = String(thrown.message);
        failureKind = 'sender';
        return;
      }
      failureText = 'Uncaught ' + show(thrown);
      const stack = isObject(thrown) ? thrown.stack : undefined;
      if (typeof stack === 'string') failureStack = stack;
      else if (thrown === lastThrown) failureStack = lastStatements;
    } catch {
      // A getter of the module's own threw: what is known by now has to do.
    }
  }

  function run() {
    const what = request;
    if (what === 0) return 0;
    request = 0;
    const first = a;
    a = undefined;
    lastThrown = undefined;
    statementCount = 0;
    try {
      return dispatch(what, first, b, c, d, e);
    } catch (thrown) {
      explain(thrown, what);
      return ${THREW};
    }
  }
  define(globalThis, '${RUN}', run, true);

  return {
    __proto__: null,
    prepare(what, first, second, third, fourth, fifth) {
      a = first; b = second; c = third; d = fourth; e = fifth;
      request = what;
    },
    reserve,
    takeResult() {
      const length = bytesToTransfer(result);
      result = new Uint8Array(0);
      return length;
    },
    failureKind: () => failureKind,
    failureText: () => failureText,
    failureStack: () => failureStack,
    promisePrototype: Promise.prototype,
  };
})`;
