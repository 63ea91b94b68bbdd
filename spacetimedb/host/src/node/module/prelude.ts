import { createRequire } from 'node:module';
import vm from 'node:vm';
import { rolldown } from 'rolldown';

/**
 * Built-ins of V8 14.6, which SpacetimeDB 2.8.3 has, that an older Node's V8 lacks: each with the core-js entries that
 * add it. What V8 14.6 does not have must not be here, and core-js cannot add everything (see the README).
 */
const BUILT_INS: Readonly<Record<string, readonly string[]>> = {
  'Symbol.dispose': ['symbol/dispose', 'symbol/async-dispose'],
  DisposableStack: ['suppressed-error', 'disposable-stack', 'async-disposable-stack'],
  'Set.prototype.union': [
    'difference',
    'intersection',
    'is-disjoint-from',
    'is-subset-of',
    'is-superset-of',
    'symmetric-difference',
    'union',
  ].map((name) => `set/${name}`),
  // Not the entries for these: they bring in newer methods.
  'globalThis.Iterator?.prototype.map': [
    ...['constructor', 'drop', 'every', 'filter', 'find', 'flat-map', 'for-each', 'from', 'map', 'reduce'],
    ...['some', 'take', 'to-array'],
  ].map((name) => `modules/es.iterator.${name}`),
  'globalThis.Iterator?.prototype[Symbol.dispose]': ['iterator/dispose'],
  'Object.groupBy': ['object/group-by'],
  'Map.groupBy': ['map/group-by'],
  'Map.prototype.getOrInsert': ['map/get-or-insert', 'map/get-or-insert-computed'],
  'WeakMap.prototype.getOrInsert': ['weak-map/get-or-insert', 'weak-map/get-or-insert-computed'],
  'Promise.withResolvers': ['promise/with-resolvers'],
  'Promise.try': ['promise/try'],
  'Array.fromAsync': ['array/from-async'],
  'Uint8Array.fromBase64': [
    ...['from-base64', 'from-hex', 'set-from-base64', 'set-from-hex', 'to-base64', 'to-hex'],
  ].map((name) => `typed-array/${name}`),
  'Math.f16round': ['math/f16round', 'data-view/get-float16', 'data-view/set-float16'],
  'RegExp.escape': ['regexp/escape'],
  'Error.isError': ['error/is-error'],
  'JSON.rawJSON': ['json/raw-json', 'json/is-raw-json', 'json/parse', 'json/stringify'],
};

/** The global in which core-js keeps the state that its parts share. */
const CORE_JS = '__core-js_shared__';

let polyfills: Promise<string> | undefined;

/** The source of a script that adds missing built-ins to a fresh context. Created once per process. */
export function polyfillScript(): Promise<string> {
  polyfills ??= bundlePolyfills();
  return polyfills;
}

async function bundlePolyfills(): Promise<string> {
  const fresh = vm.createContext();
  const entries = Object.entries(BUILT_INS).flatMap(([feature, names]) =>
    vm.runInContext(`typeof (${feature.replace(/^\w+$/, 'globalThis.$&')})`, fresh) === 'undefined'
      ? names
      : [],
  );
  if (entries.length === 0) return '';
  const require = createRequire(import.meta.url);
  const imports = entries.map((entry) => `import ${JSON.stringify(fileOf(entry, require))};`);
  const build = await rolldown({
    input: 'polyfills',
    logLevel: 'silent',
    plugins: [
      {
        name: 'polyfills',
        resolveId: (id) => (id === 'polyfills' ? id : undefined),
        load: (id) => (id === 'polyfills' ? imports.join('\n') : undefined),
      },
    ],
  });
  const { output } = await build.generate({ format: 'iife', minify: true });
  await build.close();
  return `${output[0].code};delete globalThis[${JSON.stringify(CORE_JS)}];`;
}

/** The standard's part of a core-js feature, if it is in the standard: other parts bring in proposals. */
function fileOf(entry: string, require: NodeJS.Require): string {
  if (entry.startsWith('modules/')) return require.resolve(`core-js/${entry}`);
  try {
    return require.resolve(`core-js/es/${entry}`);
  } catch {
    return require.resolve(`core-js/actual/${entry}`);
  }
}
