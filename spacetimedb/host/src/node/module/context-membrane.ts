import { CONTEXT_GLOBALS } from './context-globals.ts';
import { CONTEXT_SYSCALLS } from './context-syscalls.ts';

/** The requests of the host to the code in the context. */
export const REQUEST = {
  load: 1,
  start: 2,
  callReducer: 3,
  callView: 4,
  callAnonymousView: 5,
  explainRejection: 6,
  callProcedure: 7,
  callHttpHandler: 8,
} as const;

/** The result of `run` when something was thrown. The details are in `failureKind` and its neighbours. */
export const THREW = -1;

/** The name of the function that `RUN_SCRIPT` calls. It does nothing when the module calls it. */
const RUN = '__spacetimedb_run__';
export const RUN_SCRIPT = `${RUN}()`;

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

${CONTEXT_SYSCALLS}

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

  /** Keeps a response and its body in one array: the response's length in four bytes, big-endian, then both. */
  function keepAnswer(answer) {
    const response = answer[0];
    const body = answer[1];
    if (apply(kindOfTypedArray, response, []) !== 'Uint8Array' || apply(kindOfTypedArray, body, []) !== 'Uint8Array') {
      throw new TypeError('an HTTP handler must return two Uint8Arrays');
    }
    const length = apply(lengthOfTypedArray, response, []);
    const kept = new Uint8Array(4 + length + apply(lengthOfTypedArray, body, []));
    for (let n = 0; n < 4; n++) kept[n] = length >>> (24 - 8 * n);
    apply(copyBytes, kept, [response, 4]);
    apply(copyBytes, kept, [body, 4 + length]);
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

  /** Runs after load, once the promises of the program's top level have run. */
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
    if (what === ${REQUEST.callHttpHandler}) {
      return keepAnswer(hooks.__call_http_handler__(a, b, bytesFromTransfer(c), bytesFromTransfer(d, c)));
    }
    if (what === ${REQUEST.explainRejection}) throw a;
    if (what === ${REQUEST.start}) return start();
    return load(a);
  }

  /** The value of a property, own or inherited, without calling a getter. V8 describes thrown values this way. */
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

  /** The last value that was thrown out of a function of the module, and the statements that it passed through. */
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
      // Only a reducer can refuse its caller; procedures and HTTP handlers return their answer.
      const isReducer = what !== ${REQUEST.callProcedure} && what !== ${REQUEST.callHttpHandler};
      if (isReducer && SenderError !== undefined && thrown instanceof SenderError) {
        failureText = String(thrown.message);
        failureKind = 'sender';
        return;
      }
      failureText = 'Uncaught ' + show(thrown);
      const stack = isObject(thrown) ? thrown.stack : undefined;
      if (typeof stack === 'string') failureStack = stack;
      else if (thrown === lastThrown) failureStack = lastStatements;
    } catch {
      // A getter of the module threw, so the description stays incomplete.
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
