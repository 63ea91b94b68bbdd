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

/** A clock, and a function that shows one change and takes `ms` to render it. */
function slowly({ count, frame }: ReturnType<typeof watch>) {
  let now = 1_000;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  const wait = (ms: number): void => {
    now += ms;
    vi.advanceTimersByTime(ms);
  };
  const render = (n: number, ms: number): void => {
    count.set(n);
    frame();
    now += ms;
    vi.advanceTimersByTime(1);
  };
  return { wait, render };
}

it('updates less often if rendering stays slow', () => {
  const watched = watch();
  const { count, seen, frame } = watched;
  const { wait, render } = slowly(watched);
  render(1, 100);
  render(2, 100);
  // These 200 ms are a quarter of 800 ms, and 300 of those may be owed.
  count.set(3);
  expect(frames).toHaveLength(0);
  wait(199);
  expect(frames).toHaveLength(0);
  wait(1);
  frame();
  expect(seen).toEqual(['0a', '1a', '2a', '3a']);
});

it('never waits longer than half a second', () => {
  const watched = watch();
  const { count, seen, frame } = watched;
  const { wait, render } = slowly(watched);
  render(1, 5_000);
  count.set(2);
  expect(frames).toHaveLength(0);
  wait(500);
  frame();
  expect(seen).toEqual(['0a', '1a', '2a']);
});

it('does not delay the second update because the first one was slow', () => {
  const watched = watch();
  const { seen } = watched;
  const { render } = slowly(watched);
  render(1, 90);
  render(2, 1);
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

it('unsubscribes from the stores when nothing reads them', async () => {
  const { count, name } = watch();
  expect([count.watched(), name.watched()]).toEqual([true, true]);
  stop();
  await vi.runAllTimersAsync();
  expect([count.watched(), name.watched()]).toEqual([false, false]);
});
