import type { AlgebraicType } from 'spacetimedb';
import type { Typespace } from './typespace.ts';
import { isBytes, resolveType } from './type-shape.ts';

/** The bytes are not BSATN of the expected type; `message` is the real server's (`crates/sats/src/buffer.rs`). */
export class BsatnError extends Error {
  override readonly name = 'BsatnError';
}

const WIDTHS = {
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

/** Floats are read as integers of their width. */
const READ_AS = { F32: 'u32', F64: 'u64' } as const;

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads untrusted BSATN. Unlike the SDK's reader, it refuses everything that the real server refuses. */
export class BsatnReader {
  readonly #bytes: Uint8Array;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get remaining(): number {
    return this.#bytes.length - this.#offset;
  }

  /** @throws {BsatnError} */
  u8(): number {
    return this.#take(1, 'u8')[0] as number;
  }

  /** @throws {BsatnError} */
  u32(): number {
    const [a = 0, b = 0, c = 0, d = 0] = this.#take(4, 'u32');
    return (a | (b << 8) | (c << 16) | (d << 24)) >>> 0;
  }

  /** Reads a length and that many bytes, without copying them. @throws {BsatnError} */
  bytes(): Uint8Array {
    return this.#take(this.u32(), '[u8]');
  }

  /** @throws {BsatnError} */
  string(): string {
    const bytes = this.bytes();
    try {
      return UTF8.decode(bytes);
    } catch (error) {
      throw new BsatnError('invalid utf8', { cause: error });
    }
  }

  /** Skips a value of `type`. @throws {BsatnError} when the next bytes are not one */
  skip(type: AlgebraicType, typespace: Typespace): void {
    const concrete = resolveType(type, typespace);
    switch (concrete.tag) {
      case 'Product':
        for (const { algebraicType } of concrete.value.elements) this.skip(algebraicType, typespace);
        return;
      case 'Sum': {
        const tag = this.u8();
        const variant = concrete.value.variants[tag];
        if (!variant) throw unknownTag(tag, '<unknown>');
        return this.skip(variant.algebraicType, typespace);
      }
      case 'Array':
        if (isBytes(concrete)) this.bytes();
        else this.#skipItems(concrete.value, typespace);
        return;
      case 'String':
        this.string();
        return;
      case 'Bool': {
        const byte = this.u8();
        if (byte > 1) throw new BsatnError(`byte ${byte} not valid as \`bool\` (must be 0 or 1)`);
        return;
      }
      case 'F32':
      case 'F64':
        this.#take(WIDTHS[concrete.tag], READ_AS[concrete.tag]);
        return;
      default:
        this.#take(WIDTHS[concrete.tag], concrete.tag.toLowerCase());
    }
  }

  #skipItems(type: AlgebraicType, typespace: Typespace): void {
    for (let count = this.u32(); count > 0; count--) {
      const { remaining } = this;
      this.skip(type, typespace);
      // Zero-byte items are all the same, and an array may claim billions of them: checking one is enough.
      if (this.remaining === remaining) return;
    }
  }

  #take(size: number, what: string): Uint8Array {
    const { remaining } = this;
    if (remaining < size) {
      throw new BsatnError(`data too short for ${what}: Expected ${size}, given ${remaining}`);
    }
    this.#offset += size;
    return this.#bytes.subarray(this.#offset - size, this.#offset);
  }
}

export function unknownTag(tag: number, sum: string): BsatnError {
  return new BsatnError(`unknown tag 0x${tag.toString(16)} for sum type ${sum}`);
}
