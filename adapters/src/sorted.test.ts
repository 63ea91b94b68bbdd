import { describe, expect, it } from 'vitest';
import { none } from './none.ts';
import { append, chunksOf, find, ofChunks, patch } from './sorted.ts';

interface Item {
  readonly value: number;
}
const byValue = (a: Item, b: Item) => a.value - b.value;
const items = (count: number, factor = 1): Item[] =>
  Array.from({ length: count }, (_, i) => ({ value: i * factor }));

describe('a sorted list', () => {
  it('is a plain array while it is short', () => {
    const all = items(1_000, 2);
    const list = patch<Item>(none, [], all.toReversed(), byValue);
    expect(list).toEqual(all);
    const [gone, late] = [all[7] as Item, { value: 15 }];
    const next = patch(list, [gone], [late], byValue);
    expect(next).toEqual(all.with(7, late).sort(byValue));
    expect(list).toEqual(all);
    expect(chunksOf(next)).toEqual([next]);
    expect(ofChunks(chunksOf(next))).toBe(next);
    expect(find(next, { value: 15 }, byValue)).toBe(late);
    expect(find(next, { value: 14 }, byValue)).toBeUndefined();
  });

  it('is the one empty list when nothing is left, and itself when nothing has changed', () => {
    const [item] = items(1) as [Item];
    const list = patch<Item>(none, [], [item], byValue);
    expect(patch(list, [], [], byValue)).toBe(list);
    expect(patch(list, [item], [], byValue)).toBe(none);
  });

  it('comes in chunks when it is long, and has the same items in the same order', () => {
    let model = items(5_000, 2);
    let list = patch<Item>(none, [], model, byValue);
    let round = 0;
    const change = () => {
      const gone = model[round % 50] as Item;
      const item = { value: 4_001 + 2 * round++ };
      const before = list;
      list = patch(list, [gone], [item], byValue);
      model = [...model.filter((other) => other !== gone), item].sort(byValue);
      expect(list).toEqual(model);
      expect(find(list, item, byValue)).toBe(item);
      return before;
    };
    change();
    expect(chunksOf(list).length).toBeGreaterThan(1);
    const shared = new Set(chunksOf(change()));
    expect(chunksOf(list).filter((chunk) => !shared.has(chunk)).length).toBeLessThanOrEqual(2);
    const longer = append(list, [{ value: 0 }]);
    expect(longer).toEqual([...model, { value: 0 }]);
    expect(chunksOf(longer).slice(0, -1)).toEqual(chunksOf(list));
    expect(ofChunks(chunksOf(list))).toEqual(model);
    expect(patch(list, [...list], [], byValue)).toEqual([]);
  });
});
