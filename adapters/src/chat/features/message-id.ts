import type { Timestamp } from 'spacetimedb';
import { identityId } from '../identity-id.ts';
import type { Moment } from '../moment-map.ts';

/**
 * How many digits of the sender's identity an id contains. They only distinguish messages of the same microsecond, so a
 * few are enough.
 */
const SENDER_DIGITS = 12;
const RADIX = 36;

/** A short text that identifies a message: its time and the beginning of its sender's identity. */
export function idOfMoment({ sender, sent }: Moment): string {
  return `${sent.microsSinceUnixEpoch.toString(RADIX)}-${identityId(sender).slice(0, SENDER_DIGITS)}`;
}

/** The time in an id, in microseconds; undefined if the text is not an id. */
export function timeInId(id: string): bigint | undefined {
  const [, digits] = /^([0-9a-z]{1,12})-[0-9a-f]{12}$/.exec(id) ?? [];
  if (digits === undefined) return undefined;
  return [...digits].reduce((sum, digit) => sum * BigInt(RADIX) + BigInt(parseInt(digit, RADIX)), 0n);
}

/** A time to the microsecond as SQL. */
export function timeLiteral({
  microsSinceUnixEpoch: micros,
}: Pick<Timestamp, 'microsSinceUnixEpoch'>): string {
  const inSecond = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const seconds = new Date(Number((micros - inSecond) / 1_000n)).toISOString().slice(0, -'.000Z'.length);
  return `'${seconds}.${inSecond.toString().padStart(6, '0')}Z'`;
}
