/** Where a host gets the time from, and what wakes it. */
export interface TimeSource {
  /** The wall clock: microseconds since the Unix epoch. Two calls may get the same, and it may be set back. */
  now(): number;
  /** Microseconds since any moment, on a clock that nobody sets. */
  elapsed(): number;
  /**
   * Calls `run` once, in `delayMs` milliseconds or somewhat later. It may call earlier than asked: whoever is woken looks
   * at the time.
   *
   * @returns calls it off
   */
  wake(delayMs: number, run: () => void): () => void;
}

/** Timers stand still while the machine sleeps, and the wall clock goes on: nobody waits longer than this in one go. */
const MAX_TIMEOUT_MS = 5_000;
/** How far the finer clock may be from the wall clock before it is set anew. */
const MAX_DRIFT_MS = 5;

/** Between the wall clock and the clock that only goes on, which is finer and stands still while the machine sleeps. */
let offsetMs = performance.timeOrigin;

/** The time of the machine, with the resolution of `performance.now()`. */
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
 * A time that stands still until it is told to move: for tests of what happens later. Reading the clock takes a
 * microsecond, because no two transactions have the same time.
 */
export class ManualTime implements TimeSource {
  #now: number;
  #elapsed = 0;
  readonly #sleepers = new Set<{ readonly at: number; readonly run: () => void }>();

  /** @param start microseconds since the Unix epoch; now when absent */
  constructor(start = Date.now() * 1000) {
    this.#now = start;
  }

  now(): number {
    return this.#now++;
  }

  elapsed(): number {
    return this.#elapsed;
  }

  /** Sets the wall clock, as a person does by hand: no time passes, and nothing is run. @param micros since the Unix epoch */
  setWallClock(micros: number): void {
    this.#now = micros;
  }

  wake(delayMs: number, run: () => void): () => void {
    const sleeper = { at: this.#elapsed + delayMs * 1000, run };
    this.#sleepers.add(sleeper);
    return () => this.#sleepers.delete(sleeper);
  }

  /** How many wake-ups are planned. */
  get pending(): number {
    return this.#sleepers.size;
  }

  /** Moves the time on by `ms` milliseconds and runs whatever is due by then, each at its own moment. */
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
