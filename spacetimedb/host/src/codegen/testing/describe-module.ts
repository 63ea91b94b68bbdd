/** For tests: what a module written with the real SDK describes itself as. */
import { createContext, runInContext } from 'node:vm';
import { rolldown } from 'rolldown';

/** Stands for `spacetime:sys@2.x`: describing a module makes no system call, but the SDK registers this one. */
const SYSTEM_MODULE = `
  export const moduleHooks = Symbol.for('moduleHooks');
  export const row_iter_bsatn_close = () => {};
`;

/**
 * @param source text of an ES module that uses `spacetimedb/server`
 * @returns BSATN of its `RawModuleDef`
 */
export async function describeModule(source: string): Promise<Uint8Array> {
  const bundle = await rolldown({
    input: 'entry',
    cwd: import.meta.dirname,
    platform: 'browser',
    transform: { target: 'es2022' },
    plugins: [
      {
        name: 'virtual',
        resolveId: (id) => (id === 'entry' || id.startsWith('spacetime:') ? `\0${id}` : null),
        load: (id) => (id === '\0entry' ? source : id.startsWith('\0spacetime:') ? SYSTEM_MODULE : null),
      },
    ],
    onLog: () => {},
  });
  const { output } = await bundle.generate({ format: 'cjs', exports: 'named' });
  await bundle.close();
  const exports: Record<string, unknown> = {};
  const context = createContext({ exports, TextEncoder, TextDecoder });
  runInContext(output[0].code, context);
  const schema = exports['default'] as Record<symbol, (namespace: object) => Hooks>;
  const hooks = schema[Symbol.for('moduleHooks')]?.(exports);
  if (!hooks) throw new TypeError('the module has no schema as its default export');
  return Uint8Array.from(hooks.__describe_module__());
}

interface Hooks {
  __describe_module__(): Uint8Array;
}
