/**
 * Prints how much the site, the widget and the stores weigh, compressed, beside the sizes recorded in `web/sizes.json`.
 * `--check` builds what is stale, and fails when one is more than 10 % above its record; `--record` records what is there now.
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
/** How much larger than its record a size may be. */
const TOLERANCE = 1.1;

/** Bytes by what they are for. */
type Sizes = Record<string, number>;

const gzipped = (content: string | Uint8Array): number => gzipSync(content, { level: 9 }).length;

async function sizeOf(files: Iterable<string>): Promise<number> {
  let size = 0;
  for (const file of files) size += gzipped(await readFile(file));
  return size;
}

/** A script and all that it imports, but not what it asks for later. */
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

/** What the stores add to a page that has the SDK and imports all of these modules. */
async function sizeOfStores(...modules: string[]): Promise<number> {
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
  if (!output || !('output' in output)) throw new Error('The stores could not be built to be measured.');
  return output.output.reduce((sum, file) => sum + (file.type === 'chunk' ? gzipped(file.code) : 0), 0);
}

try {
  const { values } = parseArgs({ options: { check: { type: 'boolean' }, record: { type: 'boolean' } } });
  // `npm run build` has just built it.
  if (values.check || values.record) await buildSiteIfStale();
  const sizes: Sizes = {
    ...(await sizesOfSite()),
    'widget, scripts of the first view': await sizeOfWidget(),
    'stores without createChat': await sizeOfStores('index.ts'),
    'stores with createChat': await sizeOfStores('index.ts', 'chat/index.ts'),
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
