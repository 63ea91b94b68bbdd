/** Each bucket is 2 % wider than the previous one, which is the precision of the figures. */
const STEP = Math.log(1.02);
/** Milliseconds; shorter durations count as this. */
const LEAST = 0.001;

/** Counts durations, in the same little memory for a million of them as for ten. */
export class Histogram {
  readonly #counts: number[] = [];
  #total = 0;

  /** @param counts a result of `toJSON` */
  static from(counts: readonly (number | null)[]): Histogram {
    const histogram = new Histogram();
    histogram.add(counts);
    return histogram;
  }

  get total(): number {
    return this.#total;
  }

  /** @param ms milliseconds */
  record(ms: number): void {
    const bucket = Math.max(0, Math.round(Math.log(Math.max(ms, LEAST) / LEAST) / STEP));
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#total++;
  }

  /** @param counts a result of another histogram's `toJSON` */
  add(counts: readonly (number | null)[]): void {
    counts.forEach((count, bucket) => {
      this.#counts[bucket] = (this.#counts[bucket] ?? 0) + (count ?? 0);
      this.#total += count ?? 0;
    });
  }

  /**
   * The duration that `share` of all durations did not exceed.
   *
   * @param share from 0 to 1
   * @returns milliseconds; `NaN` when nothing was recorded
   */
  percentile(share: number): number {
    let left = this.#total * share;
    for (const [bucket, count] of this.#counts.entries()) {
      left -= count ?? 0;
      if (count && left <= 0) return LEAST * Math.exp(bucket * STEP);
    }
    return NaN;
  }

  toJSON(): (number | null)[] {
    return Array.from(this.#counts, (count) => count ?? 0);
  }
}
