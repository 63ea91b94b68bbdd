import type { Environment } from './types.ts';

/** Counts one more user of a resource. Call the result once, when that user is done. */
export type Acquire = () => () => void;

/**
 * Resources that run while they have users, plus a short delay, so that replacing one component with another does not
 * stop and restart them.
 */
export class RefCounts {
  readonly #environment: Environment;
  readonly #releaseDelayMs: number;
  readonly #running = new Set<() => void>();
  /** Whether all were stopped permanently. */
  isClosed = false;

  constructor(environment: Environment, releaseDelayMs: number) {
    this.#environment = environment;
    this.#releaseDelayMs = releaseDelayMs;
  }

  /** @param start starts the resource for its first user; the function that it returns stops it */
  create(start: () => () => void): Acquire {
    const { isServer, setTimeout, clearTimeout } = this.#environment;
    let users = 0;
    let timer: unknown;
    let stop: (() => void) | undefined;
    const end = (): void => {
      clearTimeout(timer);
      timer = undefined;
      this.#running.delete(end);
      const ending = stop;
      stop = undefined;
      ending?.();
    };
    return () => {
      users++;
      clearTimeout(timer);
      timer = undefined;
      if (!stop && !this.isClosed) {
        this.#running.add(end);
        stop = start();
      }
      return () => {
        if (--users > 0 || !stop) return;
        // After rendering a page on a server, no timer may keep it in memory.
        if (isServer) end();
        else timer = setTimeout(end, this.#releaseDelayMs);
      };
    };
  }

  /** Stops everything now and permanently. */
  close(): void {
    this.isClosed = true;
    for (const end of this.#running) end();
  }
}

/** A resource that stops as soon as its last user is done. */
export function refCounted(start: () => () => void): Acquire {
  let users = 0;
  let stop: (() => void) | undefined;
  return () => {
    if (users++ === 0) stop = start();
    return () => {
      if (--users > 0) return;
      stop?.();
      // Releases the references to everything that was stopped.
      stop = undefined;
    };
  };
}
