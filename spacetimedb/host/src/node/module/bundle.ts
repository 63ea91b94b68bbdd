import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { rolldown } from 'rolldown';

/** A module's sources cannot be bundled. `message` says which file and why. */
export class BundleError extends Error {
  override readonly name = 'BundleError';
}

export interface BundleOptions {
  /**
   * Must the sources type-check? Runs `tsc --noEmit` with the module's own TypeScript and `tsconfig.json`, as
   * `spacetime build` does. Nothing is checked if either is missing. On by default.
   */
  readonly typeCheck?: boolean;
}

/**
 * Bundles a TypeScript module into one ES module, with the options of `spacetime build`
 * (crates/cli/src/tasks/javascript.rs): entry `src/index.ts`, not minified, with an inline source map and only
 * `spacetime:sys…` as imports.
 *
 * @param dir the module's folder, which contains `src/index.ts`
 * @returns the program's source text
 * @throws {BundleError} when the entry is missing, or does not type-check or bundle
 */
export async function bundleModule(dir: string, { typeCheck = true }: BundleOptions = {}): Promise<string> {
  const cwd = path.resolve(dir);
  const input = path.join(cwd, 'src', 'index.ts');
  if (!(await isFile(input))) {
    throw new BundleError(`no module in ${cwd}: src/index.ts is missing`);
  }
  const tsconfig = path.join(cwd, 'tsconfig.json');
  const hasTsconfig = await isFile(tsconfig);
  const compiler = path.join(cwd, 'node_modules', 'typescript', 'bin', 'tsc');
  if (typeCheck && hasTsconfig && (await isFile(compiler))) await checkTypes(cwd, compiler);
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
        extensions: ['.ts', '.tsx', '.mjs', '.js', '.cjs', '.json'],
        symlinks: true,
      },
      transform: {
        target: 'esnext',
        // Without quotes, as in the CLI: a library that reads it finds an undefined variable on either host.
        define: { 'process.env.NODE_ENV': 'production' },
        typescript: {
          onlyRemoveTypeImports: true,
          allowNamespaces: false,
          rewriteImportExtensions: 'rewrite',
        },
      },
      treeshake: { moduleSideEffects: true },
      ...(hasTsconfig ? { tsconfig } : {}),
    });
    const { output } = await build.generate({
      format: 'esm',
      exports: 'named',
      sourcemap: 'inline',
      dir: 'dist',
      entryFileNames: 'bundle.js',
      comments: { legal: false },
      polyfillRequire: false,
      // By default, the bundler removes code after a top-level `throw` even if it is exported, and the program no
      // longer parses.
      minify: false,
    });
    await build.close();
    const [entry, ...others] = output;
    if (others.some(({ type }) => type === 'chunk')) {
      throw new BundleError(
        `the module in ${cwd} does not bundle: import() of its own files makes more than one program`,
      );
    }
    return entry.code;
  } catch (error) {
    if (error instanceof BundleError) throw error;
    throw new BundleError(`the module in ${cwd} does not bundle: ${messageOf(error)}`, { cause: error });
  }
}

/** @throws {BundleError} with the compiler's output */
async function checkTypes(cwd: string, compiler: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    execFile(
      process.execPath,
      [compiler, '--noEmit', '--pretty', 'false'],
      { cwd },
      (error, stdout, stderr) => {
        if (!error) resolve();
        else reject(new BundleError(`the module in ${cwd} does not type-check: ${(stdout + stderr).trim()}`));
      },
    );
  });
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
