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
  // Each example is a separate program.
  vi.resetModules();
  serveExamples();
});
afterEach(() => {
  vi.unstubAllGlobals();
  document.body.replaceChildren();
});

const ofLanguage = (wanted: Prepared['language']): Prepared[] =>
  prepared.filter(({ language }) => language === wanted);

/** Waits until the page shows the text of the example's comment `Shows: …`. */
async function showsWhatItSays({ code }: Prepared, target: HTMLElement): Promise<void> {
  const [, expected = ''] = /Shows: (.+?)(?: -->)?$/m.exec(code) ?? [];
  expect(expected).not.toBe('');
  await vi.waitFor(() => {
    expect(target.textContent?.replaceAll(/\s+/g, ' ').trim()).toBe(expected);
  }, patient);
}

/** The examples that can be rendered alone; the others are used by them. */
const withText = (examples: Prepared[]): Prepared[] =>
  examples.filter(({ code }) => code.includes('Shows: '));

it.each(ofLanguage('svelte'))('the Svelte example “$name” compiles without a warning', ({ code, file }) => {
  for (const generate of ['client', 'server'] as const)
    expect(compile(code, { generate, filename: file }).warnings).toEqual([]);
});

it.each(withText(ofLanguage('svelte')))(
  'the Svelte example “$name” shows the text of its comment, together with every rune',
  async (example) => {
    const { mount, unmount } = await import('svelte');
    const { default: component } = (await import(/* @vite-ignore */ example.file)) as { default: Component };
    const onRunes = vi.fn<(event: Event) => void>();
    document.addEventListener('runes', onRunes);
    const shown = mount(component, { target: document.body });
    await showsWhatItSays(example, document.body);
    await vi.waitFor(() => expect(onRunes).toHaveBeenLastCalledWith(expect.objectContaining({ detail: 15 })));
    document.removeEventListener('runes', onRunes);
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
  'the React example “$name” shows the text of its comment',
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

it.each([
  ['Svelte', 'App.svelte', 'input'],
  ['React', 'App.tsx', 'p'],
])(
  'the README’s query in %s follows its state',
  async (_, name, selector) => {
    const example = prepared.find(({ file }) => file.endsWith(`/${name}`)) as Prepared;
    const { default: exported } = (await import(/* @vite-ignore */ example.file)) as { default: unknown };
    const target = document.createElement('main');
    document.body.append(target);
    if (name.endsWith('.svelte')) {
      const { mount } = await import('svelte');
      mount(exported as Component, { target });
    } else {
      const [{ createElement }, { createRoot }] = await Promise.all([
        import('react'),
        import('react-dom/client'),
      ]);
      createRoot(target).render(createElement(exported as FunctionComponent));
    }
    await vi.waitFor(() => expect(target.textContent).toContain('Bob'), patient);
    target.querySelector<HTMLElement>(selector)?.click();
    await vi.waitFor(() => {
      expect(target.textContent).toContain('Cy');
      expect(target.textContent).not.toContain('Bob');
    }, patient);
  },
  60_000,
);
