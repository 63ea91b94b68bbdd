/** A 256-bit number as SATS-JSON writes it: unpadded hex. */
export function u256Json(value: bigint): string {
  return `0x${value.toString(16)}`;
}

/**
 * A hash is printed byte by byte, but sent as the number that these bytes encode in little-endian order.
 * @param hex the bytes
 */
export function hashJson(hex: string): string {
  return u256Json(BigInt(`0x${Buffer.from(hex, 'hex').reverse().toString('hex')}`));
}
