// Node's `console.log` looks behind a proxy, at what has perhaps not been filled yet.
const INSPECT = Symbol.for('nodejs.util.inspect.custom');
const inspect: PropertyDescriptor = {
  value(this: readonly unknown[]) {
    return this.slice();
  },
};

/** The one empty list, so that nothing is told when one empty list follows another. */
export const none: readonly never[] = [];

/**
 * An array of what stands in the chunks: the only chunk itself, else a proxy that is an array in every respect
 * (`Array.isArray`, index, `length`, all methods) and cannot be changed. Single items, `at` and `slice` are read
 * from the chunks. The first use of anything else copies them into one array, once for each version of a list.
 * @param chunks must not change any more
 */
export function viewOf<T>(chunks: readonly (readonly T[])[], length: number): readonly T[] {
  const [first = none] = chunks;
  if (chunks.length <= 1) return first;
  const view = new Proxy<T[]>(Object.defineProperty([], INSPECT, inspect), new View(chunks, length));
  chunksOfViews.set(view, chunks);
  return view;
}

const chunksOfViews = new WeakMap<readonly unknown[], readonly (readonly unknown[])[]>();

/** What a list was made of; any other array is a chunk of its own. */
export function chunksOf<T>(list: readonly T[]): readonly (readonly T[])[] {
  return (
    (chunksOfViews.get(list) as readonly (readonly T[])[] | undefined) ?? (list.length > 0 ? [list] : [])
  );
}

class View<T> implements ProxyHandler<T[]> {
  readonly #chunks: readonly (readonly T[])[];
  readonly #length: number;
  /** The chunk that was read last, and where it starts: most often the next item is in it too. */
  #index = 0;
  #start = 0;

  constructor(chunks: readonly (readonly T[])[], length: number) {
    this.#chunks = chunks;
    this.#length = length;
  }

  get(target: T[], key: string | symbol, receiver: unknown): unknown {
    if (key === 'length') return this.#length;
    if (typeof key === 'string') {
      const first = key.charCodeAt(0);
      // A digit.
      if (first > 47 && first < 58) return this.#item(Number(key));
      if (key === 'at') return (index?: number) => this.#item(this.#position(index, 0));
      if (key === 'slice') return (from?: number, to?: number) => this.#slice(from, to);
    }
    const value: unknown = Reflect.get(this.#fill(target), key, receiver);
    // On the array itself the methods are some ten times faster than through the proxy.
    return typeof value === 'function' && key !== 'constructor' ? value.bind(target) : value;
  }

  has(target: T[], key: string | symbol): boolean {
    return Reflect.has(this.#fill(target), key);
  }

  ownKeys(target: T[]): (string | symbol)[] {
    return Reflect.ownKeys(this.#fill(target));
  }

  getOwnPropertyDescriptor(target: T[], key: string | symbol): PropertyDescriptor | undefined {
    return Reflect.getOwnPropertyDescriptor(this.#fill(target), key);
  }

  // What is filled is frozen, so these refuse by themselves all that would change it.

  defineProperty(target: T[], key: string | symbol, descriptor: PropertyDescriptor): boolean {
    return Reflect.defineProperty(this.#fill(target), key, descriptor);
  }

  deleteProperty(target: T[], key: string | symbol): boolean {
    return Reflect.deleteProperty(this.#fill(target), key);
  }

  preventExtensions(target: T[]): boolean {
    return Reflect.preventExtensions(this.#fill(target));
  }

  #fill(target: T[]): T[] {
    if (Object.isFrozen(target)) return target;
    for (const chunk of this.#chunks) target.push(...chunk);
    return Object.freeze(target) as T[];
  }

  /** An index as the array methods take it: from the end when negative. */
  #position(index: number | undefined, fallback: number): number {
    const whole = index === undefined ? fallback : Math.trunc(index) || 0;
    return whole < 0 ? whole + this.#length : whole;
  }

  #slice(from: number | undefined, to: number | undefined): T[] {
    const [first, end] = [this.#position(from, 0), this.#position(to, this.#length)];
    let start = 0;
    const parts = this.#chunks.map((chunk) => {
      const part = chunk.slice(Math.max(0, first - start), Math.max(0, end - start));
      start += chunk.length;
      return part;
    });
    return ([] as T[]).concat(...parts);
  }

  #item(index: number): T | undefined {
    if (index < 0) return undefined;
    let chunk = this.#chunks[this.#index] as readonly T[];
    while (index < this.#start) {
      chunk = this.#chunks[--this.#index] as readonly T[];
      this.#start -= chunk.length;
    }
    while (index >= this.#start + chunk.length) {
      const next = this.#chunks[this.#index + 1];
      if (!next) return undefined;
      this.#index++;
      this.#start += chunk.length;
      chunk = next;
    }
    return chunk[index - this.#start];
  }
}
