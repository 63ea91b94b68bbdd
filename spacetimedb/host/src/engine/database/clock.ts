/** Tells the time in microseconds since the Unix epoch, never the same twice and never going back. */
export class MicrosecondClock {
  readonly #read: () => number;
  #last = 0;

  /** @param read the time in microseconds */
  constructor(read: () => number) {
    this.#read = read;
  }

  /**
   * Two transactions must not get the same time: tables are sets, and two equal messages sent in the same microsecond
   * would be one row.
   */
  now(): number {
    this.#last = Math.max(Math.floor(this.#read()), this.#last + 1);
    return this.#last;
  }
}
