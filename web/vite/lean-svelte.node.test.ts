import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type Rollup } from 'vite';
import { expect, it } from 'vitest';
import { leanSvelte, sources, standIns } from './lean-svelte.ts';

const exportsOf = (code: string): string[] =>
  [...code.matchAll(/^\s*export (?:async )?(?:let|const|function\*?|class) (\w+)/gm)].map(
    ([, name = '']) => name,
  );

it.each(Object.entries(standIns))('stands in for what %s has', async (file, code) => {
  const theirs = exportsOf(await readFile(join(sources, file), 'utf8'));
  expect(exportsOf(code).length).toBeGreaterThan(0);
  expect(theirs).toEqual(expect.arrayContaining(exportsOf(code)));
});

/** What becomes of `code` in a bundle. */
async function bundled(code: string, plugins = [leanSvelte()]): Promise<string> {
  const entry: Rollup.Plugin = {
    name: 'entry',
    resolveId: (id) => (id.endsWith('/Entry.svelte') ? '/Entry.svelte' : undefined),
    load: (id) => (id === '/Entry.svelte' ? code : undefined),
  };
  const result = await build({
    configFile: false,
    logLevel: 'silent',
    plugins: [entry, plugins],
    resolve: { conditions: ['browser', 'production'] },
    build: { write: false, lib: { entry: '/Entry.svelte', formats: ['es'], fileName: 'entry' } },
  });
  return [result]
    .flat()
    .map((output) => ('output' in output ? output.output[0].code : ''))
    .join('');
}

it('leaves out what is not reached', async () => {
  const code = "export { mount } from 'svelte';";
  const [all, lean] = [await bundled(code, []), await bundled(code)];
  expect(all).toContain('svelte_boundary');
  expect(lean).not.toContain('svelte_boundary');
  expect(lean.length).toBeLessThan(all.length * 0.8);
});

it('fails for a component that has what is left out', async () => {
  await expect(bundled('<svelte:boundary></svelte:boundary>')).rejects.toThrow('<svelte:boundary>');
});
