import { flushSync } from 'svelte';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { throttled } from './throttled-stores.svelte.ts';

/** A minimal store with a setter. */
function store<T>(value: T) {
  const runs = new Set<(value: T) => void>();
  return {
    get: () => value,
    set: (next: T) => {
      value = next;
      for (const run of runs) run(value);
    },
    subscribe: (run: (value: T) => void) => {
      runs.add(run);
      run(value);
      return () => void runs.delete(run);
    },
    watched: () => runs.size > 0,
  };
}

let frames: (() => void)[];
let stop: () => void;

beforeEach(() => {
  frames = [];
  vi.useFakeTimers();
  vi.stubGlobal('requestAnimationFrame', (run: () => void) => frames.push(run));
  vi.stubGlobal('cancelAnimationFrame', (id: number) => {
    if (frames[id - 1]) frames[id - 1] = () => {};
  });
});
afterEach(() => {
  stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** Records what an effect sees of two stores. */
function watch() {
  const [count, name] = [store(0), store('a')];
  const seen: string[] = [];
  stop = $effect.root(() => {
    const values = throttled({ count, name });
    $effect(() => {
      seen.push(`${values().count}${values().name}`);
    });
  });
  flushSync();
  const frame = (): void => {
    for (const run of frames.splice(0)) run();
    flushSync();
  };
  return { count, name, seen, frame };
}

it('shows values at once, then updates all stores together once per frame', () => {
  const { count, name, seen, frame } = watch();
  expect(seen).toEqual(['0a']);
  for (let n = 1; n <= 100; n++) count.set(n);
  name.set('b');
  flushSync();
  expect(seen).toEqual(['0a']);
  expect(frames).toHaveLength(1);
  frame();
  expect(seen).toEqual(['0a', '100b']);
  frame();
  vi.advanceTimersByTime(1_000);
  flushSync();
  expect(seen).toHaveLength(2);
});

it('updates less often if rendering is slow', () => {
  const { count, seen, frame } = watch();
  let now = 1_000;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  count.set(1);
  frame();
  // Rendering took 100 ms.
  now += 100;
  vi.advanceTimersByTime(1);
  count.set(2);
  expect(frames).toHaveLength(0);
  now += 300;
  vi.advanceTimersByTime(300);
  frame();
  expect(seen).toEqual(['0a', '1a', '2a']);
});

it('updates without frames too, and at once in a hidden page', () => {
  const { count, seen, frame } = watch();
  count.set(1);
  vi.advanceTimersByTime(100);
  flushSync();
  expect(seen).toEqual(['0a', '1a']);
  // The frame comes late, and has nothing left to do.
  frame();
  expect(seen).toEqual(['0a', '1a']);
  vi.spyOn(document, 'hidden', 'get').mockReturnValue(true);
  count.set(2);
  flushSync();
  expect(seen).toEqual(['0a', '1a', '2a']);
});

it('unsubscribes from the stores when nothing reads them any more', async () => {
  const { count, name } = watch();
  expect([count.watched(), name.watched()]).toEqual([true, true]);
  stop();
  await vi.runAllTimersAsync();
  expect([count.watched(), name.watched()]).toEqual([false, false]);
});
