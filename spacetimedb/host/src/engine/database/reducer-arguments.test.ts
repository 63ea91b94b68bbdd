/** The expected messages were recorded from a real SpacetimeDB 2.8.3 (`recorded/ws.json`) or follow its `buffer.rs`. */
import type { AlgebraicType } from 'spacetimedb';
import { describe, expect, test } from 'vitest';
import { BsatnError } from '../sats/bsatn-reader.ts';
import type { ReducerDef } from '../schema/module-def.ts';
import { encodeArguments } from './reducer-arguments.ts';

const U8: AlgebraicType = { tag: 'U8' };
const UNIT: AlgebraicType = { tag: 'Product', value: { elements: [] } };
const list = (value: AlgebraicType): AlgebraicType => ({ tag: 'Array', value });

function check(type: AlgebraicType, ...bytes: number[]): Uint8Array {
  const reducer: ReducerDef = {
    ...{ id: 0, name: 'take', sourceName: 'take', visibility: 'client', lifecycle: undefined },
    params: { elements: [{ name: 'value', algebraicType: type }] },
  };
  return encodeArguments(reducer, { types: [] }, { format: 'bsatn', bytes: Uint8Array.from(bytes) });
}

describe('arguments in BSATN', () => {
  test.each<[string, AlgebraicType, number[]]>([
    ['data too short for u32: Expected 4, given 0', { tag: 'String' }, []],
    ['data too short for [u8]: Expected 5, given 1', { tag: 'String' }, [5, 0, 0, 0, 65]],
    ['invalid utf8', { tag: 'String' }, [2, 0, 0, 0, 0xff, 0xfe]],
    ['byte 2 not valid as `bool` (must be 0 or 1)', { tag: 'Bool' }, [2]],
    ['data too short for i128: Expected 16, given 1', { tag: 'I128' }, [1]],
    ['data too short for u64: Expected 8, given 4', { tag: 'F64' }, [1, 2, 3, 4]],
    ['data too short for [u8]: Expected 3, given 1', list(U8), [3, 0, 0, 0, 1]],
    ['data too short for u16: Expected 2, given 1', list({ tag: 'U16' }), [1, 0, 0, 0, 1]],
    [
      'unknown tag 0x2 for sum type <unknown>',
      {
        tag: 'Sum',
        value: {
          variants: [
            { name: 'some', algebraicType: U8 },
            { name: 'none', algebraicType: UNIT },
          ],
        },
      },
      [2],
    ],
  ])('BSATN arguments are refused with "%s"', (reason, type, bytes) => {
    expect(() => check(type, ...bytes)).toThrow(new BsatnError(reason));
  });

  test('BSATN arguments may be followed by any bytes', () => {
    expect(check({ tag: 'String' }, 1, 0, 0, 0, 65, 1, 2, 3)).toHaveLength(8);
  });

  test('BSATN arguments that claim billions of zero-byte items are checked quickly', () => {
    expect(check(list(UNIT), 255, 255, 255, 255)).toHaveLength(4);
  });
});
