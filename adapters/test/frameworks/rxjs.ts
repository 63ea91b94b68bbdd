import { Observable } from 'rxjs';
import type { Framework } from './driver.ts';

export const rxjs: Framework = {
  name: 'RxJS',
  show(store, target, onRender) {
    const values = new Observable<string>((subscriber) => store.subscribe((value) => subscriber.next(value)));
    const subscription = values.subscribe((value) => {
      onRender();
      target.textContent = value;
    });
    return () => {
      subscription.unsubscribe();
      target.textContent = '';
    };
  },
};
