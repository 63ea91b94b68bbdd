/**
 * Source code that runs first in a module's context. It saves the built-ins that the trusted code uses, so that a
 * module that patches prototypes has no effect on it, and closes the ways out of the context that V8 and Node leave
 * open.
 *
 * Handlers and descriptors have no prototype, because a module may put `get` or `set` on `Object.prototype`.
 */
export const CONTEXT_GLOBALS = String.raw`
  const { apply, construct, defineProperty, getOwnPropertyDescriptor, getPrototypeOf, setPrototypeOf } = Reflect;
  const { ArrayBuffer, DataView, Object, Promise, Proxy, String, Uint8Array } = globalThis;
  const { freeze, keys } = Object;
  const isView = ArrayBuffer.isView;
  const isPrototypeOf = Object.prototype.isPrototypeOf;
  const objectToString = Object.prototype.toString;
  const errorToString = globalThis.Error.prototype.toString;
  const functionToString = globalThis.Function.prototype.toString;
  const { startsWith } = String.prototype;
  const sort = globalThis.Array.prototype.sort;
  const { reject } = Promise;
  const { then } = Promise.prototype;
  const TypedArrayPrototype = getPrototypeOf(Uint8Array.prototype);
  const getterOf = (object, name) => getOwnPropertyDescriptor(object, name).get;
  const byteLengthOfBuffer = getterOf(ArrayBuffer.prototype, 'byteLength');
  const kindOfTypedArray = getterOf(TypedArrayPrototype, globalThis.Symbol.toStringTag);
  const lengthOfTypedArray = getterOf(TypedArrayPrototype, 'length');
  const typedArray = {
    buffer: getterOf(TypedArrayPrototype, 'buffer'),
    byteOffset: getterOf(TypedArrayPrototype, 'byteOffset'),
    byteLength: getterOf(TypedArrayPrototype, 'byteLength'),
  };
  const dataView = {
    buffer: getterOf(DataView.prototype, 'buffer'),
    byteOffset: getterOf(DataView.prototype, 'byteOffset'),
    byteLength: getterOf(DataView.prototype, 'byteLength'),
  };
  const copyBytes = TypedArrayPrototype.set;
  const ErrorPrototype = globalThis.Error.prototype;

  function define(object, name, value, isFixed = false) {
    defineProperty(object, name, {
      __proto__: null, value, writable: !isFixed, configurable: !isFixed, enumerable: false,
    });
  }

  // ---- Errors -------------------------------------------------------------------------------------------------

  // V8 formats a stack by calling a function of Node's, in the host's realm, when the stack is read. What that throws
  // (a stack overflow, a name that is a symbol) would reach the module. Without a limit that is data, V8 keeps no stack.
  const NativeError = globalThis.Error;
  defineProperty(NativeError, 'stackTraceLimit', {
    __proto__: null, get: () => 10, set() {}, configurable: false, enumerable: true,
  });
  if (new NativeError().stack !== undefined) throw 'this version of Node cannot isolate modules';

  // When a run takes too long, Node creates its error in this realm and sets a property of it, unguarded.
  defineProperty(NativeError.prototype, 'code', {
    __proto__: null, value: undefined, writable: true, configurable: false, enumerable: false,
  });

  function traceText(header, constructors) {
    try {
      const frames = host.trace(constructors);
      return frames === '' ? header : header + '\n' + frames;
    } catch {
      return header;
    }
  }

  function headerOf(error, name) {
    const own = getOwnPropertyDescriptor(error, 'message');
    return own !== undefined && typeof own.value === 'string' && own.value !== '' ? name + ': ' + own.value : name;
  }

  /** The number of constructors of the module's classes between newTarget and the native constructor. */
  function constructorsOf(newTarget, Traced) {
    let count = 0;
    for (let made = newTarget; made !== Traced && isObject(made) && count < 16; count++) made = getPrototypeOf(made);
    return count;
  }

  /** Wraps a native constructor so that error stacks are made here. A stack has no frames if the call stack is almost full. */
  function traced(Native, name) {
    const withStack = (error, constructors) => {
      define(error, 'stack', traceText(headerOf(error, name), constructors));
      return error;
    };
    const Traced = new Proxy(Native, {
      __proto__: null,
      apply: (target, self, args) => withStack(apply(target, self, args), 0),
      construct: (target, args, newTarget) =>
        withStack(construct(target, args, newTarget), constructorsOf(newTarget, Traced)),
    });
    define(Native.prototype, 'constructor', Traced);
    define(globalThis, name, Traced);
    return Traced;
  }

  define(NativeError, 'captureStackTrace', (object) => {
    if (!isObject(object)) throw new TypeError('Invalid argument');
    define(object, 'stack', traceText('Error', 0));
  });
  const Error = traced(NativeError, 'Error');
  for (const name of [
    'AggregateError', 'EvalError', 'RangeError', 'ReferenceError', 'SuppressedError', 'SyntaxError', 'TypeError', 'URIError',
  ]) {
    const Native = globalThis[name];
    if (typeof Native !== 'function') continue;
    traced(Native, name);
    setPrototypeOf(Native, Error);
  }
  const { RangeError, SyntaxError, TypeError } = globalThis;

  function isObject(value) {
    return typeof value === 'object' ? value !== null : typeof value === 'function';
  }

  // ---- Code from strings --------------------------------------------------------------------------------------

  /** Refuses code that calls import(), which would get a promise of the host's realm. */
  function checkedCode(text) {
    let imports = true;
    try { imports = host.callsImport(text); } catch {}
    if (imports) throw new TypeError('import() is not available in a module');
    return text;
  }

  function fencedConstructor(prototype, isWritable) {
    const Native = prototype.constructor;
    // Converted once, so that the checked text is compiled. No prototype, so that setters on Array.prototype do not run.
    const textsOf = (args) => {
      const texts = { __proto__: null, length: args.length };
      for (let n = 0; n < args.length; n++) texts[n] = checkedCode(${'`${args[n]}`'});
      return texts;
    };
    const Fenced = new Proxy(Native, {
      __proto__: null,
      apply: (target, _self, args) => construct(target, textsOf(args)),
      construct: (target, args, newTarget) => construct(target, textsOf(args), newTarget),
    });
    defineProperty(prototype, 'constructor', {
      __proto__: null, value: Fenced, writable: isWritable, configurable: true, enumerable: false,
    });
    return [Native, Fenced];
  }

  {
    const [, Function] = fencedConstructor(globalThis.Function.prototype, true);
    define(globalThis, 'Function', Function);
    for (const sample of [async function () {}, function* () {}, async function* () {}]) {
      const [Native] = fencedConstructor(getPrototypeOf(sample), false);
      setPrototypeOf(Native, Function);
    }
    const evaluate = globalThis.eval;
    const { eval: fencedEval } = {
      eval(text) { return typeof text === 'string' ? evaluate(checkedCode(text)) : text; },
    };
    define(globalThis, 'eval', fencedEval);
  }

  // ---- Code that would run outside of calls -------------------------------------------------------------------

  define(globalThis, 'FinalizationRegistry', class FinalizationRegistry {
    constructor(cleanup) {
      if (typeof cleanup !== 'function') throw new TypeError('FinalizationRegistry: cleanup must be callable');
    }
    register() {}
    unregister() { return false; }
    get [globalThis.Symbol.toStringTag]() { return 'FinalizationRegistry'; }
  });
  if (typeof globalThis.Atomics === 'object') delete globalThis.Atomics.waitAsync;
  if (typeof globalThis.WebAssembly === 'object') {
    const kept = {
      __proto__: null, validate: 1, Module: 1, Instance: 1, Memory: 1, Table: 1, Global: 1, Tag: 1, JSTag: 1,
      Exception: 1, CompileError: 1, LinkError: 1, RuntimeError: 1,
    };
    for (const name of Object.getOwnPropertyNames(globalThis.WebAssembly)) {
      if (!(name in kept)) delete globalThis.WebAssembly[name];
    }
  }
  delete globalThis.console;
  delete globalThis.ShadowRealm;

  // ---- What SpacetimeDB adds to V8 ----------------------------------------------------------------------------

  defineProperty(globalThis.Math, 'random', {
    __proto__: null,
    configurable: true,
    get() { throw new TypeError('Math.random is not available in a module: use ctx.random'); },
  });

  function viewOf(input) {
    if (input === undefined) return new Uint8Array(0);
    if (!isView(input)) return new Uint8Array(input, 0, apply(byteLengthOfBuffer, input, []));
    const parts = apply(kindOfTypedArray, input, []) === undefined ? dataView : typedArray;
    return new Uint8Array(
      apply(parts.buffer, input, []), apply(parts.byteOffset, input, []), apply(parts.byteLength, input, []),
    );
  }

  function encodeText(text) {
    // No UTF-16 unit takes more than three bytes.
    reserve(text.length * 3);
    return bytesFromTransfer(call(host.encode, text));
  }

  class TextEncoder {
    get encoding() { return 'utf-8'; }
    encode(text = '') { return encodeText(${'`${text}`'}); }
  }

  class TextDecoder {
    #fatal;
    constructor(label = 'utf-8', options = undefined) {
      if (label !== 'utf-8') throw new RangeError('The encoding label provided is invalid');
      this.#fatal = options !== undefined && options.fatal ? true : false;
      if (options !== undefined && options.ignoreBOM) throw new TypeError("Option 'ignoreBOM' not supported");
    }
    get encoding() { return 'utf-8'; }
    get fatal() { return this.#fatal; }
    get ignoreBOM() { return false; }
    decode(input, options = undefined) {
      if (options !== undefined && options.stream) throw new TypeError("Option 'stream' not supported");
      return call(host.decode, bytesToTransfer(viewOf(input)), this.#fatal);
    }
  }

  define(globalThis, 'TextEncoder', TextEncoder);
  define(globalThis, 'TextDecoder', TextDecoder);
`;
