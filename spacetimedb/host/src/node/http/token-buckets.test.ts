import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TokenBuckets } from './token-buckets.ts';

function manual(capacity: number, periodMillis = 1000) {
  const clock = { now: 0 };
  return { clock, buckets: new TokenBuckets({ capacity, periodMillis, now: () => clock.now }) };
}

describe('token buckets', () => {
  it('a bucket gives its capacity at once, then one token each time one arrives', () => {
    const { clock, buckets } = manual(4);
    expect([1, 2, 3, 4].map(() => buckets.take('a'))).toEqual([0, 0, 0, 0]);
    expect(buckets.take('a')).toBe(250);
    expect(buckets.take('b')).toBe(0);
    clock.now = 100;
    expect(buckets.take('a')).toBe(150);
    clock.now = 250;
    expect([buckets.take('a'), buckets.take('a')]).toEqual([0, 250]);
  });

  it('a bucket gives its whole capacity at any time, however the clock rounds', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100 }),
        fc.constantFrom(1000, 60_000),
        fc.double({ min: 0, max: 1e10, noNaN: true }),
        (capacity, periodMillis, now) => {
          const { clock, buckets } = manual(capacity, periodMillis);
          clock.now = now;
          for (let n = 0; n < capacity; n++) expect(buckets.take('a')).toBe(0);
          expect(buckets.take('a')).toBeGreaterThan(0);
        },
      ),
    );
  });

  it('each reservation waits its own time', () => {
    const { clock, buckets } = manual(2);
    expect([1, 2, 3, 4, 5].map(() => buckets.reserve('a'))).toEqual([0, 0, 500, 1000, 1500]);
    clock.now = 500;
    expect(buckets.reserve('a')).toBe(1500);
  });

  it('in any rhythm a bucket gives no more than its capacity and the new tokens', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 200 }),
        (capacity, pauses) => {
          const { clock, buckets } = manual(capacity);
          let taken = 0;
          for (const pause of pauses) {
            clock.now += pause;
            const wait = buckets.take('a');
            if (wait === 0) taken++;
            else expect(wait).toBeLessThanOrEqual(1000 / capacity + 1e-6);
            expect(taken).toBeLessThanOrEqual(capacity * (1 + clock.now / 1000) + 1e-6);
          }
        },
      ),
    );
  });

  it('a bucket with a limit of Infinity always gives tokens, with 0 never', () => {
    const { buckets: endless } = manual(Infinity);
    for (let n = 0; n < 10_000; n++) expect(endless.take('a')).toBe(0);
    expect(endless.size).toBe(0);
    const { buckets: closed } = manual(0);
    expect([closed.take('a'), closed.reserve('a')]).toEqual([1000, 1000]);
  });

  it('keys are forgotten when they have not taken anything for a while', () => {
    const { clock, buckets } = manual(10);
    for (let n = 0; n < 100_000; n++) {
      clock.now += 1;
      buckets.take(`address ${n}`);
    }
    expect(buckets.size).toBeLessThan(2500);
  });
});
