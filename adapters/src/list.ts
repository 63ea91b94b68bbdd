import { none } from './none.ts';
import { isMuch, patchArray, place, type Compare } from './sorted.ts';
import { chunksOf, viewOf } from './view.ts';

export { chunksOf };

/** So many items at most are copied for each that changes. */
const FULL = 1_024;
/** Neighbours that have fewer items together become one. */
const SPARSE = 256;

type Chunks<T> = readonly (readonly T[])[];

/** By their views. */
const lists = new WeakMap<readonly unknown[], List<unknown>>();

/**
 * A sorted list that is never changed: `patch` makes another, which shares with it all but what changed. It is
 * a row of chunks, so a change costs the same however long the list is, up to some millions.
 */
export class List<T> {
  readonly length: number;
  readonly chunks: Chunks<T>;
  #view: readonly T[] | undefined;

  /** @param chunks no empty ones; nobody may change them from now on */
  constructor(chunks: Chunks<T>) {
    this.chunks = chunks;
    let length = 0;
    for (const chunk of chunks) length += chunk.length;
    this.length = length;
  }

  /** Takes the view of a list for what it is. */
  static of<T>(items: readonly T[]): List<T> {
    return (lists.get(items) as List<T> | undefined) ?? new List(balanced(chunksOf(items)));
  }

  /** The list as an array, for those who do not know of chunks. Always the same. */
  get view(): readonly T[] {
    if (!this.#view) lists.set((this.#view = viewOf(this.chunks, this.length)), this);
    return this.#view;
  }

  /** The item that takes the place of `item` in the order, or would come right after it. */
  at(item: T, compare: Compare<T>): T | undefined {
    const [index, at] = locate(this.chunks, item, compare);
    return this.chunks[index]?.[at];
  }

  /** The same items with others behind them, whatever the order says. */
  with(items: readonly T[]): List<T> {
    return items.length > 0 ? new List([...this.chunks, items]) : this;
  }
}

/**
 * @param removed items of `list`
 * @param added items not in `list`
 * @param compare a total order: 0 only for an item and its replacement
 */
export function patch<T>(
  list: List<T>,
  removed: readonly T[],
  added: readonly T[],
  compare: Compare<T>,
): List<T> {
  const rebuild = (): List<T> => List.of(patchArray(list.chunks.flat(), removed, added, compare));
  if (isMuch(removed.length + added.length, list.length)) return rebuild();
  const chunks = [...list.chunks];
  const copies = new Set<readonly T[]>();
  const copyOf = (index: number): T[] => {
    let chunk = chunks[index] ?? none;
    if (!copies.has(chunk)) copies.add((chunk = chunks[index] = [...chunk]));
    return chunk as T[];
  };
  for (const item of removed) {
    const [index, at] = locate(chunks, item, compare);
    // An order that contradicts itself does not find what is there.
    if (chunks[index]?.[at] !== item) return rebuild();
    const chunk = copyOf(index);
    chunk.splice(at, 1);
    if (chunk.length === 0) chunks.splice(index, 1);
  }
  for (const item of added) {
    const [index, at] = locate(chunks, item, compare);
    copyOf(index).splice(at, 0, item);
  }
  return new List(balanced(chunks));
}

/** Cuts chunks that are too long, and joins those that are too short. */
function balanced<T>(chunks: Chunks<T>): Chunks<T> {
  const result: (readonly T[])[] = [];
  for (const chunk of chunks) {
    const before = result.at(-1);
    if (chunk.length > FULL) {
      // Half full, so that what comes in between finds room.
      for (let i = 0; i < chunk.length; i += FULL / 2) result.push(chunk.slice(i, i + FULL / 2));
    } else if (before && before.length + chunk.length < SPARSE) {
      result[result.length - 1] = [...before, ...chunk];
    } else if (chunk.length > 0) {
      result.push(chunk);
    }
  }
  return result;
}

/** Where `item` is or belongs: the chunk, and the index in it. */
function locate<T>(chunks: Chunks<T>, item: T, compare: Compare<T>): [chunk: number, index: number] {
  const byLast: Compare<readonly T[]> = (chunk, [wanted]) => compare(chunk.at(-1) as T, wanted as T);
  // What comes at the end belongs into the last chunk.
  const index = Math.max(0, Math.min(place(chunks, [item], byLast), chunks.length - 1));
  return [index, place(chunks[index] ?? none, item, compare)];
}
