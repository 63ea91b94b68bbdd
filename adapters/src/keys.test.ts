import fc from 'fast-check';
import { deepEqual, Identity, Timestamp } from 'spacetimedb';
import { describe, expect, it } from 'vitest';
import { keyOf, plain, valueText } from './keys.ts';

/** Column values of one type. */
const columns: fc.Arbitrary<unknown>[] = [
  fc.string({ unit: fc.constantFrom('a', '1', ':', ';', '(', ')') }),
  fc.bigInt(-5n, 5n),
  fc.constantFrom(0, 1, 10, -1, 0.5),
  fc.boolean(),
  fc.array(fc.constantFrom('', 'a', '1:a', 'aa')),
  fc.option(fc.constantFrom('', 'undefined;', 'u'), { nil: undefined }),
  fc.array(fc.array(fc.nat(1))),
  fc.bigInt(0n, 3n).map((value) => new Identity(value)),
  fc.record({ tag: fc.constantFrom('A', 'B'), value: fc.nat(2) }),
];

describe('valueText', () => {
  it('is equal for equal values only', () => {
    const rows = fc
      .array(fc.constantFrom(...columns), { minLength: 1, maxLength: 3 })
      .chain((types) => fc.tuple(fc.tuple(...types), fc.tuple(...types)));
    fc.assert(
      fc.property(rows, ([a, b]) => {
        expect(valueText(a) === valueText(b)).toBe(deepEqual(a, b));
      }),
    );
  });

  it('tells zeros and bytes apart', () => {
    expect(valueText([-0])).not.toBe(valueText([0]));
    expect(valueText([new Uint8Array([1, 2])])).not.toBe(valueText([new Uint8Array([12])]));
  });
});

describe('keyOf', () => {
  it('is the number inside an identity or a timestamp', () => {
    expect(keyOf('id')({ id: new Identity(7n) })).toBe(7n);
    expect(plain(new Timestamp(9n))).toBe(9n);
  });

  it('is the text of any other composed key, and of all columns without a key', () => {
    expect(keyOf('id')({ id: { tag: 'A', value: 1n }, more: 1 })).toBe(valueText({ tag: 'A', value: 1n }));
    expect(keyOf(undefined)({ a: 1, b: 'x' })).toBe(valueText({ a: 1, b: 'x' }));
  });
});
