import { none } from './none.ts';

// Node's `console.log` looks behind a proxy, at what has perhaps not been filled yet.
const INSPECT = Symbol.for('nodejs.util.inspect.custom');
const inspect: PropertyDescriptor = {
  value(this: readonly unknown[]) {
    return this.slice();
  },
};

type Chunks<T> = readonly (readonly T[])[];

/** What a view is made of. */
interface Parts<T> {
  readonly chunks: Chunks<T>;
  readonly length: number;
  /** The chunk that was read last, and where it starts: most often the next item is in it too. */
  index: number;
  start: number;
}

/** By the view, and by the array behind it. */
const parts = new WeakMap<readonly unknown[], Parts<unknown>>();

/**
 * An array of what stands in the chunks: the only chunk itself, else a proxy that is an array in every respect
 * (`Array.isArray`, index, `length`, all methods) and cannot be changed. Single items, `at` and `slice` are read
 * from the chunks. The first use of anything else copies them into one array, once for each version of a list.
 * @param chunks must not change any more
 */
export function viewOf<T>(chunks: Chunks<T>, length: number): readonly T[] {
  if (chunks.length <= 1) return chunks[0] ?? none;
  const target: T[] = Object.defineProperty([], INSPECT, inspect);
  const view = new Proxy<T[]>(target, handler);
  const own = { chunks, length, index: 0, start: 0 };
  parts.set(target, own).set(view, own);
  return view;
}

/** What a list was made of; any other array is a chunk of its own. */
export function chunksOf<T>(list: readonly T[]): Chunks<T> {
  return (parts.get(list)?.chunks as Chunks<T> | undefined) ?? (list.length > 0 ? [list] : []);
}

const handler: ProxyHandler<unknown[]> = {
  get(target, key, receiver) {
    const own = parts.get(target) as Parts<unknown>;
    if (key === 'length') return own.length;
    // A digit.
    if (typeof key === 'string' && key < ':' && key >= '0') return item(own, Number(key));
    if (key === 'at') return (index?: number) => item(own, position(own, index, 0));
    if (key === 'slice') return (from?: number, to?: number) => slice(own, from, to);
    const value: unknown = Reflect.get(filled(target), key, receiver);
    // On the array itself the methods are some ten times faster than through the proxy.
    return typeof value === 'function' && key !== 'constructor' ? value.bind(target) : value;
  },
};

// What is filled is frozen, so it refuses by itself all that would change it.
for (const trap of [
  'has',
  'ownKeys',
  'getOwnPropertyDescriptor',
  'defineProperty',
  'deleteProperty',
  'preventExtensions',
] as const) {
  handler[trap] = (target: unknown[], ...rest: unknown[]) =>
    (Reflect[trap] as (target: unknown[], ...rest: unknown[]) => never)(filled(target), ...rest);
}

function filled(target: unknown[]): unknown[] {
  if (!Object.isFrozen(target)) {
    for (const chunk of chunksOf(target)) target.push(...chunk);
    Object.freeze(target);
  }
  return target;
}

/** An index as the array methods take it: from the end when negative. */
function position({ length }: Parts<unknown>, index: number | undefined, fallback: number): number {
  const whole = Math.trunc(index ?? fallback) || 0;
  return whole < 0 ? whole + length : whole;
}

function slice(own: Parts<unknown>, from: number | undefined, to: number | undefined): unknown[] {
  let [first, end] = [position(own, from, 0), position(own, to, own.length)];
  return own.chunks.flatMap((chunk) => {
    const part = chunk.slice(Math.max(0, first), Math.max(0, end));
    first -= chunk.length;
    end -= chunk.length;
    return part;
  });
}

function item(own: Parts<unknown>, index: number): unknown {
  if (!(index >= 0 && index < own.length)) return undefined;
  while (index < own.start) own.start -= (own.chunks[--own.index] as readonly unknown[]).length;
  for (let chunk; (chunk = own.chunks[own.index]); own.index++) {
    if (index < own.start + chunk.length) return chunk[index - own.start];
    own.start += chunk.length;
  }
  return undefined;
}
