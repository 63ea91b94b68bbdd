/**
 * What a row is known by: the value of its primary key, or all its columns as text. Keys of one table can be
 * compared with `<`.
 */
export type Key = string | number | bigint | boolean;

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

/** Identities, connection ids, timestamps, durations and uuids hold one number, by which they compare. */
export function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const [inner, ...more] = Object.values(value);
  return typeof inner === 'bigint' && more.length === 0 ? inner : value;
}

/** @param column the primary key, if the table has one. */
export function keyOf(column: string | undefined): (row: object) => Key {
  if (column === undefined) return valueText;
  return (row) => {
    const value = plain((row as Record<string, unknown>)[column]);
    return typeof value === 'object' ? valueText(value) : (value as Key);
  };
}

export function compareKeys(a: Key, b: Key): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
