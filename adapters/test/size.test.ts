import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';
import { beforeAll, describe, expect, it } from 'vitest';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const source = new URL('../src', import.meta.url).pathname;

/** Bytes of what a page ships for `code`, minified and compressed, without the SDK. */
async function sizeOf(code: string): Promise<number> {
  const bundle = await rolldown({
    input: 'entry',
    external: /^spacetimedb/,
    platform: 'browser',
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === 'entry' ? `${source}/entry.ts` : null),
        load: (id) => (id === `${source}/entry.ts` ? code : null),
      },
    ],
  });
  const { output } = await bundle.generate({ minify: true });
  const [{ code: bundled }] = output;
  return gzipSync(bundled, { level: 9 }).length;
}

const core = `export { connect, liveTable, liveRow } from './index.ts';`;
const createChat = `export { createChat } from './chat/index.ts';`;

describe('what a page ships', () => {
  const sizes: Record<string, number> = {};
  beforeAll(async () => {
    sizes['core'] = await sizeOf(core);
    sizes['all'] = await sizeOf(`export * from './index.ts';`);
    sizes['chat'] = (await sizeOf(core + createChat)) - sizes['core'];
  });

  it.each([
    ['core', '`liveTable` and `liveRow`', 8_400],
    ['chat', '`createChat`', 3_100],
    ['all', 'everything', 9_100],
  ])('%s: stays within its budget, and the README says how much it is', (part, name, budget) => {
    const [, quoted] = new RegExp(`${name} ([\\d.]+) kB`).exec(readme.replaceAll('\n', ' ')) ?? [];
    expect(quoted).toBe(((sizes[part] as number) / 1_000).toFixed(1));
    expect(sizes[part]).toBeLessThanOrEqual(budget);
  });
});
