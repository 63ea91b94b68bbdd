import type { Framework } from './driver.ts';

export const plain: Framework = {
  name: 'plain JavaScript',
  show(store, target, onRender) {
    const stop = store.subscribe((value) => {
      onRender();
      target.textContent = value;
    });
    return () => {
      stop();
      target.textContent = '';
    };
  },
};
