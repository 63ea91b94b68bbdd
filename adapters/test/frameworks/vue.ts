import { createApp, defineComponent, h, onScopeDispose, shallowRef } from 'vue';
import type { Framework } from './driver.ts';

export const vue: Framework = {
  name: 'Vue',
  show(store, target, onRender) {
    const app = createApp(
      defineComponent(() => {
        const value = shallowRef('');
        onScopeDispose(store.subscribe((next) => (value.value = next)));
        return () => {
          onRender();
          return h('p', value.value);
        };
      }),
    );
    app.mount(target);
    return () => app.unmount();
  },
};
