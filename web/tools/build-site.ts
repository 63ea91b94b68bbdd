import { readdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'vite';
import { ROOT } from './environment.ts';

/** The folder of the built site. */
export const SITE = path.join(ROOT, 'build');

/**
 * Written after the build, so that an interrupted build counts as stale. Not in `build/`, which gets
 * uploaded.
 */
const STAMP = path.join(ROOT, '.svelte-kit', 'site-built');

/** The sources of the site. */
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

/**
 * Builds the site and the widget if `build/` is older than its sources.
 *
 * @returns whether it was built
 */
export async function buildSiteIfStale(): Promise<boolean> {
  const built = (await exists(path.join(SITE, 'widget', 'spacetimedb-chat.js'))) ? await newest([STAMP]) : 0;
  if (built > (await newest(SOURCES.map((source) => path.join(ROOT, source))))) return false;
  await build({ logLevel: 'error' });
  await build({ configFile: path.join(ROOT, 'web', 'widget', 'vite.config.ts'), logLevel: 'error' });
  await writeFile(STAMP, '');
  return true;
}

function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

/**
 * Returns when the newest of these files, or files in these folders, was modified, in milliseconds since the
 * Unix epoch.
 */
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
