import type { AlgebraicType } from 'spacetimedb';
import { BsatnError, BsatnReader } from '../sats/bsatn-reader.ts';
import type { Typespace } from '../sats/typespace.ts';

/**
 * Says why `bytes` do not start with a BSATN value of `type`, as the end of a sentence; `undefined` if they do. The
 * SDK's own reader accepts any tag and any byte for a bool, and does not check UTF-8.
 */
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
