/** Replaces values that differ from run to run with placeholders, in recorded and in new answers. */

/** Texts of this run and their placeholders, such as a token and `<A_TOKEN>`. */
export type Known = readonly (readonly [text: string, placeholder: string])[];

const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN PUBLIC KEY-----[\s\S]*?-----END PUBLIC KEY-----/g, '<PUBLIC_KEY>'],
  [/ey[\w-]{10,}\.[\w-]+\.[\w-]+/g, '<JWT>'],
  [/\bc200[0-9a-f]{60}\b/g, '<ID>'],
  [/\b0xc200[0-9a-f]{60}\b/g, '0x<ID>'],
  // Without leading zeros.
  [/\b0x[0-9a-f]{54,64}\b/g, '0x<HEX>'],
  [/\b[0-9a-f]{64}\b/g, '<HEX64>'],
  [/("(?:total_duration_micros)":)(?:\d+|<N>)/g, '$1<N>'],
  // A line number in a bundle, which depends on the bundler.
  [/("line_number":)\d+/g, '$1<N>'],
  [/("ts":)(?:\d+|<TS>)/g, '$1<TS>'],
  [/\b1[67]\d{14}\b/g, '<TS>'],
  // A row of st_client, in JSON and in BSATN: an identity and a connection id.
  [/(\["0x<\w+>",)\d{20,39}\]/g, '$1<CONN>]'],
  [/^[0-9a-f]{96}$/, '<ID><CONN>'],
  [/ConnectionId\([0-9a-f]{32}\)/g, 'ConnectionId(<CONN>)'],
  [/^[0-9a-f]{32}$/, '<CONN>'],
];

/** Returns a value of an answer with placeholders in all its strings. */
export function normalise(value: unknown, known: Known = []): unknown {
  if (typeof value === 'string') return normaliseText(value, known);
  if (Array.isArray(value)) return value.map((item) => normalise(item, known));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, field]) => {
      if (field === undefined) return [];
      if (key === 'duration') return [[key, '<N>']];
      return [[key, normalise(field, known)]];
    }),
  );
}

export function normaliseText(text: string, known: Known = []): string {
  let result = text;
  // Longest first, because one text may be a prefix of another.
  const ordered = known.toSorted(([one], [other]) => other.length - one.length);
  for (const [own, placeholder] of ordered) result = result.replaceAll(own, placeholder);
  for (const [pattern, placeholder] of PATTERNS) result = result.replace(pattern, placeholder);
  return result;
}
