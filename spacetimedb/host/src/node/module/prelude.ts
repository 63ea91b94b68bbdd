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
