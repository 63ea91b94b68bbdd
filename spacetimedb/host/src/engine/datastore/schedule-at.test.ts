import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { firstTick, isTooFarAhead, nextTick } from './schedule-at.ts';

describe('nextTick', () => {
  // The cases of the real server's own test (crates/core/src/host/scheduler.rs).
  test.each([
    ['follows the last one when the call was in time', 1_000, 1_100],
    ['skips those that were missed', 1_350, 1_400],
    ['is after now, even if now is one of them', 1_300, 1_400],
  ])('the next tick %s', (_what, now, next) => expect(nextTick(1_000, 100, now)).toBe(next));

  test('the next tick is the first one after now that is a whole number of intervals after the last', () => {
    const micros = fc.integer({ min: 0, max: 2 ** 40 });
    fc.assert(
      fc.property(micros, fc.integer({ min: 1, max: 2 ** 30 }), micros, (last, interval, late) => {
        const now = last + late;
        const next = nextTick(last, interval, now);
        expect((next - last) % interval).toBe(0);
        expect(next).toBeGreaterThan(now);
        expect(next - interval).toBeLessThanOrEqual(now);
      }),
    );
  });
});

test('a new schedule is due at its time, or after one interval', () => {
  expect(firstTick({ kind: 'once', at: 5 }, 100)).toBe(5);
  expect(firstTick({ kind: 'repeated', interval: 5 }, 100)).toBe(105);
});

test('a schedule more than about two years ahead is too far ahead', () => {
  const limit = (2 ** 36 - 1) * 1000;
  const once = (at: number) => isTooFarAhead({ kind: 'once', at }, 1_000);
  expect([once(limit + 999), once(limit + 1_000), once(-limit * 3)]).toEqual([false, true, false]);
  expect(isTooFarAhead({ kind: 'repeated', interval: limit }, 1_000)).toBe(true);
});
