export interface TokenBucketOptions {
  /** How many tokens are available at once and per period. `Infinity` for no limit. */
  readonly capacity: number;
  readonly periodMillis: number;
  /** A monotonic clock in milliseconds; `performance.now` by default. */
  readonly now?: (() => number) | undefined;
}

/** The minimum number of keys before full buckets are searched for. */
const MIN_SWEEP = 1024;
/** Milliseconds. Sums of times are rounded, and a full bucket must not refuse because of that. */
const ROUNDING = 1e-3;

/** A token bucket for each key. Keys with a full bucket are forgotten. */
export class TokenBuckets {
  readonly #capacity: number;
  readonly #periodMillis: number;
  /** The time until the next token. */
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

  /** Number of keys in memory. */
  get size(): number {
    return this.#fullAt.size;
  }

  /**
   * Takes a token if one is available.
   *
   * @returns 0 if it was taken, otherwise the milliseconds until one is available
   */
  take(key: string): number {
    const { wait, fullAt } = this.#next(key);
    if (wait === 0) this.#remember(key, fullAt);
    return wait;
  }

  /**
   * Takes a token in any case, if necessary a future one.
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
    // Twice as many before the next sweep, so that sweeping costs a constant share per key.
    this.#sweepAt = Math.max(MIN_SWEEP, this.#fullAt.size * 2);
  }
}
