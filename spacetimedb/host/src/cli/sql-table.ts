/** Formats a response of `/sql` like the `spacetime` CLI, as a table in the style of psql. */

/** A type in SATS-JSON, such as `{ "U64": [] }`. */
export type JsonType = Readonly<Record<string, unknown>>;

interface JsonElement {
  readonly name: { readonly some?: string };
  readonly algebraic_type: JsonType;
}

export interface JsonSqlResult {
  readonly schema: { readonly elements: readonly JsonElement[] };
  readonly rows: readonly (readonly unknown[])[];
  readonly stats?: {
    readonly rows_inserted: number;
    readonly rows_deleted: number;
    readonly rows_updated: number;
  };
}

/** Marks the digits of an integer that a JavaScript number cannot represent. */
const WIDE = '\uE000';

/** Parses JSON without rounding integers of more than 15 digits. */
export function parseWideJson(text: string): unknown {
  // Strings are matched first, so that digits inside them stay unchanged.
  return JSON.parse(
    text.replace(/"(?:[^"\\]|\\.)*"|-?\d{16,}(?![\d.eE])/g, (token) =>
      token.startsWith('"') ? token : `"${WIDE}${token}"`,
    ),
  );
}

/** @returns the lines of a table, or the number of changed rows */
export function formatSqlResult({ schema, rows, stats }: JsonSqlResult): string {
  if (schema.elements.length === 0) return formatStats(stats);
  const header = schema.elements.map(({ name }, index) => name.some ?? `column ${index}`);
  const cells = rows.map((row) =>
    row.map((value, index) => formatValue(schema.elements[index]?.algebraic_type ?? {}, value)),
  );
  const widths = header.map((title, column) =>
    Math.max(...[title, ...cells.map((row) => row[column] ?? '')].map((cell) => [...cell].length)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => ` ${cell}${' '.repeat((widths[column] ?? 0) - [...cell].length)} `)
      .join('|')
      .trimEnd();
  const rule = widths.map((width) => '-'.repeat(width + 2)).join('+');
  return [line(header), rule, ...cells.map(line)].join('\n');
}

function formatStats(stats: JsonSqlResult['stats']): string {
  if (!stats) return 'OK';
  const counts = [
    [stats.rows_inserted, 'inserted'],
    [stats.rows_updated, 'updated'],
    [stats.rows_deleted, 'deleted'],
  ] as const;
  const changed = counts.filter(([count]) => count > 0);
  return changed.length === 0 ? 'OK' : `OK: ${changed.map(([count, what]) => `${count} ${what}`).join(', ')}`;
}

function formatValue(type: JsonType, value: unknown): string {
  const [kind, definition] = Object.entries(type)[0] ?? [];
  if (kind === 'Product') return formatProduct((definition as { elements: JsonElement[] }).elements, value);
  if (kind === 'Sum') return formatSum((definition as { variants: JsonElement[] }).variants, value);
  if (kind === 'Array' && Array.isArray(value)) {
    return `[${value.map((item) => formatValue(definition as JsonType, item)).join(', ')}]`;
  }
  // Bytes are sent as hex digits.
  if (kind === 'Array') return `0x${String(value)}`;
  if (kind === 'String') return printable(JSON.stringify(value));
  return typeof value === 'string' ? value.replace(WIDE, '') : JSON.stringify(value);
}

function formatProduct(elements: readonly JsonElement[], value: unknown): string {
  const [only] = elements;
  const [inner] = value as unknown[];
  const digits = String(inner).replace(WIDE, '');
  switch (elements.length === 1 ? only?.name.some : undefined) {
    case '__identity__':
      return digits;
    case '__connection_id__':
      return `0x${BigInt(digits).toString(16).padStart(32, '0')}`;
    case '__timestamp_micros_since_unix_epoch__':
      return formatMicros(BigInt(digits));
    case '__time_duration_micros__':
      return `${Number(digits) / 1_000_000} s`;
    default: {
      const fields = (value as unknown[]).map((field, index) => {
        const { name, algebraic_type } = elements[index] as JsonElement;
        return `${name.some ?? index} = ${formatValue(algebraic_type, field)}`;
      });
      return `(${fields.join(', ')})`;
    }
  }
}

function formatSum(variants: readonly JsonElement[], value: unknown): string {
  const [tag, inner] = value as [number, unknown];
  const { name, algebraic_type } = variants[tag] as JsonElement;
  const content = formatValue(algebraic_type, inner);
  return `(${name.some ?? tag} = ${content})`;
}

/** Microseconds since 1970 as RFC 3339 in UTC, with all six decimals. */
export function formatMicros(micros: bigint): string {
  const millis = micros / 1000n - (micros % 1000n < 0n ? 1n : 0n);
  const date = new Date(Number(millis));
  if (Number.isNaN(date.getTime())) return `${micros} µs`;
  const fraction = (((micros % 1000n) + 1000n) % 1000n).toString().padStart(3, '0');
  return date.toISOString().replace('Z', `${fraction}+00:00`);
}

/** Removes characters from other people's text that could control the terminal or reverse the text's direction. */
export function printable(text: string): string {
  return text.replace(
    /(?!\n)[\p{Cc}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu,
    (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
}
