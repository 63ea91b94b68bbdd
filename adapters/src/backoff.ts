import type { Backoff } from './types.ts';

export const defaultBackoff: Backoff = { minDelayMs: 500, maxDelayMs: 15_000, factor: 2, jitter: 0.5 };

/**
 * Returns the delay before the next attempt.
 * @param failures how many attempts have failed in a row, at least 1
 * @param random from 0 up to, not including, 1
 * @returns milliseconds
 */
export function retryDelay(
  { minDelayMs, maxDelayMs, factor, jitter }: Backoff,
  failures: number,
  random: number,
): number {
  const longest = Math.min(maxDelayMs, minDelayMs * factor ** (failures - 1));
  return Math.round(longest * (1 - jitter * random));
}
