import { HttpError } from './http-error.ts';

const badQuery = (problem: string) => new HttpError(400, `Failed to deserialize query string: ${problem}`);

/**
 * A parameter as it was sent.
 * @returns `undefined` when it is absent
 * @throws {HttpError} 400 when it occurs twice
 */
export function queryText(query: URLSearchParams, name: string): string | undefined {
  const [text, ...more] = query.getAll(name);
  if (more.length > 0) throw badQuery(`duplicate field \`${name}\``);
  return text;
}

/**
 * @returns `undefined` when the parameter is absent
 * @throws {HttpError} 400 for anything but `true` and `false`
 */
export function queryBoolean(query: URLSearchParams, name: string): boolean | undefined {
  const text = queryText(query, name);
  if (text === undefined) return undefined;
  if (text === 'true' || text === 'false') return text === 'true';
  throw badQuery('provided string was not `true` or `false`');
}

/**
 * A whole number.
 * @param max the largest allowed number
 * @returns `undefined` when the parameter is absent
 * @throws {HttpError} 400 for anything else
 */
export function queryInteger(query: URLSearchParams, name: string, max: bigint): bigint | undefined {
  const text = queryText(query, name);
  if (text === undefined) return undefined;
  if (!/^\+?\d+$/.test(text)) {
    throw badQuery(text === '' ? 'cannot parse integer from empty string' : 'invalid digit found in string');
  }
  const value = BigInt(text.replace('+', ''));
  if (value > max) throw badQuery('number too large to fit in target type');
  return value;
}

/**
 * One of a few words.
 * @returns `undefined` when the parameter is absent
 * @throws {HttpError} 400 for any other word
 */
export function queryWord<Word extends string>(
  query: URLSearchParams,
  name: string,
  words: readonly Word[],
): Word | undefined {
  const text = queryText(query, name);
  if (text === undefined) return undefined;
  const word = words.find((candidate) => candidate === text);
  if (word === undefined) {
    const names = words.map((each) => `\`${each}\``);
    const expected = names.length > 2 ? `one of ${names.join(', ')}` : names.join(' or ');
    throw badQuery(`unknown variant \`${text}\`, expected ${expected}`);
  }
  return word;
}

/**
 * A hash, sent as the little-endian number of its bytes.
 * @returns hex, byte by byte; `undefined` when the parameter is absent
 * @throws {HttpError} 400 for anything but `0x` and up to 64 hex digits
 */
export function queryHash(query: URLSearchParams, name: string): string | undefined {
  const text = queryText(query, name);
  if (text === undefined) return undefined;
  if (!/^0x[0-9a-f]{1,64}$/i.test(text)) {
    throw badQuery(text === '' ? 'cannot parse integer from empty string' : 'invalid digit found in string');
  }
  return Buffer.from(text.slice(2).padStart(64, '0'), 'hex').reverse().toString('hex');
}

/** The units of `humantime` in milliseconds; a month is 30.44 days, a year 365.25. */
const DURATION_UNITS: readonly (readonly [names: readonly string[], milliseconds: number])[] = [
  [['nanos', 'nsec', 'ns'], 1e-6],
  [['usec', 'us', 'µs'], 1e-3],
  [['millis', 'msec', 'ms'], 1],
  [['seconds', 'second', 'secs', 'sec', 's'], 1000],
  [['minutes', 'minute', 'mins', 'min', 'm'], 60_000],
  [['hours', 'hour', 'hrs', 'hr', 'h'], 3_600_000],
  [['days', 'day', 'd'], 86_400_000],
  [['weeks', 'week', 'wks', 'wk', 'w'], 604_800_000],
  [['months', 'month', 'M'], 2_630_016_000],
  [['years', 'year', 'yrs', 'yr', 'y'], 31_557_600_000],
];

/**
 * A duration such as `5s`, `500ms`, `1m 30s` or `5min`.
 * @returns milliseconds; `undefined` when the parameter is absent
 * @throws {HttpError} 400 for anything else
 */
export function queryDuration(query: URLSearchParams, name: string): number | undefined {
  const text = queryText(query, name);
  if (text === undefined) return undefined;
  if (text.trim() === '') throw badQuery('value was empty');
  let total = 0;
  let rest = text.trimStart();
  while (rest !== '') {
    const at = text.length - rest.length;
    const [part, count, unit = ''] = /^(\d+)\s*(\p{L}*)\s*/u.exec(rest) ?? [];
    if (part === undefined) throw badQuery(`expected number at ${at}`);
    const [, factor] = DURATION_UNITS.find(([names]) => names.includes(unit)) ?? [];
    if (factor === undefined) throw badQuery(unknownUnit(unit, count ?? ''));
    total += Number(count) * factor;
    rest = rest.slice(part.length);
  }
  return total;
}

function unknownUnit(unit: string, count: string): string {
  if (unit === '') return `time unit needed, for example ${count}sec or ${count}ms`;
  const units = 'ns, us/µs, ms, sec, min, hours, days, weeks, months, years (and few variations)';
  return `unknown time unit ${JSON.stringify(unit)}, supported units: ${units}`;
}

/** @throws {HttpError} 400 because a required parameter is missing */
export function requireParameter<Value>(value: Value | undefined, name: string): Value {
  if (value === undefined) throw badQuery(`missing field \`${name}\``);
  return value;
}
