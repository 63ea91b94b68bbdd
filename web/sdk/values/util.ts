/** In place of the SDK's `lib/util.ts`, for its values: the same without its classes that read and write. */

/** @throws TypeError when `value` is nothing that can become a `bigint`; SyntaxError or RangeError when it is no whole number */
export function coerceToBigInt(value: unknown, what: string): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return BigInt(value);
  if (typeof value === 'string' && value.trim() !== '') return BigInt(value);
  throw new TypeError(
    `Cannot convert ${typeof value} to ${what}: expected bigint, integer number, or decimal string`,
  );
}

const hex = (value: bigint, digits: number): string => value.toString(16).padStart(digits, '0');

const bytes = (value: bigint, length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, index) => Number((value >> BigInt(index * 8)) & 0xffn));

/** @throws Error when it is not of that many digits */
function fromHex(text: string, digits: number): bigint {
  const plain = text.replace(/^0x/, '');
  if (plain.length !== digits) throw new Error(`Expected ${digits} hexadecimal digits: ${text}`);
  return BigInt(`0x${plain}`);
}

export const u128ToHexString = (value: bigint): string => hex(value, 32);
export const u256ToHexString = (value: bigint): string => hex(value, 64);
export const u128ToUint8Array = (value: bigint): Uint8Array => bytes(value, 16);
export const u256ToUint8Array = (value: bigint): Uint8Array => bytes(value, 32);
export const hexStringToU128 = (text: string): bigint => fromHex(text, 32);
export const hexStringToU256 = (text: string): bigint => fromHex(text, 64);
