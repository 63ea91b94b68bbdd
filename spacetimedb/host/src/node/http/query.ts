import { HttpError } from './http-error.ts';

const badQuery = (problem: string) => new HttpError(400, `Failed to deserialize query string: ${problem}`);

/**
 * @returns `undefined` when the parameter is absent
 * @throws {HttpError} 400 for anything but `true` and `false`
 */
export function queryBoolean(query: URLSearchParams, name: string): boolean | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  if (text === 'true' || text === 'false') return text === 'true';
  throw badQuery('provided string was not `true` or `false`');
}

/**
 * A whole number from 0 to 2^32 - 1.
 * @returns `undefined` when the parameter is absent
 * @throws {HttpError} 400 for anything else
 */
export function queryU32(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  if (!/^\+?\d+$/.test(text)) {
    throw badQuery(text === '' ? 'cannot parse integer from empty string' : 'invalid digit found in string');
  }
  if (Number(text) > 0xffff_ffff) throw badQuery('number too large to fit in target type');
  return Number(text);
}

/**
 * One of a few words.
 * @returns `undefined` when the parameter is absent
 * @throws {HttpError} 400 for a word that is not among them
 */
export function queryWord<Word extends string>(
  query: URLSearchParams,
  name: string,
  words: readonly Word[],
): Word | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const word = words.find((candidate) => candidate === text);
  if (word === undefined) {
    throw badQuery(
      `unknown variant \`${text}\`, expected ${words.map((each) => `\`${each}\``).join(' or ')}`,
    );
  }
  return word;
}

const DURATION_UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  sec: 1000,
  secs: 1000,
  m: 60_000,
  min: 60_000,
  mins: 60_000,
  h: 3_600_000,
  hr: 3_600_000,
};

/**
 * A duration such as `5s`, `500ms`, `1m 30s` or `5min`.
 * @returns milliseconds; `undefined` when the parameter is absent
 * @throws {HttpError} 400 for anything else
 */
export function queryDuration(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  if (!/^\s*(\d+\s*[a-z]+\s*)+$/.test(text)) throw badQuery(`invalid duration: ${JSON.stringify(text)}`);
  let total = 0;
  for (const [, count, unit = ''] of text.matchAll(/(\d+)\s*([a-z]+)/g)) {
    const factor = DURATION_UNITS[unit];
    if (factor === undefined) throw badQuery(`unknown time unit ${JSON.stringify(unit)}`);
    total += Number(count) * factor;
  }
  return total;
}

/** @throws {HttpError} 400: a parameter that has to be there is not */
export function requireParameter<Value>(value: Value | undefined, name: string): Value {
  if (value === undefined) throw badQuery(`missing field \`${name}\``);
  return value;
}
