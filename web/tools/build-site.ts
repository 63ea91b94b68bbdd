import { execFile } from 'node:child_process';
import { readdir, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from './environment.ts';

/** The folder of the built site. */
export const SITE = path.join(ROOT, 'build');

/** Written last, so that an interrupted build is stale. Not in `build/`, which gets uploaded. */
const STAMP = path.join(ROOT, '.svelte-kit', 'site-built');

const SOURCES = [
  'adapters/src',
  'spacetimedb/src',
  'web/app.css',
  'web/app.html',
  'web/hooks.server.ts',
  'web/lib',
  'web/module_bindings',
  'web/routes',
  'web/service-worker.ts',
  'web/static',
  'web/vite',
  'web/widget',
  'package-lock.json',
  'svelte.config.js',
  'vite.config.ts',
];

const STEPS = [
  { name: 'site', config: 'vite.config.ts' },
  { name: 'widget', config: 'web/widget/vite.config.ts' },
];

/**
 * Builds the site and the widget if `build/` is older than its sources.
 *
 * @param report called with a line before each step
 * @returns whether it was built
 * @throws {Error} with the bundler's output
 */
export async function buildSiteIfStale(report: (line: string) => void = () => {}): Promise<boolean> {
  const built = (await exists(path.join(SITE, 'widget', 'spacetimedb-chat.js'))) ? await newest([STAMP]) : 0;
  if (built > (await newest(SOURCES.map((source) => path.join(ROOT, source))))) return false;
  for (const [index, { name, config }] of STEPS.entries()) {
    report(`Building the ${name} (${index + 1} of ${STEPS.length}) …`);
    await build(name, config);
  }
  await writeFile(STAMP, '');
  return true;
}

/** Runs in a separate process, so that it prints only errors and always builds for production. */
async function build(name: string, config: string): Promise<void> {
  const { NODE_ENV: _, VITEST: __, NODE_OPTIONS: ___, ...env } = process.env;
  const vite = path.join(
    path.dirname(createRequire(import.meta.url).resolve('vite/package.json')),
    'bin',
    'vite.js',
  );
  const words = [vite, 'build', '--config', config, '--logLevel', 'error'];
  try {
    await promisify(execFile)(process.execPath, words, { cwd: ROOT, env });
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`The ${name} could not be built.\n${stderr || stdout || String(error)}`, {
      cause: error,
    });
  }
}

function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

/** The latest modification in these files and folders, in milliseconds since the Unix epoch. */
async function newest(paths: readonly string[]): Promise<number> {
  const times = await Promise.all(
    paths.map(async (entry): Promise<number> => {
      const found = await stat(entry).catch(() => undefined);
      if (!found) return 0;
      if (!found.isDirectory()) return found.mtimeMs;
      const inside = (await readdir(entry)).map((name) => path.join(entry, name));
      // A folder's own time changes when files are removed.
      return Math.max(found.mtimeMs, await newest(inside));
    }),
  );
  return Math.max(0, ...times);
}
