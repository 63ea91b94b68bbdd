import { AlgebraicType, BinaryReader, BinaryWriter, Identity, Timestamp } from 'spacetimedb';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { Typespace } from './typespace.ts';
import { makeComparator } from './compare.ts';
import { types, valuesOf } from './testing.ts';

const NO_TYPES: Typespace = { types: [] };
const U32: AlgebraicType = { tag: 'U32' };

function sorted(type: AlgebraicType, values: readonly unknown[], typespace = NO_TYPES): unknown[] {
  return [...values].sort(makeComparator(type, typespace));
}

describe('makeComparator', () => {
  test('strings are ordered by their UTF-8 bytes, not by UTF-16 units', () => {
    expect(sorted({ tag: 'String' }, ['🥶', '\uffee', 'b', 'ab', 'a', ''])).toEqual([
      '',
      'a',
      'ab',
      'b',
      '\uffee',
      '🥶',
    ]);
  });

  test('floats are ordered with NaN last and both zeros equal', () => {
    const values = [NaN, Infinity, 1, -0, -Infinity, -1];
    expect(sorted({ tag: 'F64' }, values)).toEqual([-Infinity, -1, -0, 1, Infinity, NaN]);
    const compare = makeComparator({ tag: 'F32' }, NO_TYPES);
    expect(compare(0, -0)).toBe(0);
    expect(compare(NaN, NaN)).toBe(0);
  });

  test('identities and timestamps are ordered by their number', () => {
    const identities = [new Identity(1n << 255n), new Identity(2n), new Identity(10n)];
    const numbers = sorted(Identity.getAlgebraicType(), identities).map(
      (it) => (it as Identity).__identity__,
    );
    expect(numbers).toEqual([2n, 10n, 1n << 255n]);
    const compare = makeComparator(Timestamp.getAlgebraicType(), NO_TYPES);
    expect(compare(new Timestamp(-1n), new Timestamp(0n))).toBeLessThan(0);
  });

  test('some is ordered before none', () => {
    const unit: AlgebraicType = { tag: 'Product', value: { elements: [] } };
    const variants = [
      { name: 'some', algebraicType: U32 },
      { name: 'none', algebraicType: unit },
    ];
    const compare = makeComparator({ tag: 'Sum', value: { variants } }, NO_TYPES);
    expect(compare(1, 2)).toBeLessThan(0);
    expect(compare(2, undefined)).toBeLessThan(0);
    expect(compare(undefined, 1)).toBeGreaterThan(0);
    expect(compare(undefined, undefined)).toBe(0);
  });

  test('sums are ordered by the position of the variant, then by its payload', () => {
    const variants = [
      { name: 'z', algebraicType: U32 },
      { name: 'a', algebraicType: U32 },
    ];
    const values = [
      { tag: 'a', value: 0 },
      { tag: 'z', value: 2 },
      { tag: 'z', value: 1 },
    ];
    expect(sorted({ tag: 'Sum', value: { variants } }, values)).toEqual([values[2], values[1], values[0]]);
  });

  test('arrays are ordered element by element, the shorter one first', () => {
    expect(sorted({ tag: 'Array', value: U32 }, [[2], [1, 9], [1], []])).toEqual([[], [1], [1, 9], [2]]);
    const bytes = [Uint8Array.of(200), Uint8Array.of(3, 1), Uint8Array.of(3)];
    expect(sorted({ tag: 'Array', value: { tag: 'U8' } }, bytes)).toEqual([bytes[2], bytes[1], bytes[0]]);
  });

  test('products are ordered field by field', () => {
    const elements = [
      { name: 'first', algebraicType: U32 },
      { name: 'second', algebraicType: { tag: 'String' } as const },
    ];
    const values = [
      { first: 2, second: 'a' },
      { first: 1, second: 'b' },
      { first: 1, second: 'a' },
    ];
    expect(sorted({ tag: 'Product', value: { elements } }, values)).toEqual([
      values[2],
      values[1],
      values[0],
    ]);
  });

  it('the comparator follows references, also in recursive types', () => {
    const list: AlgebraicType = {
      tag: 'Sum',
      value: {
        variants: [
          { name: 'end', algebraicType: { tag: 'Product', value: { elements: [] } } },
          { name: 'more', algebraicType: { tag: 'Ref', value: 0 } },
        ],
      },
    };
    const end = { tag: 'end', value: {} };
    const one = { tag: 'more', value: end };
    const two = { tag: 'more', value: one };
    expect(sorted({ tag: 'Ref', value: 0 }, [two, end, one], { types: [list] })).toEqual([end, one, two]);
    expect(() => makeComparator({ tag: 'Ref', value: 1 }, { types: [list] })).toThrow(RangeError);
  });

  it('the comparator is a total order whose equality matches the encoded bytes', () => {
    const samples = types.chain((type) =>
      fc.tuple(fc.constant(type), valuesOf(type), valuesOf(type), valuesOf(type)),
    );
    fc.assert(
      fc.property(samples, ([type, a, b, c]) => {
        const compare = makeComparator(type, NO_TYPES);
        expect(Math.sign(compare(a, b))).toBe(-Math.sign(compare(b, a)) + 0);
        const [low, middle, high] = [a, b, c].sort(compare);
        expect(compare(low, middle)).toBeLessThanOrEqual(0);
        expect(compare(low, high)).toBeLessThanOrEqual(0);
        const copy = decode(type, encode(type, a));
        expect(compare(a, copy)).toBe(0);
        // -0 equals 0 although their bytes differ.
        if (!hasMinusZero(a) && !hasMinusZero(b)) {
          expect(compare(a, b) === 0).toBe(encode(type, a).join() === encode(type, b).join());
        }
      }),
    );
  });
});

function hasMinusZero(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.values(value).some(hasMinusZero);
  return Object.is(value, -0);
}

function encode(type: AlgebraicType, value: unknown): Uint8Array {
  const writer = new BinaryWriter(64);
  AlgebraicType.makeSerializer(type)(writer, value);
  return writer.getBuffer();
}

function decode(type: AlgebraicType, bytes: Uint8Array): unknown {
  return AlgebraicType.makeDeserializer(type)(new BinaryReader(bytes));
}
