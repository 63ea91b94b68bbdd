/**
 * The SDK's reader drops a byte order mark at the start of a string, but to SpacetimeDB it is part of the string. After
 * {@link doubleMarks}, the SDK reads strings with the marks that they should have.
 */
import { BinaryReader, type AlgebraicType } from 'spacetimedb';
import { concatBytes } from '../bytes.ts';
import type { Typespace } from './typespace.ts';
import { resolveType } from './type-shape.ts';

const MARK = new Uint8Array([0xef, 0xbb, 0xbf]);

/** Do the bytes contain a byte order mark anywhere? */
export function hasMark(bytes: Uint8Array): boolean {
  for (let at = bytes.indexOf(0xef); at !== -1; at = bytes.indexOf(0xef, at + 1)) {
    if (bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf) return true;
  }
  return false;
}

/**
 * Puts a second byte order mark in front of each string that begins with one.
 *
 * @param bytes BSATN of one value of each type, one after the other
 */
export function doubleMarks(
  bytes: Uint8Array,
  types: readonly AlgebraicType[],
  typespace: Typespace,
): Uint8Array {
  const parts: Uint8Array[] = [];
  const reader = new BinaryReader(bytes);
  let copied = 0;
  const visit = (type: AlgebraicType): void => {
    const concrete = resolveType(type, typespace);
    switch (concrete.tag) {
      case 'Product':
        for (const { algebraicType } of concrete.value.elements) visit(algebraicType);
        return;
      case 'Sum': {
        const variant = concrete.value.variants[reader.readU8()];
        if (variant) visit(variant.algebraicType);
        return;
      }
      case 'Array':
        for (let left = reader.readU32(); left > 0; left--) visit(concrete.value);
        return;
      case 'String': {
        const start = reader.offset;
        const text = reader.readUInt8Array();
        if (!MARK.every((byte, i) => text[i] === byte)) return;
        const length = new Uint8Array(4);
        new DataView(length.buffer).setUint32(0, text.length + MARK.length, true);
        parts.push(bytes.subarray(copied, start), length, MARK);
        copied = start + length.length;
        return;
      }
      default:
        reader.readBytes(SIZES[concrete.tag]);
    }
  };
  for (const type of types) visit(type);
  return concatBytes([...parts, bytes.subarray(copied)]);
}

/** In bytes. */
const SIZES = {
  ...{ Bool: 1, I8: 1, U8: 1, I16: 2, U16: 2, I32: 4, U32: 4, I64: 8, U64: 8 },
  ...{ I128: 16, U128: 16, I256: 32, U256: 32, F32: 4, F64: 8 },
} as const;
