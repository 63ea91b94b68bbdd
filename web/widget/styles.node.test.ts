import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const folder = fileURLToPath(new URL('./', import.meta.url));

/** The components that `file` uses, at once or later, and those that they use. */
function componentsOf(file: string, found = new Set<string>()): ReadonlySet<string> {
  if (found.has(file)) return found;
  found.add(file);
  for (const [, name = ''] of readFileSync(file, 'utf8').matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)) {
    if (/\.(?:svelte|ts)$/.test(name)) componentsOf(path.resolve(path.dirname(file), name), found);
  }
  return found;
}

/** A pattern of Tailwind's `@source`, which may contain braces and stars. */
function matcherOf(pattern: string): RegExp {
  const source = path
    .resolve(folder, pattern)
    .replace(/[.+^$()|[\]\\]/g, '\\$&')
    .replace(/\{([^}]*)\}/g, (_, names: string) => `(?:${names.replaceAll(',', '|')})`)
    .replaceAll('*', '[^/]*');
  return new RegExp(`^${source}$`);
}

it('the styles contain the classes of every component of the widget', () => {
  const css = readFileSync(`${folder}widget.css`, 'utf8');
  const sources = [...css.matchAll(/@source '([^']+)'/g)].map(([, pattern = '']) => matcherOf(pattern));
  const components = [...componentsOf(`${folder}Widget.svelte`)].filter((file) => file.endsWith('.svelte'));
  expect(components.length).toBeGreaterThan(20);
  const missing = components.filter((file) => !sources.some((source) => source.test(file)));
  expect(missing.map((file) => path.relative(folder, file))).toEqual([]);
});
