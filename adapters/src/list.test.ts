import fc from 'fast-check';
import { expect, it } from 'vitest';
import { List, patch } from './list.ts';
import { isSame as areSame } from './sorted.ts';

interface Item {
  readonly value: number;
}
const byValue = (a: Item, b: Item) => a.value - b.value;
const items = (values: readonly number[]) => values.map((value) => ({ value }));

it.each([80, 6_000])(
  'gives the same list as sorting anew, and leaves the old one alone: %i items',
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
        let list = List.of(model);
        for (const { removed, added, atEnd, stretch } of steps) {
          const gone = new Set(removed.map((index) => model[index % model.length]));
          for (const item of model.slice(stretch.from, stretch.from + stretch.count)) gone.add(item);
          const kept = model.filter((item) => !gone.has(item));
          const taken = new Set(kept.map(({ value }) => value));
          const top = 4 * size + (kept.at(-1)?.value ?? 0);
          // What was removed may come back as a new object, as in an update.
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
          expect(areSame(next.view, expected)).toBe(true);
          expect(areSame(next.view, expected.slice(1))).toBe(expected.length === 0);
          expect(areSame(list.view, before)).toBe(true);
          expect(next.chunks.every((chunk) => chunk.length > 0 && chunk.length <= 1_024)).toBe(true);
          [model, list] = [expected, next];
        }
      }),
      { numRuns: size > 100 ? 60 : 300 },
    );
  },
);

it('keeps its chunks few, whatever comes and goes', () => {
  let model = items(Array.from({ length: 20_000 }, (_, i) => i));
  let list = List.of(model);
  for (let round = 0; round < 40; round++) {
    const gone = model.filter((_, index) => (index + round) % 20 === 0);
    list = patch(list, gone, [], byValue);
    model = model.filter((item) => !gone.includes(item));
  }
  expect(areSame(list.view, model)).toBe(true);
  expect(list.chunks.length).toBeLessThan(3 + list.length / 64);
});

it('copies no more of a long list than the part that changes, and compares few', () => {
  const list = List.of(items(Array.from({ length: 100_000 }, (_, i) => 2 * i)));
  let comparisons = 0;
  const next = patch(list, [], items([1]), (a, b) => {
    comparisons++;
    return byValue(a, b);
  });
  expect(comparisons).toBeLessThan(40);
  const shared = new Set(list.chunks);
  expect(next.chunks.filter((chunk) => !shared.has(chunk)).length).toBeLessThanOrEqual(2);
});

it('removes an item even when the order does not find it', () => {
  const [a, b, c] = items([1, 3, 2]) as [Item, Item, Item];
  expect(patch(List.of([a, b, c]), [b], [], byValue).view).toEqual([a, c]);
  const stranger = { value: 9 };
  expect(patch(List.of([a, b, c]), [stranger], [], byValue).view).toEqual([a, b, c]);
});

it('puts what it is told to behind, in spite of the order', () => {
  const list = List.of(items([5]));
  expect(list.with(items([1])).view).toEqual(items([5, 1]));
  expect(list.with([])).toBe(list);
});
