import type { Backoff } from './types.ts';

export const defaultBackoff: Backoff = { minDelay: 500, maxDelay: 15_000, factor: 2, jitter: 0.5 };

/**
 * How long to wait before the next try.
 * @param failures tries that failed in a row, from 1
 * @param random from 0 to 1
 * @returns milliseconds
 */
export function retryDelay(backoff: Backoff, failures: number, random: number): number {
  const full = Math.min(backoff.maxDelay, backoff.minDelay * backoff.factor ** (failures - 1));
  return Math.round(full * (1 - backoff.jitter * random));
}
