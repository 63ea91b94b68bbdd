import { AlgebraicType } from 'spacetimedb';
import { describe, expect, it } from 'vitest';
import { columnUpgrade, type ColumnUpgrade } from './column-upgrade.ts';
import { product, sum, unit } from './testing/raw-module-builder.ts';

const { String: Text, U128, U16, U32, U64 } = AlgebraicType;

const upgrade = (before: AlgebraicType, after: AlgebraicType): ColumnUpgrade =>
  columnUpgrade('apples', 'kind', before, after);

const array = (type: AlgebraicType): AlgebraicType => ({ tag: 'Array', value: type });

describe('compatible column types', () => {
  it.each([
    ['the same type', product({ a: array(sum({ x: U16 })) }), product({ a: array(sum({ x: U16 })) }), false],
    ['more variants behind the old ones', sum({ a: U64 }), sum({ a: U64, b: U16, c: unit }), true],
    [
      'more variants within',
      array(product({ s: sum({ a: U64 }) })),
      array(product({ s: sum({ a: U64, b: Text }) })),
      true,
    ],
  ])('values of a column stay valid with %s', (_, before, after, isChanged) => {
    expect(upgrade(before, after)).toEqual({ isChanged, reasons: [] });
  });
});

describe('incompatible column types', () => {
  const MANUAL = 'requires a manual migration';

  it.each<[string, AlgebraicType, AlgebraicType, string[]]>([
    ['fewer variants', sum({ a: U16, b: U16 }), sum({ a: U16 }), [`with fewer variants, ${MANUAL}`]],
    ['more room', sum({ a: U16 }), sum({ a: U16, b: array(U16) }), [`${MANUAL}, due to size mismatch`]],
    [
      'another alignment',
      sum({ a: U64 }),
      sum({ a: U64, b: U128 }),
      [`${MANUAL}, due to size mismatch`, `${MANUAL}, due to alignment mismatch`],
    ],
    ['fewer fields', product({ a: U16, b: U16 }), product({ a: U16 }), [`with fewer fields, ${MANUAL}`]],
    ['more fields', product({ a: U16 }), product({ a: U16, b: U16 }), [`with fewer fields, ${MANUAL}`]],
  ])('values of a column do not stay valid with %s', (_, before, after, endings) => {
    const { reasons } = upgrade(before, after);
    expect(reasons.map((reason) => reason.slice(reason.indexOf('), ') + 3))).toEqual(endings);
    const start = 'Changing the type of column kind in table apples from (a: ';
    expect(reasons.every((reason) => reason.startsWith(start))).toBe(true);
    const within = reasons.map((reason) => reason.replace('the type of', 'a type within'));
    expect(upgrade(array(before), array(after)).reasons).toEqual(within);
  });

  it.each([
    ['variant', sum({ a: U16 }), sum({ b: U16 }), '(a: U16) to (b: U16)'],
    ['field', product({ a: U16 }), product({ b: U16 }), '(a: U16) to (b: U16)'],
  ])(
    "a renamed %s is reported in the real server's words, as if it were the column",
    (member, before, after, types) => {
      const sentence = `Changing the type of column kind in table apples from ${types}, with a renamed ${member}, ${MANUAL}`;
      expect(upgrade(before, after).reasons).toEqual([sentence]);
      expect(upgrade(array(before), array(after)).reasons).toEqual([sentence]);
    },
  );

  it('another type is reported, both at the top level and nested', () => {
    expect(upgrade(Text, U32).reasons).toEqual([
      `Changing the type of column kind in table apples from String to U32 ${MANUAL}`,
    ]);
    expect(upgrade(product({ x: Text }), product({ x: U32 })).reasons).toEqual([
      `Changing a type within column kind in table apples from String to U32 ${MANUAL}`,
    ]);
  });
});
