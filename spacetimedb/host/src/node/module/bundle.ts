import { stat } from 'node:fs/promises';
import path from 'node:path';
import { rolldown } from 'rolldown';

/** A module's sources cannot be bundled. `message` says which file and why. */
export class BundleError extends Error {
  override readonly name = 'BundleError';
}

/**
 * Bundles a TypeScript module into one ES module, with the options of `spacetime build`
 * (crates/cli/src/tasks/javascript.rs): entry `src/index.ts`, not minified, with an inline source map and only
 * `spacetime:sys…` as imports.
 *
 * @param dir the module's folder, which contains `src/index.ts`
 * @returns the program's source text
 * @throws {BundleError} when the entry is missing or does not bundle
 */
export async function bundleModule(dir: string): Promise<string> {
  const cwd = path.resolve(dir);
  const input = path.join(cwd, 'src', 'index.ts');
  if (!(await isFile(input))) {
    throw new BundleError(`no module in ${cwd}: src/index.ts is missing`);
  }
  const tsconfig = path.join(cwd, 'tsconfig.json');
  try {
    const build = await rolldown({
      input,
      cwd,
      platform: 'browser',
      external: /^spacetime:sys/,
      logLevel: 'warn',
      // Unresolved imports must fail here, because they would fail when publishing.
      onLog: (_level, log) => {
        if (log.code === 'UNRESOLVED_IMPORT') throw new BundleError(log.message);
      },
      resolve: {
        conditionNames: ['production', 'import', 'default'],
        mainFields: ['exports', 'module', 'main'],
      },
      transform: { target: 'esnext', define: { 'process.env.NODE_ENV': '"production"' } },
      treeshake: { moduleSideEffects: true },
      ...((await isFile(tsconfig)) ? { tsconfig } : {}),
    });
    const { output } = await build.generate({
      format: 'esm',
      exports: 'named',
      sourcemap: 'inline',
      file: 'dist/bundle.js',
      codeSplitting: false,
    });
    await build.close();
    return output[0].code;
  } catch (error) {
    if (error instanceof BundleError) throw error;
    throw new BundleError(`the module in ${cwd} does not bundle: ${messageOf(error)}`, { cause: error });
  }
}

async function isFile(file: string): Promise<boolean> {
  return stat(file).then(
    (found) => found.isFile(),
    () => false,
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
