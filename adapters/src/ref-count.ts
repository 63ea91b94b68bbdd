import type { Environment } from './types.ts';

/** Counts one more user of a resource. Call the result once, when that user is done. */
export type Acquire = () => () => void;

/**
 * Resources that run while somebody uses them, and a short delay longer, so that a page which replaces one component by
 * another does not stop and start them again.
 */
export class RefCounts {
  readonly #environment: Environment;
  readonly #releaseDelayMs: number;
  readonly #running = new Set<() => void>();
  /** Whether all were stopped for good. */
  isClosed = false;

  constructor(environment: Environment, releaseDelayMs: number) {
    this.#environment = environment;
    this.#releaseDelayMs = releaseDelayMs;
  }

  /** @param start starts the resource when its first user comes; what it returns stops it */
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
        // A server renders a page and forgets it: no timer may keep it alive.
        if (isServer) end();
        else timer = setTimeout(end, this.#releaseDelayMs);
      };
    };
  }

  /** Stops everything now and for good. */
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
      // It refers to everything that it has stopped.
      stop = undefined;
    };
  };
}
