import { execFile } from 'node:child_process';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from './environment.ts';

/** The folder of the built site. */
export const SITE = path.join(ROOT, 'build');

/**
 * Records the sources of the build. Written last, so that an interrupted build is stale. Not in `build/`, which gets
 * uploaded.
 */
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
 * Builds the site and the widget if their sources have changed since the last time. Tests do not count as sources.
 *
 * @param report called with a line before each step
 * @returns whether it was built
 * @throws {Error} with the bundler's output
 */
export async function buildSiteIfStale(report: (line: string) => void = () => {}): Promise<boolean> {
  const sources = await sourcesIn(ROOT);
  const isBuilt = await exists(path.join(SITE, 'widget', 'spacetimedb-chat.js'));
  if (isBuilt && (await readFile(STAMP, 'utf8').catch(() => '')) === sources) return false;
  for (const [index, { name, config }] of STEPS.entries()) {
    report(`Building the ${name} (${index + 1} of ${STEPS.length}) …`);
    await build(name, config);
  }
  await writeFile(STAMP, sources);
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

/**
 * Returns a line for each file that the build reads, with the time of its last change. Two results are equal if nothing
 * was changed, added or removed in between.
 *
 * @param root folder of the repository
 */
export async function sourcesIn(root: string): Promise<string> {
  const lines = await Promise.all(SOURCES.map((source) => linesFor(root, source)));
  return lines.flat().join('\n');
}

async function linesFor(root: string, entry: string): Promise<string[]> {
  const found = await stat(path.join(root, entry)).catch(() => undefined);
  if (!found || entry.endsWith('.test.ts')) return [];
  if (!found.isDirectory()) return [`${entry} ${found.mtimeMs}`];
  const names = (await readdir(path.join(root, entry))).sort();
  return (await Promise.all(names.map((name) => linesFor(root, path.join(entry, name))))).flat();
}
