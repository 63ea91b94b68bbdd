import { Identity, Timestamp, type AlgebraicType } from 'spacetimedb';
import { expect, test } from 'vitest';
import { valueText } from './satn.ts';

const U8: AlgebraicType = { tag: 'U8' };
const point: AlgebraicType = {
  tag: 'Product',
  value: {
    elements: [
      { name: 'x', algebraicType: U8 },
      { name: 'y', algebraicType: { tag: 'String' } },
    ],
  },
};
const shape: AlgebraicType = {
  tag: 'Sum',
  value: {
    variants: [
      { name: 'dot', algebraicType: { tag: 'Product', value: { elements: [] } } },
      { name: 'size', algebraicType: U8 },
    ],
  },
};

// The first two were recorded from a real server; the others follow its `satn.rs`.
test.each<[string, AlgebraicType, unknown]>([
  ['"sql-auto"', { tag: 'String' }, 'sql-auto'],
  ['200', U8, 200],
  ['true', { tag: 'Bool' }, true],
  ['0x00ff', { tag: 'Array', value: U8 }, Uint8Array.of(0, 255)],
  ['[1, 2]', { tag: 'Array', value: { tag: 'U16' } }, [1, 2]],
  ['(0 = 5)', Identity.getAlgebraicType(), new Identity(5n)],
  ['(0 = 6)', Timestamp.getAlgebraicType(), new Timestamp(6n)],
  ['(0 = 1, 1 = "a")', point, { x: 1, y: 'a' }],
  ['( = ())', shape, { tag: 'dot' }],
  ['( = 7)', shape, { tag: 'size', value: 7 }],
])('a value is shown as %s', (text, type, value) => {
  expect(valueText(type, { types: [] }, value)).toBe(text);
});
