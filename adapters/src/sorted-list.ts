/**
 * Immutable sorted lists: `patch` returns a new list, which shares everything but the changed chunks with the old one.
 * A list consists of chunks, so a change costs about the same with 1,000 and with 1,000,000 items.
 *
 * Outside this module, a list is a `readonly T[]`. Up to 1,024 items it is a plain array, because copying it is
 * cheapest. A longer list is a proxy that behaves like a read-only array: `Array.isArray`, indexing, `length`,
 * iteration, spread, every method and `JSON.stringify` work. Only `structuredClone` rejects it, like every proxy: clone
 * `[...list]` instead.
 */
import { emptyList } from './empty.ts';

export type Compare<T> = (a: T, b: T) => number;
type Chunks<T> = readonly (readonly T[])[];

/** Maximum items in a chunk, and so the maximum that is copied for one change. */
const FULL = 1_024;
/** Neighbouring chunks with fewer items than this are merged. */
const SPARSE = 256;

/** The chunks of each list that is a proxy. */
const chunksOfView = new WeakMap<readonly unknown[], Chunks<unknown>>();

/** The chunks of a list, which it shares with earlier and later versions. */
export function chunksOf<T>(list: readonly T[]): Chunks<T> {
  const chunks = chunksOfView.get(list) as Chunks<T> | undefined;
  return chunks ?? (list.length > 0 ? [list] : emptyList);
}

/** Creates the list of the items in `chunks`. No chunk may be empty, or modified later. */
export function ofChunks<T>(chunks: Chunks<T>): readonly T[] {
  return chunks.length > 1 ? viewOf(chunks) : (chunks[0] ?? emptyList);
}

/**
 * Returns a list without `removed` and with `added`. `list` stays as it is.
 *
 * @param removed items of `list`
 * @param added items that are not in `list`
 * @param compare a total order: 0 only for an item and its replacement
 */
export function patch<T>(
  list: readonly T[],
  removed: readonly T[],
  added: readonly T[],
  compare: Compare<T>,
): readonly T[] {
  const count = removed.length + added.length;
  if (count === 0) return list;
  // Finding that many positions one by one is slower than sorting everything again.
  if (count > list.length / 8 + 8) return rebuild(list, removed, added, compare);
  const chunks = [...balanced(chunksOf(list))];
  const copies = new Set<readonly T[]>();
  const editable = (index: number): T[] => {
    const chunk = chunks[index] ?? emptyList;
    if (copies.has(chunk)) return chunk as T[];
    const copy = [...chunk];
    copies.add(copy);
    chunks[index] = copy;
    return copy;
  };
  for (const item of removed) {
    const [index, at] = locate(chunks, item, compare);
    // With an inconsistent order, the item is not found.
    if (chunks[index]?.[at] !== item) return rebuild(list, removed, added, compare);
    const chunk = editable(index);
    chunk.splice(at, 1);
    if (chunk.length === 0) chunks.splice(index, 1);
  }
  for (const item of added) {
    const [index, at] = locate(chunks, item, compare);
    editable(index).splice(at, 0, item);
  }
  return ofChunks(balanced(chunks));
}

/** Returns the list with `items` after it, whatever their order. */
export function append<T>(list: readonly T[], items: readonly T[]): readonly T[] {
  if (list.length <= FULL) return [...list, ...items];
  return items.length > 0 ? ofChunks([...chunksOf(list), items]) : list;
}

/** The item of `list` that compares as equal to `item`. */
export function find<T>(list: readonly T[], item: T, compare: Compare<T>): T | undefined {
  const chunks = chunksOf(list);
  const [index, at] = locate(chunks, item, compare);
  const found = chunks[index]?.[at];
  return found !== undefined && compare(found, item) === 0 ? found : undefined;
}

/** The first index whose item does not come before `item`. */
export function place<T>(list: readonly T[], item: T, compare: Compare<T>): number {
  let start = 0;
  let end = list.length;
  while (start < end) {
    const middle = (start + end) >>> 1;
    if (compare(list[middle] as T, item) < 0) start = middle + 1;
    else end = middle;
  }
  return start;
}

/** Whether two lists have the same items in the same order. */
export function isSame(list: readonly unknown[], items: readonly unknown[]): boolean {
  return list.length === items.length && items.every((item, index) => item === list[index]);
}

function rebuild<T>(
  list: readonly T[],
  removed: readonly T[],
  added: readonly T[],
  compare: Compare<T>,
): readonly T[] {
  const gone = new Set(removed);
  const kept = list.filter((item) => !gone.has(item));
  const items = added.length > 0 ? [...kept, ...added].sort(compare) : kept;
  return ofChunks(balanced([items]));
}

/** Cuts chunks that are too long and joins those that are too short. */
function balanced<T>(chunks: Chunks<T>): Chunks<T> {
  const result: (readonly T[])[] = [];
  for (const chunk of chunks) {
    const before = result.at(-1);
    if (chunk.length > FULL) {
      // Half full, so that later items find room.
      for (let i = 0; i < chunk.length; i += FULL / 2) result.push(chunk.slice(i, i + FULL / 2));
    } else if (before && before.length + chunk.length < SPARSE) {
      result[result.length - 1] = [...before, ...chunk];
    } else if (chunk.length > 0) {
      result.push(chunk);
    }
  }
  return result;
}

/** The position of `item`: its chunk, and the index in it. An item after all others belongs in the last chunk. */
function locate<T>(chunks: Chunks<T>, item: T, compare: Compare<T>): [chunk: number, index: number] {
  const byLast: Compare<readonly T[]> = (chunk, [wanted]) => compare(chunk.at(-1) as T, wanted as T);
  const index = Math.max(0, Math.min(place(chunks, [item], byLast), chunks.length - 1));
  return [index, place(chunks[index] ?? emptyList, item, compare)];
}

/** A proxied array. Its target stays empty until something needs all items at once. */
class View<T> {
  readonly chunks: Chunks<T>;
  readonly length: number;
  /** The chunk of the last read and the index of its first item, because most reads continue there. */
  #chunk = 0;
  #start = 0;

  constructor(chunks: Chunks<T>) {
    this.chunks = chunks;
    this.length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  }

  item(index: number): T | undefined {
    if (!(index >= 0 && index < this.length)) return undefined;
    while (index < this.#start) this.#start -= this.chunks[--this.#chunk]?.length ?? 0;
    for (let chunk; (chunk = this.chunks[this.#chunk]); this.#chunk++) {
      if (index < this.#start + chunk.length) return chunk[index - this.#start];
      this.#start += chunk.length;
    }
    return undefined;
  }

  at = (index?: number): T | undefined => this.item(this.#fromEnd(index, 0));

  slice = (from?: number, to?: number): T[] => {
    let first = this.#fromEnd(from, 0);
    let end = this.#fromEnd(to, this.length);
    return this.chunks.flatMap((chunk) => {
      const part = chunk.slice(Math.max(0, first), Math.max(0, end));
      first -= chunk.length;
      end -= chunk.length;
      return part;
    });
  };

  /** An index as in array methods: negative values count from the end. */
  #fromEnd(index: number | undefined, fallback: number): number {
    const whole = Math.trunc(index ?? fallback) || 0;
    return whole < 0 ? whole + this.length : whole;
  }
}

const views = new WeakMap<readonly unknown[], View<unknown>>();

function viewOf<T>(chunks: Chunks<T>): readonly T[] {
  // Node's `console.log` reads the target of a proxy, which may not contain the items yet.
  const inspect = { value: () => view.slice() };
  const target = Object.defineProperty<T[]>([], Symbol.for('nodejs.util.inspect.custom'), inspect);
  const view = new View(chunks);
  views.set(target, view);
  const proxy = new Proxy(target, handler as ProxyHandler<T[]>);
  chunksOfView.set(proxy, chunks);
  return proxy;
}

const handler: ProxyHandler<unknown[]> = {
  get(target, key, receiver) {
    const view = views.get(target) as View<unknown>;
    if (key === 'length' || key === 'at' || key === 'slice') return view[key];
    if (typeof key === 'string' && key >= '0' && key < ':') return view.item(Number(key));
    const value: unknown = Reflect.get(filled(target), key, receiver);
    // On the array itself, methods are about ten times faster than through the proxy.
    return typeof value === 'function' && key !== 'constructor' ? value.bind(target) : value;
  },
};
// A filled target is frozen, so it rejects every change.
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
    for (const chunk of views.get(target)?.chunks ?? []) target.push(...chunk);
    Object.freeze(target);
  }
  return target;
}
