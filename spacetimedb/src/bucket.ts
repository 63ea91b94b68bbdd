/**
 * A token bucket that needs one number to remember (the "generic cell rate algorithm"): the time until which everything
 * so far is paid for, when each thing costs the time after which the next one is due.
 */

export interface Rate {
  /** How many at once, after a long enough pause; at least 1. */
  readonly burst: number;
  /** How many in a minute in the long run; 0 sets no limit. */
  readonly perMinute: number;
}

export type Taken =
  | { readonly isOk: true; /** Microseconds. */ readonly paidUntil: bigint }
  | { readonly isOk: false; /** Microseconds until it would be. */ readonly wait: bigint };

/**
 * Takes one token.
 *
 * @param paidUntil from the last time; anything that lies in the past is a full bucket. What lies further ahead than an
 *   empty bucket can is from a clock that was set back, or from other limits: it counts as a bucket with one token left,
 *   so that nobody waits longer than a token takes to come
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
