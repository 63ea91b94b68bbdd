import { expect, it } from 'vitest';
import { record } from '../test/set-up.ts';
import { QueryError } from './errors.ts';
import type { Internals } from './internals.ts';
import { liveStatus, liveStore, worstOf, type SetLive } from './live-store.ts';
import { RefCounts } from './ref-count.ts';
import { Scope } from './store.ts';
import type { Environment } from './types.ts';

function openLive() {
  const scope = new Scope((error) => {
    throw error;
  });
  const refCounts = new RefCounts({ isServer: true, clearTimeout } as Environment, 0);
  const used = new Set<string>();
  const use = (name: string) => {
    used.add(name);
    return () => void used.delete(name);
  };
  const internals = { scope, refCounts, keepOpen: () => use('connection') } as unknown as Internals;
  let set: SetLive<string> = () => undefined;
  const live = liveStore(internals, 'empty', (setLive) => {
    set = setLive;
    return use('source');
  });
  return { live, refCounts, used, set: ((...args) => set(...args)) satisfies SetLive<string> };
}

it('a status says for each state whether it is loading, ready or stale', () => {
  const flags = (['idle', 'loading', 'ready', 'stale', 'error'] as const).map((status) => {
    const { isLoading, isReady, isStale } = liveStatus({ status });
    return [isLoading, isReady, isStale].map(Number).join('');
  });
  expect(flags).toEqual(['000', '100', '010', '001', '000']);
});

it('of several equally bad statuses, the first one counts', () => {
  const order = ['ready', 'idle', 'loading', 'stale', 'error'] as const;
  for (const [index, status] of order.entries()) {
    const all = [...order.slice(0, index), status, status].map((status) => liveStatus({ status }));
    expect(worstOf(all)).toBe(liveStatus({ status }));
  }
  const errors = ['a', 'b'].map((name) => ({ status: 'error' as const, name }));
  expect(worstOf(errors)).toBe(errors[0]);
  expect(worstOf([]).status).toBe('ready');
});

it('a store with a status emits each status and each error once', () => {
  const { live, set } = openLive();
  const { values } = record(live.status);
  const failures = ['a', 'b'].map((text) => new QueryError('refused', text));
  for (const error of [failures[0], failures[0], failures[1]]) set('empty', { status: 'error', error });
  set('full', { status: 'ready' });
  set('fuller', { status: 'ready' });
  expect(values.map(({ status, error }) => error?.message ?? status)).toEqual(['idle', 'a', 'b', 'ready']);
  expect(live.get()).toBe('fuller');
});

it('a store runs while it has subscribers, and keeps its value when the connection is closed', () => {
  const { live, set, used, refCounts } = openLive();
  const { stop } = record(live);
  expect([...used]).toEqual(['connection', 'source']);
  set('full', { status: 'ready' });
  stop();
  expect([...used]).toEqual([]);
  expect([live.get(), live.status.get().status]).toEqual(['empty', 'idle']);
  record(live);
  set('full', { status: 'ready' });
  refCounts.close();
  expect([...used]).toEqual([]);
  expect([live.get(), live.status.get().status]).toEqual(['full', 'ready']);
});
