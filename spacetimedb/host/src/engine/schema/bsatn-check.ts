import type { AlgebraicType } from 'spacetimedb';
import { BsatnError, BsatnReader } from '../sats/bsatn-reader.ts';
import type { Typespace } from '../sats/typespace.ts';

/** Why `bytes` do not begin with a value of `type` in BSATN, as the end of a sentence; `undefined` when they do. */
export function bsatnProblem(
  bytes: Uint8Array,
  type: AlgebraicType,
  typespace: Typespace,
): string | undefined {
  try {
    new BsatnReader(bytes).skip(type, typespace);
    return undefined;
  } catch (error) {
    if (error instanceof BsatnError) return error.message;
    throw error;
  }
}
