export type Compare<T> = (a: T, b: T) => number;

/**
 * Up to so many changes, moving the tail of the list for each costs less than walking the whole list once.
 */
const FEW = 16;

/**
 * A changed copy of a sorted list.
 * @param removed items of `list`
 * @param added items not in `list`
 * @param compare a total order: 0 only for an item and its replacement
 */
export function patch<T>(
  list: readonly T[],
  removed: readonly T[],
  added: readonly T[],
  compare: Compare<T>,
): T[] {
  if (removed.length + added.length > FEW) {
    const gone = new Set(removed);
    return merge(
      list.filter((item) => !gone.has(item)),
      added.toSorted(compare),
      compare,
    );
  }
  const copy = list.slice();
  for (const item of removed) {
    let index = position(copy, item, compare);
    if (copy[index] !== item) index = copy.indexOf(item);
    if (index >= 0) copy.splice(index, 1);
  }
  for (const item of added) copy.splice(position(copy, item, compare), 0, item);
  return copy;
}

/** The first index whose item does not come before `item`. */
function position<T>(list: readonly T[], item: T, compare: Compare<T>): number {
  let low = 0;
  let high = list.length;
  // What is added mostly belongs at the end.
  if (high > 0 && compare(list[high - 1] as T, item) < 0) return high;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compare(list[middle] as T, item) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function merge<T>(a: readonly T[], b: readonly T[], compare: Compare<T>): T[] {
  const merged: T[] = [];
  let i = 0;
  for (const item of b) {
    while (i < a.length && compare(a[i] as T, item) <= 0) merged.push(a[i++] as T);
    merged.push(item);
  }
  while (i < a.length) merged.push(a[i++] as T);
  return merged;
}

export function sameItems<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}
