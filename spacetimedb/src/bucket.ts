/**
 * A token bucket whose only state is one number (the "generic cell rate algorithm"): the time until which all tokens
 * so far are paid for, at one token per interval.
 */

export interface Rate {
  /** Tokens available at once after a long pause; at least 1. */
  readonly burst: number;
  /** Tokens per minute in the long run; 0 for no limit. */
  readonly perMinute: number;
}

export type Taken =
  | { readonly isOk: true; /** Microseconds. */ readonly paidUntil: bigint }
  | { readonly isOk: false; /** Microseconds until a token is available. */ readonly wait: bigint };

/**
 * Takes one token.
 *
 * @param paidUntil the value returned last time; any time in the past means a full bucket. A time further ahead than
 * an empty bucket allows comes from a clock that was set back or from other limits. It counts as a bucket with one
 * token left, so that nobody waits longer than one token takes.
 * @param now microseconds
 */
export function take({ burst, perMinute }: Rate, paidUntil: bigint, now: bigint): Taken {
  if (perMinute <= 0) return { isOk: true, paidUntil };
  const price = BigInt(Math.ceil(60_000_000 / perMinute));
  const full = price * BigInt(Math.max(1, burst));
  const known = paidUntil > now + full ? now + full - price : paidUntil;
  const from = known > now ? known : now;
  const wait = from - now - (full - price);
  return wait > 0n ? { isOk: false, wait } : { isOk: true, paidUntil: from + price };
}
