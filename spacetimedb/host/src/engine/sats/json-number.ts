/** Formats numbers as serde_json does, with the digits of the ryu algorithm. */

/** The positions of the decimal point from which a number gets an exponent. */
interface Notation {
  readonly maxPoint: number;
  readonly minPoint: number;
}

const F64_NOTATION: Notation = { maxPoint: 16, minPoint: -5 };
const F32_NOTATION: Notation = { maxPoint: 13, minPoint: -6 };

/** `1.0`, `0.1`, `1e16`; `null` for NaN and infinity, which JSON does not have. */
export function f64Json(value: number): string {
  return Number.isFinite(value) ? floatText(value, value.toExponential(), F64_NOTATION) : 'null';
}

/** Like `f64Json`, with the shortest digits that identify a 32-bit float. */
export function f32Json(value: number): string {
  if (!Number.isFinite(value)) return 'null';
  let digits = 0;
  while (digits < 8 && Math.fround(Number(value.toExponential(digits))) !== value) digits++;
  return floatText(value, value.toExponential(digits), F32_NOTATION);
}

function floatText(value: number, exponential: string, { maxPoint, minPoint }: Notation): string {
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const [mantissa = '', exponentText = ''] = exponential.replace('-', sign === '' ? '-' : '').split('e');
  const digits = mantissa.replace('.', '').replace(/(?!^)0+$/, '');
  const exponent = Number(exponentText);
  const point = exponent + 1;
  if (value === 0) return `${sign}0.0`;
  if (point > maxPoint || point <= minPoint) {
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
    return `${sign}${digits.slice(0, 1)}${fraction}e${exponent}`;
  }
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  if (point >= digits.length) return `${sign}${digits.padEnd(point, '0')}.0`;
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}
