import fc from 'fast-check';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { emptyList } from './empty.ts';
import { append, chunksOf, find, isSame, ofChunks, patch } from './sorted-list.ts';

interface Item {
  readonly value: number;
}
const byValue = (a: Item, b: Item) => a.value - b.value;
const items = (values: readonly number[]): Item[] => values.map((value) => ({ value }));
const upTo = (count: number, factor = 1) => items(Array.from({ length: count }, (_, i) => i * factor));
const listOf = (all: readonly Item[]) => patch<Item>(emptyList, [], all, byValue);

it.each([80, 6_000])(
  'a patched list of up to %i items equals the sorted items, and the old list stays as it was',
  (size) => {
    const changes = fc.array(
      fc.record({
        removed: fc.array(fc.nat(), { maxLength: 40 }),
        added: fc.array(fc.nat(2 * size), { maxLength: 40 }),
        atEnd: fc.nat(size),
        stretch: fc.record({ from: fc.nat(size), count: fc.nat(size / 4) }),
      }),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(fc.nat(size), changes, (length, steps) => {
        let model = items(Array.from({ length }, (_, i) => 2 * i));
        let list = listOf(model);
        for (const { removed, added, atEnd, stretch } of steps) {
          const gone = new Set(removed.map((index) => model[index % model.length]));
          for (const item of model.slice(stretch.from, stretch.from + stretch.count)) gone.add(item);
          const kept = model.filter((item) => !gone.has(item));
          const taken = new Set(kept.map(({ value }) => value));
          const top = 4 * size + (kept.at(-1)?.value ?? 0);
          // A removed item may come back as a new object, as in an update.
          const fresh = items([
            ...new Set(added.filter((value) => !taken.has(value))),
            ...Array.from({ length: atEnd }, (_, i) => top + i),
          ]);
          const before = [...model];
          const next = patch(
            list,
            [...gone].filter((item) => item !== undefined),
            fresh,
            byValue,
          );
          const expected = [...kept, ...fresh].sort(byValue);
          expect(next.length).toBe(expected.length);
          expect(isSame(next, expected)).toBe(true);
          expect(isSame(next, expected.slice(1))).toBe(expected.length === 0);
          expect(isSame(list, before)).toBe(true);
          expect(chunksOf(next).every((chunk) => chunk.length > 0 && chunk.length <= 1_024)).toBe(true);
          [model, list] = [expected, next];
        }
      }),
      { numRuns: size > 100 ? 60 : 300 },
    );
  },
);

it('an empty list is always the same array, and a patch without changes returns the list', () => {
  const [item] = items([1]) as [Item];
  const list = listOf([item]);
  const long = listOf(upTo(5_000));
  for (const same of [list, long]) expect(patch(same, [], [], byValue)).toBe(same);
  expect(patch(emptyList, [item], [], byValue)).toBe(emptyList);
  expect(patch(list, [item], [], byValue)).toBe(emptyList);
});

it('a list of up to 1,024 items is a plain array', () => {
  const list = listOf(upTo(1_024));
  expect(structuredClone(list)).toEqual(list);
  expect(chunksOf(list)).toEqual([list]);
  expect(ofChunks(chunksOf(list))).toBe(list);
});

it('a longer list begins with half-full chunks', () => {
  expect(chunksOf(listOf(upTo(1_536))).map((chunk) => chunk.length)).toEqual([512, 512, 512]);
});

it('lists are the same when they have the same items in the same order', () => {
  expect(isSame([1, 2], [1, 2])).toBe(true);
  expect(isSame([1, 2], [2, 1])).toBe(false);
  expect(isSame([1, 2], [1])).toBe(false);
});

it('finds an item by its order', () => {
  for (const count of [0, 10, 5_000]) {
    const all = upTo(count, 2);
    const list = listOf(all);
    expect(find(list, { value: count }, byValue)).toBe(all[count / 2]);
    expect(find(list, { value: 3 }, byValue)).toBeUndefined();
    expect(find(list, { value: 2 * count }, byValue)).toBeUndefined();
  }
});

it('the number of chunks stays small when items are removed everywhere', () => {
  let model = upTo(20_000);
  let list = listOf(model);
  for (let round = 0; round < 60; round++) {
    const gone = model.filter((_, index) => (index + round) % 20 === 0);
    list = patch(list, gone, [], byValue);
    model = model.filter((item) => !gone.includes(item));
  }
  expect(isSame(list, model)).toBe(true);
  expect(chunksOf(list).length).toBeLessThan(3 + list.length / 64);
});

it('a change of a long list compares few items and copies only the chunk that changes', () => {
  const list = listOf(upTo(100_000, 2));
  let comparisons = 0;
  const next = patch(list, list.slice(0, 1), items([1]), (a, b) => {
    comparisons++;
    return byValue(a, b);
  });
  expect(comparisons).toBeLessThan(80);
  const shared = new Set(chunksOf(list));
  expect(chunksOf(next).filter((chunk) => !shared.has(chunk)).length).toBeLessThanOrEqual(2);
});

it('removes more neighbours than a chunk has', () => {
  const all = upTo(20_000);
  expect(isSame(patch(listOf(all), all.slice(5, 1_500), [], byValue), all.toSpliced(5, 1_495))).toBe(true);
});

it('removes an item that its order does not find', () => {
  const [a, b, c] = items([1, 3, 2]) as [Item, Item, Item];
  expect(patch([a, b, c], [c], [], byValue)).toEqual([a, b]);
  expect(patch([a, b, c], [{ value: 9 }], [], byValue)).toEqual([a, b, c]);
});

it.each([1, 5_000])('appends items without checking their order: %i items', (count) => {
  const list = listOf(upTo(count));
  expect(append(list, items([-1]))).toEqual([...list, { value: -1 }]);
  expect(append(list, [])).toEqual(list);
  if (count > 1_024) expect(append(list, [])).toBe(list);
  else expect(structuredClone(append(list, items([-1])))).toEqual([...list, { value: -1 }]);
});

const chunked = fc.array(fc.array(fc.nat(9), { minLength: 1, maxLength: 6 }), { minLength: 2, maxLength: 5 });
const view = (chunks: number[][]) => ofChunks(chunks);

const index = fc.option(fc.integer({ min: -25, max: 25 }), { nil: undefined });
const isOdd = (n: number) => n % 2 === 1;

describe('a list of several chunks', () => {
  it('reads like an array', () => {
    fc.assert(
      fc.property(chunked, index, index, fc.nat(9), (chunks, from, to, item) => {
        const model = chunks.flat();
        const uses: ((list: readonly number[]) => unknown)[] = [
          (list) => list.length,
          (list) => [...list],
          (list) => Array.from(list.keys(), (i) => list[i]),
          (list) => Array.from(list.keys(), (i) => list[list.length - 1 - i]),
          (list) => [list[from ?? 0], list[-1], list[99], list.at(from ?? 0), list.at(-1), list.at(0.5)],
          (list) => [list.slice(from, to), list.slice(from), list.slice(), list.slice(NaN)],
          (list) => [list.map((n, i) => n * i), list.filter(isOdd), list.flatMap((n) => [n, n])],
          (list) => [
            list.find(isOdd),
            list.findIndex(isOdd),
            list.findLast(isOdd),
            list.findLastIndex(isOdd),
          ],
          (list) => [list.includes(item), list.indexOf(item, from), list.lastIndexOf(item)],
          (list) => [list.some(isOdd), list.every(isOdd), list.join('-'), String(list), JSON.stringify(list)],
          (list) => [list.reduce((a, b) => a - b, 0), list.reduceRight((a, b) => a - b, 0)],
          (list) => [list.concat([1], 2), [0].concat(list), [...list.entries()], [...list.values()]],
          (list) => [list.toSorted(), list.toReversed(), list.with(0, 7), list.toSpliced(1, 1)],
          (list) => [Object.keys(list), Object.entries(list), 0 in list, 99 in list, 'length' in list],
          (list) => [Array.isArray(list), list instanceof Array, list.constructor === Array],
          (list) => [{ ...list }, Math.max(...list), inspect(list), structuredClone(list.slice())],
          (list) => {
            const seen: number[] = [];
            list.forEach((n) => seen.push(n));
            for (const n of list) seen.push(n);
            for (const i in list) seen.push(list[i] as number);
            return seen;
          },
        ];
        const same = view(chunks);
        for (const use of uses) {
          // As the first use of the list, and after other uses.
          expect(use(view(chunks))).toEqual(use(model));
          expect(use(same)).toEqual(use(model));
        }
        expect(same).toEqual(model);
      }),
    );
  });

  it('refuses every change with a TypeError', () => {
    const attempts: ((list: number[]) => unknown)[] = [
      (list) => (list[0] = 9),
      (list) => list.push(9),
      (list) => list.sort(),
      (list) => list.splice(0, 1),
      (list) => (list.length = 0),
      (list) => delete list[0],
      (list) => Object.defineProperty(list, 0, { value: 9 }),
    ];
    for (const attempt of attempts) {
      const list = view([[1, 2], [3]]) as number[];
      expect(() => attempt(list)).toThrow(TypeError);
      expect([...list]).toEqual([1, 2, 3]);
      expect(() => attempt(list)).toThrow(TypeError);
    }
    expect(Object.isFrozen(Object.freeze(view([[1, 2], [3]])))).toBe(true);
  });

  it('is rejected by structuredClone, which accepts a copy', () => {
    const list = view([[1, 2], [3]]);
    expect(() => structuredClone(list)).toThrow(DOMException);
    expect(structuredClone([...list])).toEqual([1, 2, 3]);
  });
});
