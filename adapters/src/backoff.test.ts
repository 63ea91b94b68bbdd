import { expect, it } from 'vitest';
import { defaultBackoff, retryDelay } from './backoff.ts';

const steady = { minDelayMs: 100, maxDelayMs: 1_000, factor: 3, jitter: 0 };

it('the delay grows by the factor with each failure, up to the longest delay', () => {
  expect([1, 2, 3, 4, 100].map((failures) => retryDelay(steady, failures, 0.5))).toEqual([
    100, 300, 900, 1_000, 1_000,
  ]);
});

it('jitter shortens every delay, the longest one included, by at most the given fraction', () => {
  const backoff = { ...steady, jitter: 0.4 };
  expect([0, 0.5, 1].map((random) => retryDelay(backoff, 1, random))).toEqual([100, 80, 60]);
  expect(retryDelay(backoff, 10, 1)).toBe(600);
});

it('the delay is a whole number of milliseconds', () => {
  expect(retryDelay({ ...steady, jitter: 1 }, 1, 1 / 3)).toBe(67);
});

it('by default the first delay is at most half a second and the longest 15 seconds', () => {
  expect([1, 2, 3, 99].map((failures) => retryDelay(defaultBackoff, failures, 0))).toEqual([
    500, 1_000, 2_000, 15_000,
  ]);
  expect(retryDelay(defaultBackoff, 1, 1)).toBe(250);
});
