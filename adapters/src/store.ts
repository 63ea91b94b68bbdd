import type { Readable, Unsubscribe } from './types.ts';

interface Subscriber<T> {
  readonly run: (value: T) => void;
  /** The version that `run` saw last; -1 before its first call. */
  seen: number;
}

/**
 * What the stores of one connection have in common. Stores that are set inside one `batch` all have their new
 * values before any subscriber runs, so that no subscriber sees two stores disagree.
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
      // A subscriber may set stores in turn; they join the end of the queue.
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

  /** Calls foreign code. What it throws is reported and stops nobody else. */
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
   * @param start called when the first subscriber comes; what it returns is called when the last one has
   * left.
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

  /** What others may do with the store. */
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
   * Runs those who have not seen the current value: a subscriber may have come, or been told, since it was
   * set.
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
