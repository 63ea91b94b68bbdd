/**
 * Compares two values of one column type, or two rows: numbers, strings, bytes, and products, sums, options and arrays
 * of them. The order is arbitrary, but the same for everyone; the result is 0 only for equal values.
 */
export function compareValues(a: unknown, b: unknown): number {
  // The most frequent types first: parts of identities and timestamps.
  if (typeof a === 'bigint' && typeof b === 'bigint') return a < b ? -1 : a > b ? 1 : 0;
  if (typeof a === 'object' && typeof b === 'object') {
    const [left, right] = [a, b] as [Record<string, unknown>, Record<string, unknown>];
    // Only arrays and bytes can differ in their number of parts.
    const { length } = left;
    if (typeof length === 'number' && length !== right['length'])
      return compareValues(length, right['length']);
    for (const part in left) {
      const order = compareValues(left[part], right[part]);
      if (order) return order;
    }
    return 0;
  }
  // Something and nothing.
  if (typeof a !== typeof b) return compareValues(typeof a, typeof b);
  if ((a as number) < (b as number)) return -1;
  if ((a as number) > (b as number)) return 1;
  // NaN, or zeros of different sign.
  return Object.is(a, b) ? 0 : compareValues(label(a), label(b));
}

function label(value: unknown): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

/**
 * A text that is the same for equal column values and different for different ones, of any column type:
 * numbers, strings, bytes, and products, sums, options and arrays of them.
 */
export function valueText(value: unknown): string {
  if (typeof value === 'string') return `${value.length}:${value}`;
  // A power of two as the base: much faster than ten for 256 bits.
  if (typeof value === 'bigint') return `${value.toString(32)};`;
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? '-0;' : `${String(value)};`;
  let text = '(';
  for (const part of Object.values(value)) text += valueText(part);
  return `${text})`;
}
