type Listener = (...args: never[]) => void;

/** Who wants to hear of what. */
export class Events<Name extends string> {
  readonly #listeners = new Map<Name, Set<Listener>>();

  on(name: Name, run: Listener): void {
    const listeners = this.#listeners.get(name);
    if (listeners) listeners.add(run);
    else this.#listeners.set(name, new Set([run]));
  }

  off(name: Name, run: Listener): void {
    this.#listeners.get(name)?.delete(run);
  }

  emit(name: Name, ...args: unknown[]): void {
    for (const run of this.#listeners.get(name) ?? []) run(...(args as never[]));
  }
}
