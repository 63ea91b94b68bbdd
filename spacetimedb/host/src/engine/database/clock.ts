/** Returns microseconds since the Unix epoch, strictly increasing. */
export class MicrosecondClock {
  readonly #read: () => number;
  readonly #elapsed: () => number;
  #last = 0;
  /** The value of `#elapsed` when `#last` was returned. */
  #toldAt: number;

  /**
   * @param read the wall clock in microseconds; it may be set back
   * @param elapsed a monotonic clock in microseconds; without it, time almost stops while the wall clock is behind
   */
  constructor(read: () => number, elapsed: () => number = () => 0) {
    this.#read = read;
    this.#elapsed = elapsed;
    this.#toldAt = elapsed();
  }

  /** The newest time that was returned; 0 if there was none. */
  get last(): number {
    return this.#last;
  }

  /**
   * Transactions need different times: tables are sets, so two equal messages sent in the same microsecond would
   * become one row. While the wall clock is behind, time runs at half speed until the wall clock has caught up. This
   * keeps the order, and timers still fire.
   */
  now(): number {
    const elapsed = this.#elapsed();
    const slowed = this.#last + Math.max(1, Math.floor((elapsed - this.#toldAt) / 2));
    this.#last = Math.max(Math.floor(this.#read()), slowed);
    this.#toldAt = elapsed;
    return this.#last;
  }

  /** Continues after a time that a previous process returned. */
  continueFrom(micros: number): void {
    this.#last = Math.max(this.#last, micros);
  }
}
