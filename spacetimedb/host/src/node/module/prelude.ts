import { createRequire } from 'node:module';
import { rolldown } from 'rolldown';

/**
 * Built-ins of the real host's V8 that an older Node's V8 lacks and that the module library uses.
 * core-js adds only what is missing, so on a current Node this changes nothing.
 */
const POLYFILLS = ['actual/symbol/dispose', 'actual/symbol/async-dispose', 'actual/set', 'actual/iterator'];

let polyfills: Promise<string> | undefined;

/** Source of a script that completes a fresh context's built-ins. Made once for each process. */
export function polyfillScript(): Promise<string> {
  polyfills ??= bundlePolyfills();
  return polyfills;
}

async function bundlePolyfills(): Promise<string> {
  if (hasAllBuiltins()) return '';
  const require = createRequire(import.meta.url);
  const build = await rolldown({
    input: 'polyfills',
    logLevel: 'silent',
    plugins: [
      {
        name: 'polyfills',
        resolveId: (id) => (id === 'polyfills' ? id : undefined),
        load: (id) =>
          id === 'polyfills'
            ? POLYFILLS.map((entry) => `import ${JSON.stringify(require.resolve(`core-js/${entry}`))};`).join(
                '\n',
              )
            : undefined,
      },
    ],
  });
  const { output } = await build.generate({ format: 'iife', minify: true });
  await build.close();
  return output[0].code;
}

function hasAllBuiltins(): boolean {
  // A fresh context has V8's own built-ins; `Symbol.dispose` in this one may come from Node, hence the version.
  return Number(process.versions.node.split('.')[0]) >= 24;
}

/**
 * Runs first in a module's context, as a function of the host's functions. It gives the context what the real host
 * adds to V8 (`TextEncoder`, `TextDecoder`, a `Math.random` that refuses), and returns how to build values *of this
 * context* for the module: errors, arrays and functions of another context would fail its `instanceof` checks.
 */
export const CONTEXT_PRELUDE = `(function (host) {
  'use strict';
  const { ArrayBuffer, DataView, Error, Object, RangeError, String, TypeError, Uint8Array } = globalThis;

  function bytesOf(input) {
    if (input === undefined) return new Uint8Array(0);
    if (input instanceof ArrayBuffer) return new Uint8Array(input);
    if (ArrayBuffer.isView(input)) return new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
    throw new TypeError('the input is neither an ArrayBuffer nor a view of one');
  }

  class TextEncoder {
    get encoding() { return 'utf-8'; }
    encode(text = '') { return new Uint8Array(host.encodeUtf8(String(text))); }
    encodeInto(text, target) {
      const { read, written, bytes } = host.encodeUtf8Into(String(text), target.length);
      target.set(bytes);
      return { read, written };
    }
  }

  class TextDecoder {
    #fatal;
    constructor(label = 'utf-8', options = {}) {
      if (!/^utf-?8$/i.test(String(label))) throw new RangeError('unsupported encoding: ' + label);
      this.#fatal = Boolean(options.fatal);
    }
    get encoding() { return 'utf-8'; }
    get fatal() { return this.#fatal; }
    get ignoreBOM() { return false; }
    decode(input) {
      const text = host.decodeUtf8(bytesOf(input), this.#fatal);
      if (text === undefined) throw new TypeError('the data is not valid UTF-8');
      return text;
    }
  }

  for (const [name, value] of Object.entries({ TextEncoder, TextDecoder })) {
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false });
  }
  Object.defineProperty(globalThis.Math, 'random', {
    configurable: true,
    get() { throw new TypeError('Math.random is not available in a module: use ctx.random'); },
  });
  delete globalThis.console;

  let errorConstructor = () => Error;

  function rethrow(failure) {
    if (failure.needed !== undefined) throw { __buffer_too_small__: failure.needed };
    if (failure.kind === 'TypeError') throw new TypeError(failure.message);
    if (failure.kind === 'RangeError') throw new RangeError(failure.message);
    throw new (errorConstructor(failure.code))(failure.message);
  }

  function syscall(call) {
    return (...args) => {
      let result;
      try {
        result = call(...args);
      } catch (error) {
        rethrow(host.describeFailure(error));
      }
      return result;
    };
  }

  function copied(call) {
    return (...args) => new Uint8Array(call(...args));
  }

  return {
    syscall,
    copied,
    object: () => Object.create(null),
    onError(constructor) { errorConstructor = constructor; },
    dataView: (length) => new DataView(new ArrayBuffer(length)),
    isObject: (value) => typeof value === 'object' && value !== null,
  };
})`;
