/**
 * Prints the compressed sizes of the site, the widget and the stores next to those recorded in
 * `web/sizes.json`. `--check` rebuilds what is stale and fails if a size is more than 10% above its record;
 * `--record` records the current sizes.
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { failInOneLine } from 'spacetimedb-host';
import { build, parseAst } from 'vite';
import { buildSiteIfStale, SITE } from '../tools/build-site.ts';
import { ROOT } from '../tools/environment.ts';

const RECORD = path.join(ROOT, 'web', 'sizes.json');
/** How much larger than recorded a size may be. */
const TOLERANCE = 1.1;

type Sizes = Record<string, number>;

const gzipped = (content: string | Uint8Array): number => gzipSync(content, { level: 9 }).length;

async function sizeOf(files: Iterable<string>): Promise<number> {
  let size = 0;
  for (const file of files) size += gzipped(await readFile(file));
  return size;
}

/** A script with its static imports. */
async function withImports(file: string, found = new Set<string>()): Promise<Set<string>> {
  if (found.has(file)) return found;
  found.add(file);
  for (const statement of parseAst(await readFile(file, 'utf8')).body) {
    const source = 'source' in statement ? statement.source?.value : undefined;
    if (source !== undefined) await withImports(path.resolve(path.dirname(file), source), found);
  }
  return found;
}

async function sizesOfSite(): Promise<Sizes> {
  const html = await readFile(path.join(SITE, 'index.html'), 'utf8');
  const named = (pattern: RegExp): string[] =>
    [...html.matchAll(pattern)].map(([, name = '']) => path.join(SITE, name));
  const scripts = new Set<string>();
  for (const file of named(/<link href="([^"]+)" rel="modulepreload">/g)) await withImports(file, scripts);
  return {
    'site, scripts of the first view': await sizeOf(scripts),
    'site, page with its styles': gzipped(html),
  };
}

async function sizeOfWidget(): Promise<number> {
  return sizeOf(await withImports(path.join(SITE, 'widget', 'spacetimedb-chat.js')));
}

/** The sizes that these modules of the stores add to a page with the SDK. */
async function sizesOfStores(...modules: string[]): Promise<{ atOnce: number; onDemand: number }> {
  const ENTRY = 'virtual:stores';
  const code = modules.map(
    (name) => `export * from ${JSON.stringify(path.join(ROOT, 'adapters', 'src', name))};`,
  );
  const result = await build({
    configFile: false,
    logLevel: 'error',
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === ENTRY ? id : undefined),
        load: (id) => (id === ENTRY ? code.join('\n') : undefined),
      },
    ],
    build: {
      write: false,
      rolldownOptions: { input: ENTRY, external: /^spacetimedb$/, preserveEntrySignatures: 'strict' },
    },
  });
  const [output] = [result].flat();
  if (!output || !('output' in output)) throw new Error('Could not build the stores to measure them.');
  const sizes = { atOnce: 0, onDemand: 0 };
  for (const file of output.output)
    if (file.type === 'chunk') sizes[file.isDynamicEntry ? 'onDemand' : 'atOnce'] += gzipped(file.code);
  return sizes;
}

try {
  const { values } = parseArgs({ options: { check: { type: 'boolean' }, record: { type: 'boolean' } } });
  // `npm run build` has just built the site.
  if (values.check || values.record) await buildSiteIfStale();
  const stores = await sizesOfStores('index.ts');
  const sizes: Sizes = {
    ...(await sizesOfSite()),
    'widget, scripts of the first view': await sizeOfWidget(),
    'stores without createChat': stores.atOnce,
    'stores with createChat': (await sizesOfStores('index.ts', 'chat/create-chat.ts')).atOnce,
    'stores with createFeatures': (await sizesOfStores('index.ts', 'chat/index.ts')).atOnce,
    'stores, parts loaded on demand': stores.onDemand,
  };
  const recorded = JSON.parse(await readFile(RECORD, 'utf8').catch(() => '{}')) as Sizes;
  for (const [name, size] of Object.entries(sizes)) {
    const before = recorded[name];
    const compared = before === undefined ? 'not recorded' : `recorded ${(before / 1000).toFixed(1)} kB`;
    console.log(`${name.padEnd(34)} ${(size / 1000).toFixed(1).padStart(6)} kB, gzip -9 (${compared})`);
  }
  if (values.record) await writeFile(RECORD, `${JSON.stringify(sizes, null, 2)}\n`);
  const grown = Object.entries(sizes).filter(([name, size]) => !(size <= (recorded[name] ?? 0) * TOLERANCE));
  if (values.check && grown.length > 0) {
    const names = grown.map(([name]) => `“${name}”`).join(', ');
    throw new Error(
      `More than 10 % larger than recorded: ${names}. Make it smaller, or record the new size with \`npm run check:size -- --record\`.`,
    );
  }
} catch (error) {
  failInOneLine(error);
}
