/** For tests: turns the text of a module into a program, as `bundleModule` does with a folder. */
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
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

/** Creates a module's folder inside `home`, like one on a user's machine. @returns the folder, and its source file */
export async function writeModule(
  home: string,
  source: string,
): Promise<{ readonly folder: string; readonly file: string }> {
  const folder = path.join(home, 'module');
  const file = path.join(folder, 'src', 'index.ts');
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, source);
  const packages = path.resolve(import.meta.dirname, '../../../../node_modules');
  // A junction needs no rights on Windows; elsewhere the word has no effect.
  await symlink(packages, path.join(folder, 'node_modules'), 'junction');
  return { folder, file };
}
