import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';

const build = new URL('../../build/', import.meta.url);
const LIMIT = 56_000;

/** A file of the site and all that it cannot do without: what it imports, but not what it asks for later. */
async function withImports(url: URL, found = new Map<string, number>()): Promise<Map<string, number>> {
  if (found.has(url.href)) return found;
  const code = await readFile(fileURLToPath(url), 'utf8');
  found.set(url.href, gzipSync(code, { level: 9 }).length);
  for (const [, path = ''] of code.matchAll(/(?:\bfrom|\bimport)\s*["'](\.[^"']+)["']/g)) {
    await withImports(new URL(path, url), found);
  }
  return found;
}

it('needs at most 56 kB of JavaScript, compressed, for the first view', async () => {
  const page = await readFile(new URL('index.html', build), 'utf8');
  const named = new Set([...page.matchAll(/["'](\.\/_app\/[^"']+\.js)["']/g)].map(([, path = '']) => path));
  expect(named.size).toBeGreaterThan(2);
  const found = new Map<string, number>();
  for (const path of named) await withImports(new URL(path, build), found);
  const total = [...found.values()].reduce((sum, size) => sum + size, 0);
  // All of it, the stores and Svelte included, or something is not counted.
  expect(total).toBeGreaterThan(40_000);
  expect(total).toBeLessThanOrEqual(LIMIT);
});
