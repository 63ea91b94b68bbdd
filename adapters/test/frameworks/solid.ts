import { createRenderEffect, createRoot, from, onCleanup } from 'solid-js';
import type { Framework } from './driver.ts';

export const solid: Framework = {
  name: 'Solid',
  show: (store, target, onRender) =>
    createRoot((dispose) => {
      const value = from(store);
      createRenderEffect(() => {
        onRender();
        target.textContent = value() ?? '';
      });
      onCleanup(() => (target.textContent = ''));
      return dispose;
    }),
};
