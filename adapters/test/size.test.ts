import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';
import { beforeAll, describe, expect, it } from 'vitest';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const source = new URL('../src', import.meta.url).pathname;

/** Bytes of what a page loads for `code`, minified and compressed, without the SDK: at first, and later by name. */
async function sizesOf(code: string): Promise<Record<string, number>> {
  const bundle = await rolldown({
    input: 'entry',
    external: /^spacetimedb/,
    platform: 'browser',
    // As in the build of an app: what a part that comes later shares with the first file stays there.
    preserveEntrySignatures: 'allow-extension',
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === 'entry' ? `${source}/entry.ts` : null),
        load: (id) => (id === `${source}/entry.ts` ? code : null),
      },
    ],
  });
  const { output } = await bundle.generate({ minify: true });
  const chunks = output.filter((file) => file.type === 'chunk');
  // Nothing that is needed at first is in a file of its own.
  expect(
    chunks.flatMap(({ imports }) =>
      imports.filter((name) => chunks.slice(1).some((c) => c.fileName === name)),
    ),
  ).toEqual([]);
  return Object.fromEntries(chunks.map(({ name, code }) => [name, gzipSync(code, { level: 9 }).length]));
}

const core = `export { connect, liveTable, liveRow } from './index.ts';`;
const createChat = `export { createChat } from './chat/index.ts';`;

describe('what a page ships', () => {
  const sizes: Record<string, number | undefined> = {};
  beforeAll(async () => {
    const { entry = NaN, explain } = await sizesOf(core);
    Object.assign(sizes, { core: entry, explain });
    sizes['connect'] = (await sizesOf(`export { connect } from './index.ts';`))['entry'];
    sizes['all'] = (await sizesOf(`export * from './index.ts';`))['entry'];
    sizes['chat'] = ((await sizesOf(core + createChat))['entry'] ?? NaN) - entry;
  });

  it.each([
    ['core', '`liveTable` and `liveRow`', 7_150],
    ['connect', '`connect` alone', 6_350],
    ['chat', '`createChat`', 3_400],
    ['all', 'everything', 7_950],
    ['explain', 'why a connection failed', 550],
    ['mismatch', 'what tables a database has', 850],
  ])('%s: stays within its budget, and the README says how much it is', (part, name, budget) => {
    const [, quoted] = new RegExp(`${name} ([\\d.]+) kB`).exec(readme.replaceAll('\n', ' ')) ?? [];
    expect(quoted).toBe(((sizes[part] ?? NaN) / 1_000).toFixed(1));
    expect(sizes[part]).toBeLessThanOrEqual(budget);
  });
});
