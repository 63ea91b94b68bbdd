/** A 256-bit number as SATS-JSON writes it: unpadded hex. */
export function u256Json(value: bigint): string {
  return `0x${value.toString(16)}`;
}

/**
 * A hash is printed byte by byte, but travels as the number of which these bytes are the little-endian form.
 * @param hex the bytes
 */
export function hashJson(hex: string): string {
  return u256Json(BigInt(`0x${Buffer.from(hex, 'hex').reverse().toString('hex')}`));
}
