import { flushSync, mount, unmount, type Component } from 'svelte';
import type { Readable } from '../../src/index.ts';
import Dollar from './Dollar.svelte';
import type { Framework } from './driver.ts';
import Rune from './Rune.svelte';

type Shown = Component<{ store: Readable<string>; onRender: () => void }>;

function framework(name: string, component: Shown): Framework {
  return {
    name,
    show(store, target, onRender) {
      const shown = mount(component, { target, props: { store, onRender } });
      flushSync();
      return () => void unmount(shown);
    },
  };
}

export const svelteDollar = framework('Svelte with $store', Dollar);
export const svelteRune = framework('Svelte with fromStore', Rune);
