import { describe, expect, it } from 'vitest';
import { Scope, Store } from './store.ts';

function setUp() {
  const errors: unknown[] = [];
  const scope = new Scope((error) => errors.push(error));
  return { errors, scope };
}

describe('Store', () => {
  it('calls the subscriber at once and after each change, not after a set to the same value', () => {
    const { scope } = setUp();
    const store = new Store(scope, 1);
    const values: number[] = [];
    const stop = store.subscribe((value) => values.push(value));
    store.set(1);
    store.set(2);
    stop();
    stop();
    store.set(3);
    expect(values).toEqual([1, 2]);
    expect(store.get()).toBe(3);
  });

  it('starts with the first subscriber and stops after the last', () => {
    const { scope } = setUp();
    const log: string[] = [];
    const store = new Store(scope, 0, () => {
      log.push('start');
      return () => log.push('stop');
    });
    const stops = [store.subscribe(() => undefined), store.subscribe(() => undefined)];
    stops[0]?.();
    stops[0]?.();
    expect(log).toEqual(['start']);
    stops[1]?.();
    store.subscribe(() => undefined);
    expect(log).toEqual(['start', 'stop', 'start']);
  });

  it('calls the first subscriber once, with the value set by starting', () => {
    const { scope } = setUp();
    const values: number[] = [];
    const store: Store<number> = new Store(scope, 0, () => {
      store.set(1);
      return () => undefined;
    });
    store.subscribe((value) => values.push(value));
    expect(values).toEqual([1]);
  });
});

describe('Scope', () => {
  it('sets all stores of a batch before it calls any subscriber', () => {
    const { scope } = setUp();
    const a = new Store(scope, 0);
    const b = new Store(scope, 0);
    const seen: number[][] = [];
    a.subscribe((value) => seen.push([value, b.get()]));
    b.subscribe((value) => seen.push([a.get(), value]));
    seen.length = 0;
    scope.batch(() => {
      a.set(1);
      scope.batch(() => b.set(1));
      a.set(2);
    });
    expect(seen).toEqual([
      [2, 1],
      [2, 1],
    ]);
  });

  it('isolates subscribers that throw, and reports their errors', () => {
    const { errors, scope } = setUp();
    const store = new Store(scope, 0);
    const values: number[] = [];
    const failure = new Error('mine');
    const stop = store.subscribe(() => {
      throw failure;
    });
    store.subscribe((value) => values.push(value));
    store.set(1);
    stop();
    store.set(2);
    expect(values).toEqual([0, 1, 2]);
    expect(errors).toEqual([failure, failure]);
  });

  it('calls a subscriber that is added during a batch only once', () => {
    const { scope } = setUp();
    const store = new Store(scope, 0);
    const values: number[] = [];
    scope.batch(() => {
      store.set(1);
      store.subscribe((value) => values.push(value));
    });
    expect(values).toEqual([1]);
  });

  it('allows subscribers to set stores and to end subscriptions', () => {
    const { scope } = setUp();
    const store = new Store(scope, 0);
    const mirror = new Store(scope, 0);
    const log: string[] = [];
    store.subscribe((value) => mirror.set(value));
    const stop = store.subscribe((value) => {
      log.push(`first ${value}`);
      if (value === 1) stopSecond();
      if (value === 2) stop();
    });
    const stopSecond = store.subscribe((value) => log.push(`second ${value}`));
    mirror.subscribe((value) => log.push(`mirror ${value}`));
    for (const value of [1, 2, 3]) store.set(value);
    expect(log).toEqual([
      'first 0',
      'second 0',
      'mirror 0',
      'first 1',
      'mirror 1',
      'first 2',
      'mirror 2',
      'mirror 3',
    ]);
  });

  it('calls a later subscriber once with the value that an earlier one has set', () => {
    const { scope } = setUp();
    const store = new Store(scope, 0);
    const values: number[] = [];
    store.subscribe((value) => {
      if (value === 1) store.set(10);
    });
    store.subscribe((value) => values.push(value));
    store.set(1);
    expect(values).toEqual([0, 10]);
  });
});
