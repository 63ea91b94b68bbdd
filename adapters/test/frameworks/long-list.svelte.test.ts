/** Every framework renders a list that is a proxy over chunks (more than 1,024 rows) in the same way as an array. */
import { createElement } from 'react';
import { createRoot } from 'react-dom/client';
import { flushSync, mount, unmount } from 'svelte';
import { afterEach, expect, it, vi } from 'vitest';
import { createApp, defineComponent, h, ref } from 'vue';
import { emptyList } from '../../src/empty.ts';
import { chunksOf, patch } from '../../src/sorted-list.ts';
import LongList from './LongList.svelte';

interface Item {
  readonly value: number;
}
const items: Item[] = Array.from({ length: 1_500 }, (_, value) => ({ value }));
const list = patch<Item>(emptyList, [], items, (a, b) => a.value - b.value);
const text = items.map(({ value }) => value).join('');

const cleanUps: (() => void)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});

it('the list of this test is a proxy', () => {
  expect(chunksOf(list).length).toBeGreaterThan(1);
});

it('Svelte renders it with $state.raw and a keyed each block', () => {
  const target = document.createElement('div');
  const component = mount(LongList, { target, props: { list } });
  cleanUps.push(() => void unmount(component));
  flushSync();
  expect(target.textContent.trim()).toBe(text);
});

it('React renders it', async () => {
  const target = document.createElement('div');
  const root = createRoot(target);
  cleanUps.push(() => root.unmount());
  root.render(
    createElement(
      'ul',
      null,
      list.map(({ value }) => createElement('li', { key: value }, value)),
    ),
  );
  await vi.waitFor(() => expect(target.textContent).toBe(text));
});

it('Vue renders it, in a deep ref too', () => {
  const target = document.createElement('div');
  const app = createApp(
    defineComponent(() => {
      const current = ref(list);
      return () =>
        h(
          'ul',
          current.value.map(({ value }) => h('li', value)),
        );
    }),
  );
  app.mount(target);
  cleanUps.push(() => app.unmount());
  expect(target.textContent).toBe(text);
});

it('devtools can read it: its keys, its entries, its JSON and its type', () => {
  expect(Object.keys(list)).toEqual(Object.keys(items));
  expect(Object.entries(list).slice(0, 2)).toEqual(Object.entries(items).slice(0, 2));
  expect(JSON.stringify(list)).toBe(JSON.stringify(items));
  expect(Object.prototype.toString.call(list)).toBe('[object Array]');
  expect([...list]).toEqual(items);
});
