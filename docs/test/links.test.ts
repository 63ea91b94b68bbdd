/** The targets of links and paths in the docs exist. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { PAGES, ROOT } from './markdown.ts';

/** A page without its code blocks. */
function proseOf(page: string): string {
  return readFileSync(path.join(ROOT, page), 'utf8').replace(/^ *```.*?^ *```$/gms, '');
}

/** The anchors that GitHub gives to headings. */
function anchorsOf(page: string): Set<string> {
  const headings = [...proseOf(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => heading);
  return new Set(
    headings.map((heading) =>
      heading
        .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replaceAll(' ', '-'),
    ),
  );
}

test('there are pages to check', () => {
  expect(PAGES).toEqual(expect.arrayContaining(['README.md', 'docs/deploy.md', 'adapters/README.md']));
});

test.each(PAGES)('%s links to existing files and headings', (page) => {
  const prose = proseOf(page);
  const links = [
    ...[...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target),
    ...[...prose.matchAll(/\b(?:src|srcset|href)="([^"]+)"/g)].map(([, target = '']) => target),
  ].filter((target) => !/^[a-z]+:/i.test(target));
  for (const link of links) {
    const [file = '', anchor] = link.split('#');
    const target = file === '' ? page : path.join(path.dirname(page), file);
    expect(existsSync(path.join(ROOT, target)), `${page}: ${link}`).toBe(true);
    if (anchor !== undefined) expect([...anchorsOf(target)], `${page}: ${link}`).toContain(anchor);
  }
});

/** Files that a build or a start creates. */
const MADE = /(^|\/)(build|dist|test-results|\.spacetimedb)(\/|$)/;

test.each(PAGES)('%s names existing files and folders', (page) => {
  const named = [...proseOf(page).matchAll(/`([\w.@-]+(?:\/[\w.@-]+)+\/?)`/g)].map(([, name = '']) => name);
  const tops = ['spacetimedb', 'web', 'adapters', 'docs', 'examples', '.github'];
  for (const name of named) {
    if (MADE.test(name) || !tops.includes(name.split('/')[0] ?? '')) continue;
    const places = [ROOT, path.join(ROOT, path.dirname(page))];
    const isModule = /^spacetimedb\/(server|sdk|react|svelte)$/.test(name);
    expect(isModule || places.some((place) => existsSync(path.join(place, name))), `${page}: ${name}`).toBe(
      true,
    );
  }
});

test('the README has at most 120 lines', () => {
  expect(readFileSync(path.join(ROOT, 'README.md'), 'utf8').trimEnd().split('\n').length).toBeLessThanOrEqual(
    120,
  );
});
