import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { take, type Rate } from '../src/bucket.ts';

const MINUTE = 60_000_000n;

const rate = fc.record({
  burst: fc.integer({ min: 1, max: 50 }),
  perMinute: fc.integer({ min: 1, max: 600 }),
});
/** Pauses between attempts in microseconds: mostly short, some long. */
const pauses = fc.array(fc.oneof(fc.nat(100_000), fc.nat(200_000_000)).map(BigInt), {
  minLength: 1,
  maxLength: 200,
});

/** The times of the attempts that succeed. */
function succeed(limits: Rate, waits: readonly bigint[]): bigint[] {
  let now = 1_000_000_000n;
  let paidUntil = 0n;
  return waits.flatMap((wait) => {
    now += wait;
    const taken = take(limits, paidUntil, now);
    if (!taken.isOk) return [];
    paidUntil = taken.paidUntil;
    return [now];
  });
}

describe('take', () => {
  test('a bucket gives its burst at once and then nothing until the next token', () => {
    const limits = { burst: 3, perMinute: 60 };
    let paidUntil = 0n;
    const now = 5_000_000n;
    for (let n = 0; n < 3; n++) {
      const taken = take(limits, paidUntil, now);
      if (!taken.isOk) throw new Error(`number ${n} was refused`);
      ({ paidUntil } = taken);
    }
    expect(take(limits, paidUntil, now)).toEqual({ isOk: false, wait: 1_000_000n });
    expect(take(limits, paidUntil, now + 1_000_000n).isOk).toBe(true);
  });

  test('in any stretch of time a bucket gives no more than its burst and the new tokens', () => {
    fc.assert(
      fc.property(rate, pauses, (limits, waits) => {
        const times = succeed(limits, waits);
        times.forEach((start, from) =>
          times.slice(from).forEach((end, more) => {
            const most = limits.burst + Number(((end - start) * BigInt(limits.perMinute)) / MINUTE);
            expect(more + 1).toBeLessThanOrEqual(most + 1);
          }),
        );
        // The span has whole minutes, so that only the rate counts in the long run.
        const last = times.at(-1) ?? 0n;
        const [first = last] = times;
        const minutes = (last - first) / MINUTE + 1n;
        expect(times.length).toBeLessThanOrEqual(limits.burst + limits.perMinute * Number(minutes));
      }),
      { numRuns: 50 },
    );
  });

  test('a refusal says exactly how long to wait', () => {
    fc.assert(
      fc.property(rate, fc.bigInt(0n, 10n ** 12n), fc.bigInt(0n, 10n ** 12n), (limits, paidUntil, now) => {
        const taken = take(limits, paidUntil, now);
        if (taken.isOk) return;
        expect(take(limits, paidUntil, now + taken.wait - 1n).isOk).toBe(false);
        expect(take(limits, paidUntil, now + taken.wait).isOk).toBe(true);
      }),
    );
  });

  test('nobody waits longer than one token takes, wherever the clock was set', () => {
    fc.assert(
      fc.property(rate, fc.bigInt(0n, 10n ** 15n), fc.bigInt(0n, 10n ** 15n), (limits, before, now) => {
        let paidUntil = before;
        for (let n = 0; n <= limits.burst; n++) {
          const taken = take(limits, paidUntil, now);
          if (!taken.isOk) {
            expect(taken.wait).toBeLessThanOrEqual(BigInt(Math.ceil(Number(MINUTE) / limits.perMinute)));
            return;
          }
          ({ paidUntil } = taken);
        }
        throw new Error('more was given at once than the burst');
      }),
    );
  });

  test('a bucket is full after any long pause, and never fuller', () => {
    fc.assert(
      fc.property(rate, fc.bigInt(0n, 10n ** 15n), (limits, pause) => {
        const full = MINUTE * BigInt(limits.burst);
        const now = full + pause;
        let paidUntil = 0n;
        let given = 0;
        for (;;) {
          const taken = take(limits, paidUntil, now);
          if (!taken.isOk) break;
          ({ paidUntil } = taken);
          given++;
        }
        expect(given).toBe(limits.burst);
      }),
    );
  });

  test('a bucket without a rate always gives a token', () => {
    expect(take({ burst: 0, perMinute: 0 }, 10n ** 15n, 0n)).toEqual({ isOk: true, paidUntil: 10n ** 15n });
  });
});
