/**
 * Parses literals as values of a column's type (`parse` in `crates/expr/src/lib.rs`). Only the text counts, not the
 * form of the literal: `'5'` is a number for a number column, and so is `0x10` without its prefix.
 */
import { ConnectionId, Identity, Timestamp, Uuid, type AlgebraicType } from 'spacetimedb';
import { isBytes, specialField } from '../sats/type-shape.ts';

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;
/** More digits than the widest integer has. Longer texts fit no type. */
const MAX_INTEGER_DIGITS = 80;

const INTEGER_BITS: Readonly<Partial<Record<AlgebraicType['tag'], number>>> = {
  ...{ U8: 8, U16: 16, U32: 32, U64: 64, U128: 128, U256: 256 },
  ...{ I8: 8, I16: 16, I32: 32, I64: 64, I128: 128, I256: 256 },
};

/**
 * Parses the text of a literal as a value of `type`, as the SDK represents it.
 * @returns `undefined` when the text is not a value of that type, or the type has no literals
 */
export function parseLiteral(text: string, type: AlgebraicType): unknown {
  const bits = INTEGER_BITS[type.tag];
  if (bits !== undefined) return parseInteger(text, bits, type.tag.startsWith('I'));
  switch (type.tag) {
    case 'F32': {
      const number = parseFloat64(text);
      return number === undefined ? undefined : Math.fround(number);
    }
    case 'F64':
      return parseFloat64(text);
    case 'String':
      return text;
    case 'Array':
      return isBytes(type) ? parseHex(text) : undefined;
    case 'Product':
      return parseSpecial(text, type);
    default:
      return undefined;
  }
}

function parseSpecial(text: string, type: AlgebraicType & { tag: 'Product' }): unknown {
  switch (specialField(type.value)) {
    case '__identity__':
      return wrap(parseBigEndian(text, 32), (value) => new Identity(value));
    case '__connection_id__':
      return wrap(parseBigEndian(text, 16), (value) => new ConnectionId(value));
    case '__timestamp_micros_since_unix_epoch__':
      return wrap(parseRfc3339(text), (value) => new Timestamp(value));
    case '__uuid__':
      return wrap(parseUuid(text), (value) => new Uuid(value));
    default:
      return undefined;
  }
}

function wrap<Value>(value: bigint | undefined, make: (value: bigint) => Value): Value | undefined {
  return value === undefined ? undefined : make(value);
}

/** Whole integers may have a fraction of zeros or an exponent: `1.0`, `2e3`. */
function parseInteger(text: string, bits: number, isSigned: boolean): number | bigint | undefined {
  const value = parseWholeNumber(text);
  if (value === undefined) return undefined;
  const min = isSigned ? -(1n << BigInt(bits - 1)) : 0n;
  const max = (1n << BigInt(isSigned ? bits - 1 : bits)) - 1n;
  if (value < min || value > max) return undefined;
  return bits < 64 ? Number(value) : value;
}

function parseWholeNumber(text: string): bigint | undefined {
  const match = DECIMAL.exec(text);
  if (match === null) return undefined;
  const [, sign = '', whole = '', fraction = '', exponentText = '0'] = match;
  if (whole === '' && fraction === '') return undefined;
  const digits = (whole + fraction).replace(/^0+/, '');
  if (digits === '') return 0n;
  // The value is `digits` times ten to the power of `exponent`.
  const exponent = Number(exponentText) - fraction.length;
  if (digits.length + exponent > MAX_INTEGER_DIGITS) return undefined;
  const dropped = Math.max(-exponent, 0);
  if (dropped > digits.length || !/^0*$/.test(digits.slice(digits.length - dropped))) return undefined;
  const kept = digits.slice(0, digits.length - dropped) + '0'.repeat(Math.max(exponent, 0));
  const magnitude = BigInt(kept);
  return sign === '-' ? -magnitude : magnitude;
}

function parseFloat64(text: string): number | undefined {
  const match = DECIMAL.exec(text);
  if (match === null || ((match[2] ?? '') === '' && (match[3] ?? '') === '')) return undefined;
  return Number(text);
}

function parseHex(text: string): Uint8Array | undefined {
  const digits = text.startsWith('0x') || text.startsWith("X'") ? text.slice(2) : text;
  if (digits.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(digits)) return undefined;
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) =>
    Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16),
  );
}

function parseBigEndian(text: string, byteCount: number): bigint | undefined {
  const digits = text.startsWith('0x') || text.startsWith("X'") ? text.slice(2) : text;
  if (digits.length !== 2 * byteCount || !/^[0-9a-fA-F]+$/.test(digits)) return undefined;
  return BigInt(`0x${digits}`);
}

/** With or without hyphens, in braces or after `urn:uuid:`. */
function parseUuid(text: string): bigint | undefined {
  const bare = /^\{(.*)\}$/.exec(text)?.[1] ?? text.replace(/^urn:uuid:/, '');
  const isUuid = /^(?:[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i.test(bare);
  return isUuid ? BigInt(`0x${bare.replaceAll('-', '')}`) : undefined;
}

const RFC_3339 =
  /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/;

/** Microseconds since the epoch; further digits are cut off. */
function parseRfc3339(text: string): bigint | undefined {
  const match = RFC_3339.exec(text);
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number);
  const [, , , , , , , fraction = '', sign = '+', offsetHour = '0', offsetMinute = '0'] = match;
  if (hour > 23 || minute > 59 || second > 60 || Number(offsetHour) > 23 || Number(offsetMinute) > 59) {
    return undefined;
  }
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  date.setUTCHours(hour, minute, second);
  const offsetMinutes = (Number(offsetHour) * 60 + Number(offsetMinute)) * (sign === '-' ? -1 : 1);
  const millis = date.getTime() - offsetMinutes * 60_000;
  return BigInt(millis) * 1000n + BigInt(fraction.slice(0, 6).padEnd(6, '0'));
}
