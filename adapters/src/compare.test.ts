import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { Identity } from 'spacetimedb';
import { describe, expect, it } from 'vitest';
import { compareValues, valueText } from './compare.ts';

/** Rows have the usual prototype. */
const plain = { noNullPrototype: true };

/** Column values of one type. */
const columns: fc.Arbitrary<unknown>[] = [
  fc.string({ unit: fc.constantFrom('a', '1', ':', ';', '(', ')') }),
  fc.bigInt(-5n, 5n),
  fc.constantFrom(0, 1, 10, -1, 0.5, NaN, Infinity, -Infinity),
  fc.oneof(fc.constant(undefined), fc.record({ some: fc.nat(2) }, plain)),
  fc.option(fc.float(), { nil: undefined }),
  fc.uint8Array({ maxLength: 3 }),
  fc.boolean(),
  fc.array(fc.constantFrom('', 'a', '1:a', 'aa')),
  fc.option(fc.constantFrom('', 'undefined;', 'u'), { nil: undefined }),
  fc.array(fc.array(fc.nat(1))),
  fc.bigInt(0n, 3n).map((value) => new Identity(value)),
  fc.record({ tag: fc.constantFrom('A', 'B'), value: fc.nat(2) }, plain),
];

const types = fc.array(fc.constantFrom(...columns), { minLength: 1, maxLength: 3 });

describe('valueText', () => {
  it('is equal for equal values only', () => {
    const rows = types.chain((types) => fc.tuple(fc.tuple(...types), fc.tuple(...types)));
    fc.assert(
      fc.property(rows, ([a, b]) => {
        expect(valueText(a) === valueText(b)).toBe(isDeepStrictEqual(a, b));
      }),
      { numRuns: 2_000 },
    );
  });

  it('distinguishes zeros and bytes', () => {
    expect(valueText([-0])).not.toBe(valueText([0]));
    expect(valueText([new Uint8Array([1, 2])])).not.toBe(valueText([new Uint8Array([12])]));
  });
});

describe('compareValues', () => {
  it('is a total order, with 0 for equal values only', () => {
    const rows = types.chain((types) => fc.array(fc.tuple(...types), { minLength: 3, maxLength: 3 }));
    fc.assert(
      fc.property(rows, ([a, b, c]) => {
        const order = compareValues(a, b);
        expect(order === 0).toBe(valueText(a) === valueText(b));
        expect(Math.sign(compareValues(b, a))).toBe(-order || 0);
        if (order <= 0 && compareValues(b, c) <= 0) expect(compareValues(a, c)).toBeLessThanOrEqual(0);
      }),
      { numRuns: 2_000 },
    );
  });

  it('compares numbers, texts, identities and rows by their parts, in order', () => {
    const row = (identity: bigint, name: string | undefined) => ({ identity: new Identity(identity), name });
    const sorted = [row(1n, 'b'), row(2n, 'a'), row(2n, 'b'), row(2n, undefined), row(10n, 'a')];
    expect(sorted.toReversed().sort(compareValues)).toEqual(sorted);
    expect([10, 9, -1].sort(compareValues)).toEqual([-1, 9, 10]);
  });

  it('handles a column called length', () => {
    const row = (length: bigint, id: number) => ({ id, length: new Identity(length) });
    expect(compareValues(row(1n, 1), row(1n, 1))).toBe(0);
    expect(compareValues(row(2n, 1), row(1n, 2))).toBe(-1);
  });
});

it('a missing value differs from its text, and so do similar texts in a row', () => {
  expect(compareValues(undefined, 'undefined')).not.toBe(0);
  expect(valueText(['a;', 'b'])).not.toBe(valueText(['a', ';b']));
});
