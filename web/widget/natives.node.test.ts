import fc from 'fast-check';
import { expect, it } from 'vitest';
import { arrayFrom, arrayMap } from './natives.ts';

it('arrayFrom behaves like Array.from', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), (items) => {
      const double = (item: number, index: number): number => 2 * item + index;
      for (const source of [
        items,
        new Set(items),
        new Map(items.entries()).values(),
        { ...items, length: items.length },
      ]) {
        // An iterator can be read once.
        const [one, two] = 'next' in source ? [[...items], [...items]] : [source, source];
        expect(arrayFrom(one)).toEqual(Array.from(two));
        expect(arrayFrom(one, double)).toEqual(Array.from(two, double));
      }
    }),
  );
  expect(arrayFrom('añ😀')).toEqual(['a', 'ñ', '😀']);
  expect(arrayFrom({ length: 2 }, (_, index) => index)).toEqual([0, 1]);
});

it('arrayMap maps typed arrays to arrays', () => {
  expect(arrayMap.call(new Uint8Array([1, 255]), (item) => String(item))).toEqual(['1', '255']);
});
