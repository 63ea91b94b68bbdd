/** The part of the Web Locks API that the page uses, which jsdom lacks. Each `FakeLocks` is one tab's. */
type Held = Map<string, () => void>;

export class FakeLocks {
  readonly #held: Held;
  readonly #mine = new Set<string>();

  /** @param held the locks held in the whole browser */
  constructor(held: Held) {
    this.#held = held;
  }

  request(
    name: string,
    { ifAvailable = false, signal }: { ifAvailable?: boolean; signal?: AbortSignal },
    run: (lock: object | null) => unknown,
  ): Promise<unknown> {
    if (!this.#held.has(name)) return this.#run(name, run);
    if (ifAvailable) return Promise.resolve(run(null));
    return new Promise((resolve, reject) => {
      const free = this.#held.get(name);
      this.#held.set(name, () => {
        free?.();
        if (!signal?.aborted) resolve(this.#run(name, run));
      });
      signal?.addEventListener('abort', () => reject(new Error('Too late')));
    });
  }

  /** Releases all locks, as closing the tab does. */
  release(): void {
    for (const name of this.#mine) {
      const free = this.#held.get(name);
      this.#held.delete(name);
      free?.();
    }
    this.#mine.clear();
  }

  async #run(name: string, run: (lock: object) => unknown): Promise<unknown> {
    this.#held.set(name, () => {});
    this.#mine.add(name);
    try {
      return await run({});
    } finally {
      const free = this.#held.get(name);
      this.#held.delete(name);
      this.#mine.delete(name);
      free?.();
    }
  }
}
