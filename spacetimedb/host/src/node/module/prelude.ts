import { createRequire } from 'node:module';
import { rolldown } from 'rolldown';

/**
 * Built-ins that the real host's V8 has and the module library uses, but an older Node's V8 lacks. core-js adds only
 * what is missing, so this changes nothing on a current Node.
 */
const POLYFILLS = ['actual/symbol/dispose', 'actual/symbol/async-dispose', 'actual/set', 'actual/iterator'];

let polyfills: Promise<string> | undefined;

/** The source of a script that adds missing built-ins to a fresh context. Created once per process. */
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
  // A fresh context has only V8's built-ins, while `Symbol.dispose` here may come from Node, hence the version check.
  return Number(process.versions.node.split('.')[0]) >= 24;
}
