import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { firstTick, isTooFarAhead, nextTick } from './schedule-at.ts';

describe('the next moment of a repeated schedule', () => {
  // The cases that the real server is tested with (crates/core/src/host/scheduler.rs).
  test.each([
    ['follows the last one when the call was in time', 1_000, 1_100],
    ['leaves out those that were missed', 1_350, 1_400],
    ['is after now, also when now is one of them', 1_300, 1_400],
  ])('%s', (_what, now, next) => expect(nextTick(1_000, 100, now)).toBe(next));

  test('is a whole number of intervals away from the last one, and the first of those after now', () => {
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

test('a new schedule is due at its time, or one interval from now', () => {
  expect(firstTick({ kind: 'once', at: 5 }, 100)).toBe(5);
  expect(firstTick({ kind: 'repeated', interval: 5 }, 100)).toBe(105);
});

test('two years are too far ahead', () => {
  const limit = (2 ** 36 - 1) * 1000;
  const once = (at: number) => isTooFarAhead({ kind: 'once', at }, 1_000);
  expect([once(limit + 999), once(limit + 1_000), once(-limit * 3)]).toEqual([false, true, false]);
  expect(isTooFarAhead({ kind: 'repeated', interval: limit }, 1_000)).toBe(true);
});
