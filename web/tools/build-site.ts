import { execFile } from 'node:child_process';
import { readdir, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from './environment.ts';

/** Where the static site is built. */
export const SITE = path.join(ROOT, 'build');

/** Written last: it dates the build, and a build that was cut off has none. Not in `build/`, which gets uploaded. */
const STAMP = path.join(ROOT, '.svelte-kit', 'site-built');

/** What the site is made from. */
const SOURCES = [
  'adapters/src',
  'spacetimedb/src',
  'web/app.css',
  'web/app.html',
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
 * Builds the static site and the widget unless what is in `build/` is newer than everything that it is made from.
 *
 * @param report is given a line before each step; nothing when absent
 * @returns whether it had to be built
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

/** In a process of its own: it prints only when it fails, and builds for production wherever it is called from. */
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

/** When the newest of these files, and of those in these folders, was changed; milliseconds since the Unix epoch. */
async function newest(paths: readonly string[]): Promise<number> {
  const times = await Promise.all(
    paths.map(async (entry): Promise<number> => {
      const found = await stat(entry).catch(() => undefined);
      if (!found) return 0;
      if (!found.isDirectory()) return found.mtimeMs;
      const inside = (await readdir(entry)).map((name) => path.join(entry, name));
      // A folder's own time tells of files that were removed.
      return Math.max(found.mtimeMs, await newest(inside));
    }),
  );
  return Math.max(0, ...times);
}
