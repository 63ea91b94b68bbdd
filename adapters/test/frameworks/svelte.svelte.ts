import { flushSync, mount, unmount, type Component } from 'svelte';
import type { Readable } from '../../src/index.ts';
import Dollar from './Dollar.svelte';
import type { Framework, QueryFramework } from './driver.ts';
import FromReadable from './FromReadable.svelte';
import FromStore from './FromStore.svelte';
import Names from './Names.svelte';
import Page from './Page.svelte';

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
export const svelteFromStore = framework('Svelte with fromStore', FromStore);
export const svelteFromReadable = framework('Svelte with fromReadable', FromReadable);

export const svelteQuery: QueryFramework = {
  name: 'Svelte',
  show(connection, target, options, onRender) {
    const props = $state({ connection, onRender, ...options });
    const page = mount(Page, { target, props });
    return {
      update: (next) => void Object.assign(props, next),
      leave: () => void unmount(page),
    };
  },
  showAlone(target) {
    return new Promise(() => mount(Names, { target, props: { online: true, onRender: () => undefined } }));
  },
};
