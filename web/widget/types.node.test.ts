import type { JSX as ReactJsx } from 'react';
import type { SvelteHTMLElements } from 'svelte/elements';
import { expectTypeOf, it } from 'vitest';
import type { GlobalComponents } from 'vue';
import type { SpacetimedbChat } from './element.svelte.ts';
import type {} from './react.d.ts';
import type { Attributes, SpacetimedbChatElement } from './spacetimedb-chat.d.ts';
import type {} from './svelte.d.ts';
import type {} from './vue.d.ts';

type Svelte = SvelteHTMLElements['spacetimedb-chat'];
type React = ReactJsx.IntrinsicElements['spacetimedb-chat'];
type Vue = InstanceType<GlobalComponents['spacetimedb-chat']>['$props'];

// Checked by the compiler; nothing here needs to run.
it('the types describe the element, its properties and its events', () => {
  expectTypeOf<HTMLElementTagNameMap['spacetimedb-chat']>().toEqualTypeOf<SpacetimedbChatElement>();
  expectTypeOf<SpacetimedbChat>().toExtend<
    Omit<SpacetimedbChatElement, 'addEventListener' | 'removeEventListener'>
  >();
  const use = (chat: SpacetimedbChatElement): void => {
    chat.addEventListener('message', ({ detail }) => expectTypeOf(detail.text).toEqualTypeOf<string>());
    chat.addEventListener('unread', ({ detail }) => expectTypeOf(detail.count).toEqualTypeOf<number>());
    chat.addEventListener('click', (event) => expectTypeOf(event).toExtend<MouseEvent>());
    chat.strings = { send: 'Go' };
    // @ts-expect-error no such mode
    chat.mode = 'popup';
    // @ts-expect-error no such text
    chat.strings = { sent: 'Gone' };
    // @ts-expect-error it is read-only
    chat.unread = 3;
  };
  expectTypeOf(use).toBeFunction();
});

it('the element is known to Svelte, React and Vue templates', () => {
  const attributes: Attributes = {
    uri: 'https://chat.example.com',
    mode: 'launcher',
    'token-storage': 'none',
  };
  const inSvelte: Svelte = {
    ...attributes,
    class: 'mine',
    onunread: ({ detail }) => void detail.count.toFixed(),
  };
  const inReact: React = {
    ...attributes,
    className: 'mine',
    onunread: ({ detail }) => void detail.count.toFixed(),
  };
  const inVue: Vue = { ...attributes, onUnread: ({ detail }) => void detail.count.toFixed() };
  expectTypeOf([inSvelte, inReact, inVue]).toBeArray();
  // @ts-expect-error no such theme
  const wrongInSvelte: Svelte = { theme: 'pink' };
  // @ts-expect-error no such theme
  const wrongInReact: React = { theme: 'pink' };
  // @ts-expect-error no such theme
  const wrongInVue: Vue = { theme: 'pink' };
  expectTypeOf([wrongInSvelte, wrongInReact, wrongInVue]).toBeArray();
});
