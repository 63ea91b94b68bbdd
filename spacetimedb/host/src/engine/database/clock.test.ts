import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { MicrosecondClock } from './clock.ts';
import { ManualTime, systemTime } from './time-source.ts';

const HOUR_MS = 3_600_000;
const START = Date.UTC(2026, 0, 1) * 1000;

function setUp() {
  const time = new ManualTime(START);
  const clock = new MicrosecondClock(
    () => time.now(),
    () => time.elapsed(),
  );
  return { time, clock };
}

describe('MicrosecondClock', () => {
  test('the clock never returns the same or an earlier time, whatever the wall clock does', () => {
    const step = fc.oneof(
      fc.record({ advance: fc.integer({ min: 0, max: 2 * HOUR_MS }) }),
      fc.record({ set: fc.integer({ min: -48 * HOUR_MS, max: 48 * HOUR_MS }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 50 }), (steps) => {
        const { time, clock } = setUp();
        let last = clock.now();
        for (const step of steps) {
          if ('advance' in step) time.advance(step.advance);
          else time.setWallClock(START + step.set * 1000);
          const wall = time.now();
          const told = clock.now();
          expect(told).toBeGreaterThan(last);
          expect(told).toBeGreaterThanOrEqual(wall);
          last = told;
        }
      }),
    );
  });

  test('the clock follows the wall clock at once when it jumps ahead, as after a suspend', () => {
    const { time, clock } = setUp();
    clock.now();
    time.setWallClock(START + 8 * HOUR_MS * 1000);
    expect(clock.now()).toBe(START + 8 * HOUR_MS * 1000);
  });

  test('the clock runs at half speed after the wall clock was set back, until that catches up', () => {
    const { time, clock } = setUp();
    const before = clock.now();
    time.setWallClock(START - HOUR_MS * 1000);
    time.advance(HOUR_MS);
    expect(clock.now() - before).toBe((HOUR_MS * 1000) / 2);
    time.advance(HOUR_MS);
    // The clock reads the wall clock, and each reading of that takes a microsecond.
    expect(clock.now()).toBe(time.now() - 1);
    time.advance(HOUR_MS);
    expect(clock.now()).toBe(time.now() - 1);
  });

  test('the clock continues after the newest time of the previous process', () => {
    const { time, clock } = setUp();
    clock.continueFrom(START + HOUR_MS * 1000);
    expect(clock.now()).toBe(START + HOUR_MS * 1000 + 1);
    clock.continueFrom(START);
    time.advance(HOUR_MS);
    expect(clock.now()).toBeGreaterThan(START + HOUR_MS * 1000);
  });
});

describe('systemTime', () => {
  test('the system time wakes after five seconds at most, because timers stop while the machine sleeps', ({
    onTestFinished,
  }) => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const run = vi.fn();
    systemTime.wake(8 * HOUR_MS, run);
    const called = vi.fn();
    systemTime.wake(8 * HOUR_MS, called)();
    vi.advanceTimersByTime(5000);
    expect(run).toHaveBeenCalledTimes(1);
    expect(called).not.toHaveBeenCalled();
  });

  test('the system time follows the wall clock when it jumps', ({ onTestFinished }) => {
    onTestFinished(() => vi.restoreAllMocks());
    vi.spyOn(performance, 'now').mockReturnValue(1000);
    const wall = vi.spyOn(Date, 'now');
    for (const jump of [0, 8 * HOUR_MS, -8 * HOUR_MS]) {
      wall.mockReturnValue(START / 1000 + jump);
      expect(systemTime.now()).toBe(START + jump * 1000);
    }
  });
});
