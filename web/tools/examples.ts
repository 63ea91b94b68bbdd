import { execFile } from 'node:child_process';
import { cp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { build } from 'vite';
import { forBrowsers } from '../vite/conditions.ts';
import { SITE, buildSiteIfStale } from './build-site.ts';
import { ROOT } from './environment.ts';

/** A small app and its module. Paths are relative to the project's folder. */
export interface Example {
  readonly module: string;
  readonly database: string;
  /** The data folder, unless `DATA_DIR` is set. */
  readonly dataDir: string;
  /** Builds the static files of the page. @returns their folder */
  readonly build: () => Promise<string>;
}

const EXAMPLES = path.join(ROOT, 'adapters', 'examples');
const BUILT = path.join(EXAMPLES, 'dist');

/** The static files of an example that was built. */
export const builtExample = (name: string): string => path.join(BUILT, name);

/** Both list examples share one database. */
const shoppingList = {
  module: 'adapters/examples/spacetimedb',
  database: 'shopping-list',
  dataDir: 'adapters/examples/.spacetimedb',
};

/** By the name for `npm run example`. */
export const examples: Readonly<Record<string, Example>> = {
  list: { ...shoppingList, build: buildList },
  plain: { ...shoppingList, build: buildPlain },
  // The same room as `npm start`.
  widget: {
    module: 'spacetimedb',
    database: 'quickstart-chat',
    dataDir: '.spacetimedb',
    build: buildWidget,
  },
};

async function buildList(): Promise<string> {
  const outDir = builtExample('list');
  await build({
    root: path.join(EXAMPLES, 'list'),
    configFile: false,
    logLevel: 'error',
    plugins: [svelte()],
    resolve: { conditions: forBrowsers },
    build: { outDir, emptyOutDir: true },
  });
  return outDir;
}

/** Copies the page and the files that its import map names. */
async function buildPlain(): Promise<string> {
  const outDir = builtExample('plain');
  await rm(outDir, { recursive: true, force: true });
  const require = createRequire(import.meta.url);
  const sdk = path.join(path.dirname(require.resolve('spacetimedb')), 'index.browser.mjs');
  await cp(path.join(EXAMPLES, 'plain'), outDir, { recursive: true });
  await Promise.all([
    cp(path.join(EXAMPLES, 'list.css'), path.join(outDir, 'list.css')),
    cp(sdk, path.join(outDir, 'spacetimedb.js')),
    compileStores(path.join(outDir, 'spacetimedb-stores')),
    compileBindings(outDir),
  ]);
  return outDir;
}

/** Compiles the stores, as in the `dist` folder of `spacetimedb-stores`, without checking their types. */
async function compileStores(outDir: string): Promise<void> {
  const require = createRequire(import.meta.url);
  const tsc = require.resolve('typescript/bin/tsc');
  const project = path.join(ROOT, 'adapters', 'tsconfig.build.json');
  const options = ['--outDir', outDir, '--declaration', 'false', '--sourceMap', 'false', '--noCheck'];
  await promisify(execFile)(process.execPath, [tsc, '-p', project, ...options]);
}

/** Bundles the bindings, which are TypeScript and import each other without file extensions. */
async function compileBindings(outDir: string): Promise<void> {
  await build({
    root: EXAMPLES,
    configFile: false,
    logLevel: 'error',
    build: {
      outDir,
      emptyOutDir: false,
      copyPublicDir: false,
      lib: { entry: 'module_bindings/index.ts', formats: ['es'], fileName: 'module_bindings' },
      rolldownOptions: { external: ['spacetimedb'] },
    },
  });
}

async function buildWidget(): Promise<string> {
  const outDir = builtExample('widget');
  await rm(outDir, { recursive: true, force: true });
  await buildSiteIfStale();
  await cp(path.join(EXAMPLES, 'widget'), outDir, { recursive: true });
  await cp(path.join(SITE, 'widget'), path.join(outDir, 'widget'), { recursive: true });
  return outDir;
}
