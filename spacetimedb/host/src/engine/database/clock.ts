/** Tells the time in microseconds since the Unix epoch, never the same twice and never going back. */
export class MicrosecondClock {
  readonly #read: () => number;
  readonly #elapsed: () => number;
  #last = 0;
  /** What `#elapsed` said when `#last` was told. */
  #toldAt: number;

  /**
   * @param read the wall clock in microseconds, which somebody may set back
   * @param elapsed microseconds since any moment, on a clock that only goes on; when absent, time stands nearly still
   *   while the wall clock is behind
   */
  constructor(read: () => number, elapsed: () => number = () => 0) {
    this.#read = read;
    this.#elapsed = elapsed;
    this.#toldAt = elapsed();
  }

  /** The newest time that was told; 0 when there was none. */
  get last(): number {
    return this.#last;
  }

  /**
   * Two transactions must not get the same time: tables are sets, and two equal messages sent in the same microsecond
   * would be one row. While the wall clock is behind what was told already, time goes on at half its speed until the
   * wall clock has caught up: order is kept, and waits end.
   */
  now(): number {
    const elapsed = this.#elapsed();
    const slowed = this.#last + Math.max(1, Math.floor((elapsed - this.#toldAt) / 2));
    this.#last = Math.max(Math.floor(this.#read()), slowed);
    this.#toldAt = elapsed;
    return this.#last;
  }

  /** Goes on from a time that was told before this process began. */
  continueFrom(micros: number): void {
    this.#last = Math.max(this.#last, micros);
  }
}
