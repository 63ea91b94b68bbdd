import type { Readable, Unsubscribe } from './types.ts';

interface Subscriber<T> {
  readonly run: (value: T) => void;
  /** The last version passed to `run`; -1 before its first call. */
  seen: number;
}

/**
 * The shared state of a connection's stores. Stores that are set in one `batch` all have their new values before any
 * subscriber runs, so subscribers never see inconsistent stores.
 */
export class Scope {
  readonly #report: (error: unknown) => void;
  readonly #changed = new Set<{ notify(): void }>();
  #depth = 0;

  constructor(report: (error: unknown) => void) {
    this.#report = report;
  }

  batch(run: () => void): void {
    this.#depth++;
    try {
      run();
      // A subscriber may set other stores, which are added to the end of the queue.
      if (this.#depth === 1) {
        for (const store of this.#changed) {
          this.#changed.delete(store);
          store.notify();
        }
      }
    } finally {
      this.#depth--;
    }
  }

  changed(store: { notify(): void }): void {
    this.#changed.add(store);
    if (this.#depth === 0) this.batch(() => undefined);
  }

  /** Calls foreign code. Errors are reported and do not affect others. */
  guard<T>(run: (value: T) => void, value: T): void {
    try {
      run(value);
    } catch (error) {
      this.#report(error);
    }
  }
}

export class Store<T> implements Readable<T> {
  readonly #scope: Scope;
  readonly #start: (() => () => void) | undefined;
  readonly #subscribers = new Set<Subscriber<T>>();
  #stop: (() => void) | undefined;
  #value: T;
  #version = 0;

  /**
   * @param start called for the first subscriber; the function that it returns is called after the last one has left.
   */
  constructor(scope: Scope, value: T, start?: () => () => void) {
    this.#scope = scope;
    this.#value = value;
    this.#start = start;
  }

  readonly get = (): T => this.#value;

  readonly subscribe = (run: (value: T) => void): Unsubscribe => {
    const subscriber: Subscriber<T> = { run, seen: -1 };
    this.#subscribers.add(subscriber);
    if (this.#subscribers.size === 1) this.#stop = this.#start?.();
    subscriber.seen = this.#version;
    this.#scope.guard(run, this.#value);
    return () => {
      if (this.#subscribers.delete(subscriber) && this.#subscribers.size === 0) this.#stop?.();
    };
  };

  /** The public interface of the store. */
  get readable(): Readable<T> {
    return { subscribe: this.subscribe, get: this.get };
  }

  set(value: T): void {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    this.#version++;
    this.#scope.changed(this);
  }

  /**
   * Calls the subscribers that have not seen the current value. Others were added, or already called, after it was set.
   */
  notify(): void {
    for (const subscriber of [...this.#subscribers]) {
      if (subscriber.seen < 0 || subscriber.seen === this.#version) continue;
      if (!this.#subscribers.has(subscriber)) continue;
      subscriber.seen = this.#version;
      this.#scope.guard(subscriber.run, this.#value);
    }
  }
}
