/** The clock and timers of a host. */
export interface TimeSource {
  /** Wall clock: microseconds since the Unix epoch. Two calls may return the same time, and it may be set back. */
  now(): number;
  /** Monotonic clock: microseconds since an arbitrary moment. */
  elapsed(): number;
  /**
   * Calls `run` once after about `delayMs` milliseconds. It may call early, so `run` must check the time.
   *
   * @returns a function that cancels it
   */
  wake(delayMs: number, run: () => void): () => void;
}

/**
 * Timers stop while the machine sleeps but the wall clock does not, so long waits are split into parts of this
 * length.
 */
const MAX_TIMEOUT_MS = 5_000;
/** How far the monotonic clock may drift from the wall clock before the offset is corrected. */
const MAX_DRIFT_MS = 5;

/** Difference between the wall clock and the monotonic clock, which is finer but stops while the machine sleeps. */
let offsetMs = performance.timeOrigin;

/** The machine's time, with the resolution of `performance.now()`. */
export const systemTime: TimeSource = {
  now: () => {
    const elapsed = performance.now();
    const wall = Date.now();
    if (Math.abs(wall - elapsed - offsetMs) > MAX_DRIFT_MS) offsetMs = wall - elapsed;
    return (offsetMs + elapsed) * 1000;
  },
  elapsed: () => performance.now() * 1000,
  wake: (delayMs, run) => {
    const timer = setTimeout(run, Math.min(delayMs, MAX_TIMEOUT_MS));
    return () => clearTimeout(timer);
  },
};

/**
 * A clock for tests that moves only when told to. Reading it takes a microsecond, because no two transactions have the
 * same time.
 */
export class ManualTime implements TimeSource {
  #now: number;
  #elapsed = 0;
  readonly #sleepers = new Set<{ readonly at: number; readonly run: () => void }>();

  /** @param start microseconds since the Unix epoch; now by default */
  constructor(start = Date.now() * 1000) {
    this.#now = start;
  }

  now(): number {
    return this.#now++;
  }

  elapsed(): number {
    return this.#elapsed;
  }

  /**
   * Sets the wall clock as an administrator would: no time passes and nothing wakes. @param micros since the Unix
   * epoch
   */
  setWallClock(micros: number): void {
    this.#now = micros;
  }

  wake(delayMs: number, run: () => void): () => void {
    const sleeper = { at: this.#elapsed + delayMs * 1000, run };
    this.#sleepers.add(sleeper);
    return () => this.#sleepers.delete(sleeper);
  }

  /** Number of pending `wake` calls. */
  get pending(): number {
    return this.#sleepers.size;
  }

  /** Moves the time forward by `ms` milliseconds and runs everything that is due by then, each at its time. */
  advance(ms: number): void {
    const end = this.#elapsed + ms * 1000;
    for (;;) {
      const next = [...this.#sleepers].sort((a, b) => a.at - b.at).find(({ at }) => at <= end);
      if (!next) break;
      this.#sleepers.delete(next);
      this.#pass(next.at - this.#elapsed);
      next.run();
    }
    this.#pass(end - this.#elapsed);
  }

  #pass(micros: number): void {
    if (micros <= 0) return;
    this.#now += micros;
    this.#elapsed += micros;
  }
}
