import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { sourcesIn } from './build-site.ts';

let root: string;
let before: string;

const write = (name: string): Promise<void> => writeFile(path.join(root, name), '');

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'build-site-'));
  onTestFinished(() => rm(root, { recursive: true }));
  await mkdir(path.join(root, 'web/lib/ui'), { recursive: true });
  for (const name of ['Switch.svelte', 'copy.ts', 'copy.svelte.test.ts']) await write(`web/lib/ui/${name}`);
  await write('vite.config.ts');
  before = await sourcesIn(root);
});

test('the site is built again when a source was changed, added or removed', async () => {
  await utimes(path.join(root, 'web/lib/ui/copy.ts'), 1, 1);
  const changed = await sourcesIn(root);
  await write('web/lib/ui/keys.ts');
  const added = await sourcesIn(root);
  await rm(path.join(root, 'web/lib/ui/Switch.svelte'));
  const removed = await sourcesIn(root);
  expect(new Set([before, changed, added, removed]).size).toBe(4);
});

test('the site is not built again when only tests were changed, added or removed', async () => {
  await utimes(path.join(root, 'web/lib/ui/copy.svelte.test.ts'), 1, 1);
  expect(await sourcesIn(root)).toBe(before);
  await write('web/lib/ui/keys.node.test.ts');
  expect(await sourcesIn(root)).toBe(before);
  await rm(path.join(root, 'web/lib/ui/copy.svelte.test.ts'));
  expect(await sourcesIn(root)).toBe(before);
  await mkdir(path.join(root, 'web/e2e'));
  await write('web/e2e/start.test.ts');
  expect(await sourcesIn(root)).toBe(before);
});
