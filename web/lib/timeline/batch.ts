/** Hands on what comes one by one, and together what comes too fast for that. */
export interface Batcher<T> {
  add: (items: readonly T[]) => void;
  /** Forgets what has not been handed on. */
  stop: () => void;
}

/**
 * @param ms for so many milliseconds after something was handed on, what comes waits, and is handed on together
 */
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
