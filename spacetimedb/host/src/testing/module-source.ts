/** For tests: turns the text of a module into a program, as `bundleModule` does with a folder. */
import { rolldown } from 'rolldown';

/** @param source an ES module that may import `spacetimedb/server` */
export async function bundleSource(source: string): Promise<string> {
  const build = await rolldown({
    input: 'module.ts',
    cwd: import.meta.dirname,
    platform: 'browser',
    external: /^spacetime:sys/,
    logLevel: 'silent',
    plugins: [
      {
        name: 'module-source',
        resolveId: (id) => (id === 'module.ts' ? `${import.meta.dirname}/module.ts` : undefined),
        load: (id) => (id.endsWith('/testing/module.ts') ? { code: source, moduleType: 'ts' } : undefined),
      },
    ],
  });
  const { output } = await build.generate({ format: 'esm', sourcemap: 'inline', polyfillRequire: false });
  await build.close();
  return output[0].code;
}
