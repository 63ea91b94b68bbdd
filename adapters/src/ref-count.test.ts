import { expect, it } from 'vitest';
import { refCounted, RefCounts } from './ref-count.ts';
import type { Environment } from './types.ts';

function openRefCounts(isServer = false) {
  const timers = new Map<() => void, number>();
  const environment = {
    isServer,
    setTimeout: (run: () => void, ms: number) => (timers.set(run, ms), run),
    clearTimeout: (run: () => void) => void timers.delete(run),
  } as unknown as Environment;
  const refCounts = new RefCounts(environment, 50);
  const log: string[] = [];
  const acquire = refCounts.create(() => {
    log.push('started');
    return () => log.push('stopped');
  });
  return { refCounts, acquire, timers, log };
}

it('a resource stops a while after its last user is done, unless another comes', () => {
  const { acquire, timers, log } = openRefCounts();
  const releases = [acquire(), acquire()];
  releases[0]?.();
  expect(timers.size).toBe(0);
  releases[1]?.();
  expect([...timers.values()]).toEqual([50]);
  const release = acquire();
  expect(timers.size).toBe(0);
  release();
  expect(log).toEqual(['started']);
  for (const run of timers.keys()) run();
  expect(log).toEqual(['started', 'stopped']);
  acquire()();
  expect(log).toEqual(['started', 'stopped', 'started']);
});

it('a resource stops at once on a server', () => {
  const { acquire, timers, log } = openRefCounts(true);
  acquire()();
  expect(log).toEqual(['started', 'stopped']);
  expect(timers.size).toBe(0);
});

it('closing stops everything permanently, without leaving a timer', () => {
  const { refCounts, acquire, timers, log } = openRefCounts();
  const releases = [acquire(), acquire()];
  for (const release of releases) release();
  refCounts.close();
  refCounts.close();
  expect(timers.size).toBe(0);
  acquire()();
  expect(log).toEqual(['started', 'stopped']);
  expect(timers.size).toBe(0);
});

it('a counted resource stops as soon as its last user is done', () => {
  const log: string[] = [];
  const acquire = refCounted(() => {
    log.push('started');
    return () => log.push('stopped');
  });
  const releases = [acquire(), acquire()];
  expect(log).toEqual(['started']);
  releases[0]?.();
  expect(log).toEqual(['started']);
  releases[1]?.();
  acquire()();
  expect(log).toEqual(['started', 'stopped', 'started', 'stopped']);
});
