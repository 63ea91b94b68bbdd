import * as lists from './list.ts';
import { none } from './none.ts';

export type Compare<T> = (a: T, b: T) => number;

/** Longer lists are kept in chunks. */
const LONG = 1_024;

/**
 * Another list, with what changed; `list` stays as it was. Costs a copy of a list that is not long.
 * @param removed items of `list`
 * @param added items not in `list`
 * @param compare a total order: 0 only for an item and its replacement
 */
export function patch<T>(
  list: readonly T[],
  removed: readonly T[],
  added: readonly T[],
  compare: Compare<T>,
): readonly T[] {
  if (removed.length + added.length === 0) return list;
  if (list.length > LONG) return lists.patch(lists.List.of(list), removed, added, compare).view;
  const next = patchArray(list, removed, added, compare);
  return next.length > 0 ? next : none;
}

/** The same items with others behind them, whatever the order says. */
export function append<T>(list: readonly T[], items: readonly T[]): readonly T[] {
  return list.length > LONG ? lists.List.of(list).with(items).view : [...list, ...items];
}

/** The stretches that a long list shares with those before and after it; any other list is one. */
export function chunksOf<T>(list: readonly T[]): readonly (readonly T[])[] {
  return lists.chunksOf(list);
}

/** The list of what stands in `chunks`, which nobody may change from now on. */
export function ofChunks<T>(chunks: readonly (readonly T[])[]): readonly T[] {
  return new lists.List(chunks).view;
}

/** The item of `list` that compares as equal. */
export function find<T>(list: readonly T[], item: T, compare: Compare<T>): T | undefined {
  const found = list.length > LONG ? lists.List.of(list).at(item, compare) : list[place(list, item, compare)];
  return found !== undefined && compare(found, item) === 0 ? found : undefined;
}

export function isSame(list: readonly unknown[], items: readonly unknown[]): boolean {
  return list.length === items.length && items.every((item, index) => item === list[index]);
}

/** Whether so many changes are dearer to look up than it is to walk the whole list. */
export function isMuch(changes: number, length: number): boolean {
  return changes > length / 8 + 8;
}

/** As `patch`, for any list, and always with a new array. */
export function patchArray<T>(
  list: readonly T[],
  removed: readonly T[],
  added: readonly T[],
  compare: Compare<T>,
): T[] {
  const walk = (): T[] => {
    const gone = new Set(removed);
    const kept = list.filter((item) => !gone.has(item));
    // What is sorted already costs the engine's sort little.
    return added.length > 0 ? [...kept, ...added].sort(compare) : kept;
  };
  if (isMuch(removed.length + added.length, list.length)) return walk();
  const next = list.slice();
  for (const item of removed) {
    const at = place(next, item, compare);
    // An order that contradicts itself does not find what is there.
    if (next[at] !== item) return walk();
    next.splice(at, 1);
  }
  for (const item of added) next.splice(place(next, item, compare), 0, item);
  return next;
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
