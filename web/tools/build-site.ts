import { readdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'vite';
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

/**
 * Builds the static site and the widget unless what is in `build/` is newer than everything that it is made from.
 *
 * @returns whether it had to be built
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
