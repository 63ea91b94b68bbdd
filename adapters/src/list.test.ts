import fc from 'fast-check';
import { expect, it } from 'vitest';
import { patch } from './list.ts';

it('gives the same list as sorting anew, for few changes and many, and leaves the old one alone', () => {
  const byValue = (a: { value: number }, b: { value: number }) => a.value - b.value;
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.nat(200), { maxLength: 80 }),
      fc.uniqueArray(fc.nat(200), { maxLength: 40 }),
      fc.infiniteStream(fc.boolean()),
      (old, fresh, coins) => {
        const list = old.map((value) => ({ value })).sort(byValue);
        const before = [...list];
        const removed = list.filter(() => coins.next().value === true);
        const kept = list.filter((item) => !removed.includes(item));
        // What was removed may come back as a new object, as in an update.
        const added = fresh.map((value) => ({ value })).filter((a) => !kept.some((b) => a.value === b.value));
        const result = patch(list, removed, added, byValue);
        expect(result).toEqual([...kept, ...added].sort(byValue));
        expect(kept.every((item) => result.includes(item))).toBe(true);
        expect(list).toEqual(before);
      },
    ),
  );
});

it('removes an item even when the order does not find it', () => {
  const items = [{ value: 1 }, { value: 3 }, { value: 2 }];
  const byValue = (a: { value: number }, b: { value: number }) => a.value - b.value;
  expect(patch(items, items.slice(1, 2), [], byValue)).toEqual([{ value: 1 }, { value: 2 }]);
});
