/** Where a host gets the time from, and what wakes it. */
export interface TimeSource {
  /** Microseconds since the Unix epoch; two calls may get the same. */
  now(): number;
  /**
   * Calls `run` once, in `delayMs` milliseconds or somewhat later. It may call earlier than asked when the delay is more
   * than it can count: whoever is woken looks at the time.
   *
   * @returns calls it off
   */
  wake(delayMs: number, run: () => void): () => void;
}

/** More than this overflows into no delay at all in `setTimeout`. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** The time of the machine, with the resolution of `performance.now()`. */
export const systemTime: TimeSource = {
  now: () => (performance.timeOrigin + performance.now()) * 1000,
  wake: (delayMs, run) => {
    const timer = setTimeout(run, Math.min(delayMs, MAX_TIMEOUT_MS));
    return () => clearTimeout(timer);
  },
};

/** A time that stands still until it is told to move: for tests of what happens later. */
export class ManualTime implements TimeSource {
  #now: number;
  readonly #sleepers = new Set<{ readonly at: number; readonly run: () => void }>();

  /** @param start microseconds since the Unix epoch; now when absent */
  constructor(start = Date.now() * 1000) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  wake(delayMs: number, run: () => void): () => void {
    const sleeper = { at: this.#now + delayMs * 1000, run };
    this.#sleepers.add(sleeper);
    return () => this.#sleepers.delete(sleeper);
  }

  /** How many calls of `wake` are yet to come. */
  get pending(): number {
    return this.#sleepers.size;
  }

  /** Moves the time on, and wakes everybody on the way, each at their own moment. */
  advance(ms: number): void {
    const end = this.#now + ms * 1000;
    for (;;) {
      const next = [...this.#sleepers].sort((a, b) => a.at - b.at).find(({ at }) => at <= end);
      if (!next) break;
      this.#sleepers.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.run();
    }
    this.#now = end;
  }
}
