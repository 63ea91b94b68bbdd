import type { FunctionComponent } from 'react';
import type { Component } from 'svelte';
import { compile } from 'svelte/compiler';
import { afterAll, afterEach, beforeEach, expect, it, vi } from 'vitest';
import { prepareExamples, withEveryRune, type Prepared } from './prepare.ts';
import { serveExamples } from './server.ts';

const { prepared, remove } = prepareExamples();
const patient = { timeout: 20_000 };
afterAll(remove);
beforeEach(() => {
  localStorage.clear();
  // Each example is a program of its own.
  vi.resetModules();
  serveExamples();
});
afterEach(() => {
  vi.unstubAllGlobals();
  document.body.replaceChildren();
});

const ofLanguage = (wanted: Prepared['language']): Prepared[] =>
  prepared.filter(({ language }) => language === wanted);

/** Waits until the page shows what the example's comment `Shows: …` says. */
async function showsWhatItSays({ code }: Prepared, target: HTMLElement): Promise<void> {
  const [, expected = ''] = /Shows: (.+?)(?: -->)?$/m.exec(code) ?? [];
  expect(expected).not.toBe('');
  await vi.waitFor(() => {
    expect(target.textContent?.replaceAll(/\s+/g, ' ').trim()).toBe(expected);
  }, patient);
}

/** Those that can be shown by themselves; the others are parts of them. */
const withText = (examples: Prepared[]): Prepared[] =>
  examples.filter(({ code }) => code.includes('Shows: '));

it.each(ofLanguage('svelte'))('the Svelte example “$name” compiles without a warning', ({ code, file }) => {
  for (const generate of ['client', 'server'] as const)
    expect(compile(code, { generate, filename: file }).warnings).toEqual([]);
});

it.each(withText(ofLanguage('svelte')))(
  'the Svelte example “$name” shows what it says, beside every rune',
  async (example) => {
    const { mount, unmount } = await import('svelte');
    const { default: component } = (await import(/* @vite-ignore */ example.file)) as { default: Component };
    const shown = mount(component, { target: document.body });
    await showsWhatItSays(example, document.body);
    await unmount(shown);
  },
  60_000,
);

it('a store in a variable called state would break such a component', () => {
  const source = withEveryRune('<script>const state = { subscribe: () => () => {} };</script>');
  const { warnings } = compile(source, { generate: 'client' });
  expect(warnings).toContainEqual(expect.objectContaining({ code: 'store_rune_conflict' }));
});

it.each(ofLanguage('tsx'))(
  'the React example “$name” shows what it says',
  async (example) => {
    const [{ createElement }, { createRoot }] = await Promise.all([
      import('react'),
      import('react-dom/client'),
    ]);
    const exported = (await import(/* @vite-ignore */ example.file)) as Record<string, FunctionComponent>;
    const [component] = Object.values(exported);
    if (!component) throw new Error('The example exports no component');
    const root = createRoot(document.body);
    root.render(createElement(component));
    await showsWhatItSays(example, document.body);
    root.unmount();
  },
  60_000,
);
