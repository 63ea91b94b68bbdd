import fc from 'fast-check';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { viewOf } from './view.ts';

const chunked = fc.array(fc.array(fc.nat(9), { minLength: 1, maxLength: 6 }), { minLength: 2, maxLength: 5 });
const view = (chunks: number[][]) => viewOf(chunks, chunks.flat().length);

const index = fc.option(fc.integer({ min: -25, max: 25 }), { nil: undefined });
const isOdd = (n: number) => n % 2 === 1;

describe('a list in several chunks', () => {
  it('does all that an array does', () => {
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
          // As the first use of the list, and after others.
          expect(use(view(chunks))).toEqual(use(model));
          expect(use(same)).toEqual(use(model));
        }
        expect(same).toEqual(model);
      }),
    );
  });

  it('cannot be changed', () => {
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
});

it('is a plain array when there is one chunk, or none', () => {
  const only = [1, 2];
  expect(viewOf([only], 2)).toBe(only);
  expect(viewOf([], 0)).toEqual([]);
});
