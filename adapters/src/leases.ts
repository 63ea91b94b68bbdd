import type { Environment } from './types.ts';

/**
 * Keeps something running as long as somebody needs it and a short grace longer, so that a page which swaps
 * one component for another does not end and start it anew.
 */
export class Leases {
  readonly #environment: Environment;
  readonly #graceMs: number;
  readonly #ends = new Set<() => void>();
  /** Whether all was ended for good. */
  closed = false;

  constructor(environment: Environment, graceMs: number) {
    this.#environment = environment;
    this.#graceMs = graceMs;
  }

  /**
   * @param start starts the thing; gives what ends it
   * @returns takes out a lease; gives what returns it, to be called once
   */
  create(start: () => () => void): () => () => void {
    const { isServer, setTimeout, clearTimeout } = this.#environment;
    let leases = 0;
    let timer: unknown;
    let stop: (() => void) | undefined;
    const end = (): void => {
      clearTimeout(timer);
      timer = undefined;
      this.#ends.delete(end);
      const ending = stop;
      stop = undefined;
      ending?.();
    };
    return () => {
      leases++;
      clearTimeout(timer);
      timer = undefined;
      if (!stop && !this.closed) {
        this.#ends.add(end);
        stop = start();
      }
      return () => {
        if (--leases > 0 || !stop) return;
        // A server renders a page and forgets it: no timer may hold it up.
        if (isServer) end();
        else timer = setTimeout(end, this.#graceMs);
      };
    };
  }

  /** Ends everything now and for good. */
  close(): void {
    this.closed = true;
    for (const end of this.#ends) end();
  }
}

/**
 * Keeps something running as long as somebody needs it, without a grace.
 * @returns takes part; gives what leaves
 */
export function shared(start: () => () => void): () => () => void {
  let users = 0;
  let stop: (() => void) | undefined;
  return () => {
    if (users++ === 0) stop = start();
    return () => {
      if (--users > 0) return;
      stop?.();
      // It holds on to all that it stopped.
      stop = undefined;
    };
  };
}
