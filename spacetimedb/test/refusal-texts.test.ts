import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { duration } from '../src/duration.ts';
import { readTaken, retryAfterMs, takenText } from '../src/refusal-texts.ts';

describe('the wait in a refusal', () => {
  test.each([
    [400_000n, 'Slow down. Try again in 0.4 seconds', 400],
    [1_000_000n, 'Slow down. Try again in 1 second', 1000],
    [1_500_001n, 'Slow down. Try again in 1.6 seconds', 1600],
    [40_000_000n, 'Slow down. Try again in 40 seconds', 40_000],
    [360_000_000n, 'Slow down. Try again in 6 minutes', 360_000],
    [200_000_000_000n, 'Slow down. Try again in 3 days', 259_200_000],
  ])('a wait of %d microseconds is “%s”', (micros, text, ms) => {
    expect(`Slow down. Try again in ${duration(micros)}`).toBe(text);
    expect(retryAfterMs(text)).toBe(ms);
  });

  test('the wait that a client reads is never shorter than the real one', () => {
    fc.assert(
      fc.property(fc.string(), fc.bigInt(1n, 10n ** 12n), (reason, micros) => {
        const ms = retryAfterMs(`${reason}. You can write in ${duration(micros)}`) ?? NaN;
        const realMs = Number(micros) / 1000;
        expect(ms).toBeGreaterThanOrEqual(realMs);
        // Rounded up to a tenth of a second, and to larger units only when they are small beside the wait.
        expect(ms).toBeLessThanOrEqual(Math.max(realMs + 100, realMs * 1.5));
      }),
    );
  });

  test.each([
    'Messages must not be empty',
    'You just sent that. Wait 40 seconds to send it again',
    'You are muted for another 5 minutes: Try again in 5 minutes!',
    'Slow down. Try again in five minutes',
    'Try again in 5 parsecs',
  ])('other refusals have none: %s', (text) => {
    expect(retryAfterMs(text)).toBeUndefined();
  });
});

describe('the suggestion in a refusal', () => {
  test('a client reads the suggestion, whatever the names contain', () => {
    const name = fc.oneof(
      fc.string({ minLength: 1 }),
      fc.constantFrom('A is taken. Try B', 'Bobby is taken. Choose another name', '. Try '),
    );
    fc.assert(
      fc.property(name, fc.option(name, { nil: undefined }), (taken, suggestion) => {
        expect(readTaken(takenText(taken, suggestion), taken)).toEqual({ suggestion });
      }),
    );
  });

  test('a refusal of another name, or for another reason, has none', () => {
    expect(readTaken(takenText('Bobby', 'Bobby2'), 'Bob')).toBeUndefined();
    expect(readTaken('Names must not be empty', 'Bobby')).toBeUndefined();
    expect(readTaken('Bobby is taken. Try ', 'Bobby')).toBeUndefined();
  });
});
