import { none, viewOf } from './view.ts';

export type Compare<T> = (a: T, b: T) => number;

/** So many items at most are copied for each that changes. */
const FULL = 1_024;
/** A chunk that shrinks below this is joined to the next. */
const SPARSE = 128;

type Chunks<T> = readonly (readonly T[])[];

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

  static of<T>(items: readonly T[]): List<T> {
    const chunks: (readonly T[])[] = [];
    // Half full, so that what comes in between finds room.
    if (items.length <= FULL) chunks.push(items);
    else for (let i = 0; i < items.length; i += FULL / 2) chunks.push(items.slice(i, i + FULL / 2));
    return new List(chunks.filter((chunk) => chunk.length > 0));
  }

  /** The list as an array, for those who do not know of chunks. Always the same. */
  get view(): readonly T[] {
    return (this.#view ??= viewOf(this.chunks, this.length));
  }

  /** The same items with others behind them, whatever the order says. */
  with(items: readonly T[]): List<T> {
    return items.length > 0 ? new List([...this.chunks, items]) : this;
  }

  isSame(items: readonly T[]): boolean {
    if (items.length !== this.length) return false;
    let index = 0;
    return this.chunks.every((chunk) => chunk.every((item) => item === items[index++]));
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
  // Walking the whole list is cheaper than looking up so many.
  if (removed.length + added.length > list.length / 8 + 8) {
    const gone = new Set(removed);
    const kept = list.chunks.flatMap((chunk) => chunk.filter((item) => !gone.has(item)));
    // Two sorted stretches: the engine's sort merges such.
    return List.of([...kept, ...added.toSorted(compare)].sort(compare));
  }
  const chunks = [...list.chunks];
  const mine = new Set<readonly T[]>();
  const own = (index: number): T[] => {
    const chunk = chunks[index] ?? [];
    if (mine.has(chunk)) return chunk as T[];
    const copy = chunk.slice();
    mine.add(copy);
    return (chunks[index] = copy);
  };
  const inside = (chunk: readonly T[], item: T): number => place(chunk, item, (other) => other, compare);
  const rest: T[] = [];
  for (const [i, item] of removed.entries()) {
    const next = added[i];
    const isReplaced = next !== undefined && compare(item, next) === 0;
    if (next !== undefined && !isReplaced) rest.push(next);
    let index = chunkOf(chunks, item, compare);
    let at = inside(chunks[index] ?? none, item);
    if (chunks[index]?.[at] !== item) {
      index = chunks.findIndex((chunk) => chunk.includes(item));
      if (index < 0) {
        if (isReplaced) rest.push(next);
        continue;
      }
      at = (chunks[index] as readonly T[]).indexOf(item);
    }
    const chunk = own(index);
    if (isReplaced) {
      chunk[at] = next;
      continue;
    }
    chunk.splice(at, 1);
    const after = chunks[index + 1];
    if (chunk.length < SPARSE && after && chunk.length + after.length <= FULL) {
      chunk.push(...after);
      chunks.splice(index + 1, 1);
    } else if (chunk.length === 0) chunks.splice(index, 1);
  }
  for (const item of [...rest, ...added.slice(removed.length)]) {
    const index = chunkOf(chunks, item, compare);
    const last = chunks.length - 1;
    // What comes at the end begins a new chunk when the last is full: nothing will come in between.
    const at = index > last && (chunks[last]?.length ?? FULL) < FULL ? last : index;
    const chunk = own(at);
    chunk.splice(inside(chunk, item), 0, item);
    if (chunk.length > FULL) {
      const half = chunk.splice(FULL / 2);
      mine.add(half);
      chunks.splice(at + 1, 0, half);
    }
  }
  return new List(chunks);
}

/** The first chunk whose last item does not come before `item`. */
function chunkOf<T>(chunks: Chunks<T>, item: T, compare: Compare<T>): number {
  return place(chunks, item, (chunk) => chunk.at(-1) as T, compare);
}

/** The first index whose item does not come before `item`. */
function place<T, Part>(
  parts: readonly Part[],
  item: T,
  itemOf: (part: Part) => T,
  compare: Compare<T>,
): number {
  let low = 0;
  let high = parts.length;
  // What is added mostly belongs at the end.
  if (high > 0 && compare(itemOf(parts[high - 1] as Part), item) < 0) return high;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compare(itemOf(parts[middle] as Part), item) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
