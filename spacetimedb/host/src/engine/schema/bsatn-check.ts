import { BinaryReader, type AlgebraicType } from 'spacetimedb';
import { resolveType } from '../sats/type-shape.ts';
import type { Typespace } from '../sats/typespace.ts';

/**
 * Why `bytes` do not begin with a value of `type` in BSATN, as the end of a sentence; `undefined` when they do.
 * The SDK's own reader takes any tag and any byte for a bool, and does not check UTF-8.
 */
export function bsatnProblem(
  bytes: Uint8Array,
  type: AlgebraicType,
  typespace: Typespace,
): string | undefined {
  try {
    skipValue(new BinaryReader(bytes), type, typespace);
    return undefined;
  } catch (error) {
    if (error instanceof RangeError || error instanceof TypeError) return error.message;
    throw error;
  }
}

const SIZES = {
  I8: 1,
  U8: 1,
  I16: 2,
  U16: 2,
  I32: 4,
  U32: 4,
  I64: 8,
  U64: 8,
  I128: 16,
  U128: 16,
  I256: 32,
  U256: 32,
  F32: 4,
  F64: 8,
} as const;

function skipValue(reader: BinaryReader, type: AlgebraicType, typespace: Typespace): void {
  const concrete = resolveType(type, typespace);
  switch (concrete.tag) {
    case 'Product':
      for (const { algebraicType } of concrete.value.elements) skipValue(reader, algebraicType, typespace);
      return;
    case 'Sum': {
      const tag = reader.readU8();
      const variant = concrete.value.variants[tag];
      if (!variant) throw new RangeError(`there is no variant ${tag}`);
      return skipValue(reader, variant.algebraicType, typespace);
    }
    case 'Array': {
      const length = reader.readU32();
      for (let i = 0; i < length; i++) skipValue(reader, concrete.value, typespace);
      return;
    }
    case 'String':
      new TextDecoder('utf-8', { fatal: true }).decode(reader.readUInt8Array());
      return;
    case 'Bool':
      if (reader.readU8() > 1) throw new RangeError('a bool must be 0 or 1');
      return;
    default: {
      const size = SIZES[concrete.tag];
      if (reader.remaining < size) throw new RangeError(`it ends ${size - reader.remaining} bytes too early`);
      reader.readBytes(size);
    }
  }
}
