import { AlgebraicType } from 'spacetimedb';
import { expect, it } from 'vitest';
import { layoutOf } from './row-layout.ts';
import { option, product, sum, unit } from './testing/raw-module-builder.ts';

const { Bool, F64, String: Text, U128, U16, U256, U32, U64, U8 } = AlgebraicType;

it.each<[string, AlgebraicType, size: number, align: number]>([
  ['a byte', U8, 1, 1],
  ['a float', F64, 8, 8],
  ['a wide integer', U256, 32, 32],
  ['a string', Text, 4, 2],
  ['an array of any type', { tag: 'Array', value: U256 }, 4, 2],
  ['nothing', unit, 0, 1],
  ['fields with a gap between them', product({ a: U8, b: U32 }), 8, 4],
  ['fields with a gap behind them', product({ a: U32, b: U8 }), 8, 4],
  ['fields without gaps', product({ a: U8, b: Bool, c: U16 }), 4, 2],
  ['a plain enum', sum({ a: unit, b: unit }), 1, 1],
  ['a tag and a payload', sum({ a: U64 }), 16, 8],
  [
    'a payload that is not the most aligned one',
    sum({ a: product({ x: U64, y: U64, z: U64 }), b: U128 }),
    48,
    16,
  ],
  ['an option of a string', option(Text), 6, 2],
  ['a sum of nothing', sum({}), 1, 1],
])("the real server's row layout of %s", (_, type, size, align) => {
  expect(layoutOf(type)).toEqual({ size, align });
});
