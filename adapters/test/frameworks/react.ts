import { createElement, useSyncExternalStore } from 'react';
import { createRoot } from 'react-dom/client';
import type { Readable } from '../../src/index.ts';
import type { Framework } from './driver.ts';

function Shown({ store, onRender }: { store: Readable<string>; onRender: () => void }) {
  const value = useSyncExternalStore(store.subscribe, store.get);
  onRender();
  return createElement('p', null, value);
}

export const react: Framework = {
  name: 'React',
  show(store, target, onRender) {
    const root = createRoot(target);
    root.render(createElement(Shown, { store, onRender }));
    return () => root.unmount();
  },
};
