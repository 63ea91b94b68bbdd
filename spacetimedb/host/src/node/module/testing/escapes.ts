/**
 * Ways in which a module might try to reach the host's realm, for tests. Each is the body of an async function with
 * three arguments: `leak`, to report what was found, `ctx` of a reducer, and `sys`, the host calls. Whatever it
 * throws is reported too.
 */
export const ESCAPES: Readonly<Record<string, string>> = {
  'the constructor of the global object': 'leak(globalThis, globalThis.constructor)',
  'the global object of a new function': `leak(Function('return this')(), (0, eval)('this'))`,
  'the prototype of the global object': 'leak(Object.getPrototypeOf(globalThis))',
  'the function that imports': `leak(Function('return typeof require')(), typeof require === 'function' && require)`,
  'the context of the reducer':
    'leak(ctx, ctx.db, ctx.sender, ctx.timestamp, ctx.connectionId, ctx.senderAuth)',
  'the arguments of the reducer': 'leak(outerArguments, outerArguments[0], outerArguments.callee)',
  'the host calls': 'leak(sys, Object.getPrototypeOf(sys), ...Object.values(sys))',
  'every property of the global object':
    'for (const name of Object.getOwnPropertyNames(globalThis)) leak(globalThis[name])',
  'every symbol of the global object':
    'for (const name of Object.getOwnPropertySymbols(globalThis)) leak(globalThis[name])',
  'the function that starts the module': 'leak(__spacetimedb_run__, __spacetimedb_run__())',

  'the error of a unique row': 'ctx.db.item.insert({ id: 1 }); ctx.db.item.insert({ id: 1, name: "x" })',
  'the error of a table that is not there': `sys.table_id_from_name('nowhere')`,
  'the error of a wrong argument': 'sys.table_id_from_name(5)',
  'the error of an object as argument': `sys.table_id_from_name({ toString: () => 'item' })`,
  'the error of a missing buffer': 'sys.datastore_insert_bsatn(4096, undefined, 3)',
  'the error of a buffer that is none': 'sys.datastore_insert_bsatn(4096, { byteLength: 8 }, 3)',
  'the error of a proxy as buffer':
    'sys.datastore_insert_bsatn(4096, new Proxy(new ArrayBuffer(8), { get: (...args) => (leak(...args), 1) }), 3)',
  'the error of a length beyond the buffer': 'sys.datastore_insert_bsatn(4096, new ArrayBuffer(2), 3)',
  'the error of a negative length': 'sys.datastore_insert_bsatn(4096, new ArrayBuffer(2), -3)',
  'the error of bytes that are no row': 'sys.datastore_insert_bsatn(4096, new ArrayBuffer(20), 20)',
  'the error of a small buffer': `
    for (let id = 0; id < 100; id++) ctx.db.item.insert({ id, name: 'x'.repeat(1000) });
    sys.row_iter_bsatn_advance(sys.datastore_table_scan_bsatn(sys.table_id_from_name('item')), new ArrayBuffer(1))`,
  'the error of an iterator that is gone': 'sys.row_iter_bsatn_advance(12345, new ArrayBuffer(8))',
  'the error of a timer that is not there': 'sys.console_timer_end(99)',
  'the error of a procedure call': 'sys.procedure_http_request(new Uint8Array(1), "")',
  'the error of a table number that overflows': 'sys.datastore_table_row_count(2 ** 64)',
  'the claims of a token': `
    const bytes = sys.get_jwt_payload(5n);
    leak(bytes, bytes.buffer, bytes.constructor, bytes.subarray(0))`,

  'encoded text': `
    const bytes = new TextEncoder().encode('x');
    leak(bytes, bytes.buffer, bytes.constructor, Object.getPrototypeOf(bytes), TextEncoder)`,
  'the error of text that is not UTF-8': `new TextDecoder('utf-8', { fatal: true }).decode(new Uint8Array([255]))`,
  'the error of an input that is no buffer': `new TextDecoder().decode({ length: 3 })`,
  'an input with getters': `
    const input = new Uint8Array(4);
    for (const name of ['buffer', 'byteLength', 'byteOffset', 'length'])
      Object.defineProperty(input, name, { get() { leak(this, arguments); return 1; } });
    leak(new TextDecoder().decode(input))`,
  'the error of Math.random': 'Math.random()',
  'an error of the engine': 'null.nothing',
  'an error of JSON': `JSON.parse('{')`,
  'an error of Intl': `new Intl.NumberFormat('no such locale!')`,
  'an error of a parser': `Function('}')`,

  'a stack whose name is a symbol':
    'const error = new Error("x"); error.name = Symbol(); leak(error.stack); error.stack',
  'a stack whose name is a symbol, of an error of the engine': `
    let error;
    try { null.x } catch (caught) { error = caught }
    Object.defineProperty(error, 'name', { get() { throw Symbol() } });
    leak(error.stack)`,
  'a stack read where the stack is used up': `
    const errors = [];
    for (let n = 0; n < 20000; n++) { try { null.x } catch (error) { errors.push(error) } }
    const sweep = (size) => {
      const names = Array.from({ length: size }, (_, n) => 'a' + n);
      const code = 'const f = () => { let ' + names.map((name) => name + ' = 1').join() + '; try { f() } catch {}' +
        ' if (caught.length < 50) try { errors.pop()?.stack } catch (error) { caught.push(error) } return ' +
        names.join(' + ') + ' }; return f';
      return Function('caught', 'errors', code);
    };
    for (let size = 1; size < 24; size++) { const caught = []; sweep(size)(caught, errors)(); leak(...caught); }`,
  'a host call where the stack is used up': `
    for (let size = 1; size < 12; size++) {
      const names = Array.from({ length: size }, (_, n) => 'a' + n);
      const caught = [];
      const f = Function('caught', 'call', 'const f = () => { let ' + names.map((name) => name + ' = 1').join() +
        '; try { f() } catch {} if (caught.length < 50) try { call() } catch (error) { caught.push(error) } return ' +
        names.join(' + ') + ' }; return f');
      f(caught, () => sys.table_id_from_name('item'))();
      f(caught, () => new Error('x'))();
      f(caught, () => new TextEncoder().encode('some text'))();
      f(caught, () => sys.console_log(3, 'x'))();
      leak(...caught);
    }`,
  'Error.prepareStackTrace': `
    Error.prepareStackTrace = (error, frames) => { leak(error, frames, ...frames.map((f) => f.getFunction())); return 1; };
    leak(new Error().stack); try { null.x } catch (error) { leak(error.stack) }
    ctx.db.item.insert({ id: 2, name: 'a' }); ctx.db.item.insert({ id: 2, name: 'b' })`,
  'Error.prepareStackTrace of an object in place of Error': `
    globalThis.Error = { prepareStackTrace: (error, frames) => { leak(error, frames); return 1; } };
    try { null.x } catch (error) { leak(error.stack) }
    console.log('x');`,
  'Error.prepareStackTrace with a limit': `
    Error.stackTraceLimit = 50;
    try { Object.defineProperty(Error, 'stackTraceLimit', { value: 50 }) } catch (error) { leak(error) }
    try { delete Error.stackTraceLimit } catch (error) { leak(error) }
    Error.prepareStackTrace = (error, frames) => { leak(frames, ...frames.map((f) => f.getThis())); return frames; };
    try { null.x } catch (error) { leak(error.stack) }`,
  'Error.captureStackTrace': `
    Error.prepareStackTrace = (error, frames) => { leak(frames); return frames; };
    const object = {}; Error.captureStackTrace(object); leak(object, object.stack, Error.captureStackTrace)`,
  'the constructor that an error really has': `
    let error; try { null.x } catch (caught) { error = caught }
    leak(error.constructor, Object.getPrototypeOf(error.constructor), Error.prototype.constructor, TypeError)`,

  'an import': `const promise = import('node:fs'); leak(promise); await promise`,
  'an import of an expression': `const promise = import('node:' + String('fs')); leak(promise); await promise`,
  'an import in a new function': `const promise = Function('return im' + 'port("x")')(); leak(promise); await promise`,
  'an import with a comment in between': `leak(Function('return im' + 'port /* */ ("x")')())`,
  'an import on the next line': `leak(Function('return im' + 'port\\n("x")')())`,
  'an import behind an HTML comment': `leak(Function('return im' + 'port <!-- x\\n("x")')())`,
  'an import in eval': `leak(eval('im' + 'port("x")'))`,
  'an import in an indirect eval': `leak((0, eval)('im' + 'port("x")'))`,
  'an import in an async function': `
    const AsyncFunction = (async () => {}).constructor; leak(AsyncFunction);
    await AsyncFunction('return im' + 'port("x")')()`,
  'an import in a generator': `
    const GeneratorFunction = (function* () {}).constructor; leak(GeneratorFunction);
    leak(GeneratorFunction('yield im' + 'port("x")')().next().value)`,
  'an import in an async generator': `
    const Constructor = (async function* () {}).constructor; leak(Constructor);
    leak(await Constructor('yield im' + 'port("x")')().next())`,
  'the constructor of constructors': `
    for (const f of [async () => {}, function* () {}, async function* () {}]) {
      const Constructor = Object.getPrototypeOf(f.constructor);
      leak(Constructor, Constructor('return im' + 'port("x")')());
    }`,
  'an import in a subclass of Function': `
    class F extends Function {} leak(new F('return im' + 'port("x")')())`,
  'an import by Reflect.construct': `leak(Reflect.construct(Function, ['return im' + 'port("x")'], Object)())`,
  'an import that is there only the second time': `
    let asked = 0;
    leak(Function({ toString: () => (asked++ ? 'return im' + 'port("x")' : 'return 1') })())`,
  'an import put in by a setter': `
    let text;
    Object.defineProperty(Array.prototype, '0', { configurable: true, get: () => 'return im' + 'port("x")', set(v) { text = v } });
    try { leak(Function('return 1')(), text) } finally { delete Array.prototype[0] }`,
  'an import past a patched regular expression': `
    RegExp.prototype.test = () => false; RegExp.prototype.exec = () => null;
    leak(Function('return im' + 'port("x")')())`,

  'traps on Object.prototype': `
    for (const trap of ['get', 'apply', 'construct', 'getPrototypeOf', 'defineProperty'])
      Object.defineProperty(Object.prototype, trap, {
        configurable: true, writable: true, value(...args) { leak(...args); return args[0]?.[args[1]] } });
    try { leak(Function.name, Error.name, new Error('x'), Function('return 1')) }
    finally { for (const trap of ['get', 'apply', 'construct', 'getPrototypeOf', 'defineProperty']) delete Object.prototype[trap] }`,
  'patched call, apply and bind': `
    for (const name of ['call', 'apply', 'bind']) {
      const native = Function.prototype[name];
      Function.prototype[name] = function (...args) { leak(this, ...args); return Reflect.apply(native, this, args) };
    }
    ctx.db.item.insert({ id: 3, name: 'x' }); console.log('x'); leak([...ctx.db.item.iter()])`,
  'a patched Reflect': `
    for (const name of ['apply', 'construct', 'defineProperty']) {
      const native = Reflect[name]; Reflect[name] = (...args) => { leak(...args); return native(...args) };
    }
    ctx.db.item.insert({ id: 4, name: 'x' }); leak(new Error('x'), Function('return 1'), new TextEncoder().encode('x'))`,
  'a patched array iterator': `
    const native = Array.prototype[Symbol.iterator];
    Array.prototype[Symbol.iterator] = function () { leak(this); return native.call(this) };
    try { console.log('x'); leak(Function('return 1')()); new Error('x'); sys.table_id_from_name('nowhere') }
    finally { Array.prototype[Symbol.iterator] = native }`,
  'patched byte arrays': `
    const TypedArray = Object.getPrototypeOf(Uint8Array);
    for (const name of ['set', 'subarray', 'slice']) {
      const native = TypedArray.prototype[name];
      TypedArray.prototype[name] = function (...args) { leak(this, ...args); return native.apply(this, args) };
    }
    Object.defineProperty(TypedArray, Symbol.species, { get() { leak(this); return Uint8Array } });
    ctx.db.item.insert({ id: 5, name: 'x' }); leak([...ctx.db.item.iter()], new TextEncoder().encode('x'))`,
  'a patched promise': `
    const native = Promise.prototype.then;
    Promise.prototype.then = function (...args) { leak(this, ...args); return native.apply(this, args) };
    Object.defineProperty(Promise, Symbol.species, { get() { leak(this); return Promise } });
    await Promise.resolve(1).then((x) => x); leak(import('x').catch(() => 0))`,
  'setters on Object.prototype': `
    for (const name of ['value', 'stack', 'message', 'code', 'cause', 'name', 'then', '0'])
      Object.defineProperty(Object.prototype, name, {
        configurable: true, get() { leak(this); return undefined }, set(v) { leak(this, v) } });
    try { sys.table_id_from_name('nowhere') } catch (error) { leak(error) }
    finally { for (const name of ['value', 'stack', 'message', 'code', 'cause', 'name', 'then', '0']) delete Object.prototype[name] }`,
  'the caller of a sloppy function': `
    const sloppy = Function('leak', 'leak(sloppy = arguments.callee.caller, arguments.callee.arguments)');
    sloppy(leak)`,
  'the callers of a sort': `
    const sloppy = Function('leak', 'return function compare(a, b) { leak(compare.caller); return 0 }')(leak);
    [2, 1].sort(sloppy)`,

  'asynchronous WebAssembly': `
    const wasm = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);
    leak(WebAssembly, new WebAssembly.Module(wasm), new WebAssembly.Instance(new WebAssembly.Module(wasm)).exports);
    for (const name of ['compile', 'instantiate', 'compileStreaming', 'instantiateStreaming'])
      if (WebAssembly[name]) leak('found ' + name, WebAssembly[name](wasm))`,
  'Atomics.waitAsync': `leak(Atomics.waitAsync?.(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1).value)`,
  'a finalizer': `const registry = new FinalizationRegistry(() => 0); leak(registry, registry.register({}, 1), FinalizationRegistry)`,
  'a realm in the realm': `leak(typeof ShadowRealm === 'function' && new ShadowRealm().evaluate('globalThis.process && 1'))`,
};
