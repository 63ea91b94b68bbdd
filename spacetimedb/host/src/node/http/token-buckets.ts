export interface TokenBucketOptions {
  /** How many may be taken at once, and within each period. `Infinity` is no limit. */
  readonly capacity: number;
  readonly periodMillis: number;
  /** Milliseconds of a clock that never goes back; `performance.now` when absent. */
  readonly now?: (() => number) | undefined;
}

/** Addresses that are kept at least before the ones with full buckets are looked for. */
const MIN_SWEEP = 1024;
/** Milliseconds. Sums of times are rounded, and a full bucket must not refuse because of it. */
const ROUNDING = 1e-3;

/** A token bucket for each key. Keys whose bucket is full again are forgotten. */
export class TokenBuckets {
  readonly #capacity: number;
  readonly #periodMillis: number;
  /** How long it takes until one more may be taken. */
  readonly #interval: number;
  readonly #now: () => number;
  /** When each key's bucket is full again. */
  readonly #fullAt = new Map<string, number>();
  #sweepAt = MIN_SWEEP;

  constructor({ capacity, periodMillis, now = () => performance.now() }: TokenBucketOptions) {
    this.#capacity = capacity;
    this.#periodMillis = periodMillis;
    this.#interval = periodMillis / capacity;
    this.#now = now;
  }

  /** How many keys are remembered. */
  get size(): number {
    return this.#fullAt.size;
  }

  /**
   * Takes one if there is one.
   *
   * @returns 0 when it was taken, else the milliseconds until there is one
   */
  take(key: string): number {
    const { wait, fullAt } = this.#next(key);
    if (wait === 0) this.#remember(key, fullAt);
    return wait;
  }

  /**
   * Takes one in any case, if need be one that is not there yet.
   *
   * @returns the milliseconds until it may be used
   */
  reserve(key: string): number {
    const { wait, fullAt } = this.#next(key);
    this.#remember(key, fullAt);
    return wait;
  }

  #next(key: string): { wait: number; fullAt: number } {
    const now = this.#now();
    if (this.#capacity === 0) return { wait: this.#periodMillis, fullAt: now };
    const fullAt = Math.max(now, this.#fullAt.get(key) ?? now) + this.#interval;
    const wait = fullAt - now - this.#periodMillis;
    return { wait: wait < ROUNDING ? 0 : wait, fullAt };
  }

  #remember(key: string, fullAt: number): void {
    if (this.#capacity === Infinity) return;
    this.#fullAt.set(key, fullAt);
    if (this.#fullAt.size < this.#sweepAt) return;
    const now = this.#now();
    for (const [known, time] of this.#fullAt) if (time <= now) this.#fullAt.delete(known);
    // Twice as many before the next one, so that sweeping costs each key a constant share.
    this.#sweepAt = Math.max(MIN_SWEEP, this.#fullAt.size * 2);
  }
}
