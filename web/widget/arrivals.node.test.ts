import fc from 'fast-check';
import { expect, it } from 'vitest';
import { message, user } from '../testing/fixtures.ts';
import { Arrivals } from './arrivals.ts';

const ada = user('Ada');

it('tells each message once, in its order, and not those that were there', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(150), { maxLength: 8 }), fc.nat(150), (batches, first) => {
      const arrivals = new Arrivals();
      let list = Array.from({ length: first }, (_, index) => message(ada, String(index)));
      expect(arrivals.next(list)).toBeUndefined();
      for (const size of batches) {
        const batch = Array.from({ length: size }, (_, index) => message(ada, String(index)));
        list = [...list, ...batch];
        // In a room that was empty, what comes is new too.
        expect(arrivals.next(list)).toEqual(batch);
        expect(arrivals.next(list)).toEqual([]);
      }
    }),
  );
});

it('takes older ones that are loaded for no news', () => {
  const arrivals = new Arrivals();
  const [old, one, two] = ['old', 'one', 'two'].map((text) => message(ada, text));
  if (!old || !one || !two) throw new Error('There are three.');
  arrivals.next([one]);
  expect(arrivals.next([old, one])).toEqual([]);
  expect(arrivals.next([old, one, two])).toEqual([two]);
});

it('tells one of ours when the server has it', () => {
  const arrivals = new Arrivals();
  const ours = message(ada, 'ours', { status: 'pending' });
  arrivals.next([]);
  expect(arrivals.next([ours])).toEqual([]);
  const sent = { ...ours, status: 'sent' as const };
  expect(arrivals.next([sent])).toEqual([sent]);
});
