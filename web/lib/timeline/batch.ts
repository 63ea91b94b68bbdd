/** Passes items on at once, or in batches when they arrive too fast. */
export interface Batcher<T> {
  add: (items: readonly T[]) => void;
  /** Drops waiting items. */
  stop: () => void;
}

/** Creates a batcher that calls `run` at once, and then at most once every `ms` milliseconds. */
export function batch<T>(ms: number, run: (items: readonly T[]) => void): Batcher<T> {
  let waiting: T[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const handOn = (items: readonly T[]): void => {
    timer = setTimeout(() => {
      timer = undefined;
      if (waiting.length === 0) return;
      const batched = waiting;
      waiting = [];
      handOn(batched);
    }, ms);
    run(items);
  };
  return {
    add(items) {
      if (items.length === 0) return;
      if (timer === undefined) return handOn(items);
      for (const item of items) waiting.push(item);
    },
    stop() {
      clearTimeout(timer);
      timer = undefined;
      waiting = [];
    },
  };
}
