import fc from 'fast-check';
import { expect, it } from 'vitest';
import { message, user } from '../testing/fixtures.ts';
import { NewMessages } from './new-messages.ts';

const ada = user('Ada');

it('reports each new message once, in order, but not the first list', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(150), { maxLength: 8 }), fc.nat(150), (batches, first) => {
      const newMessages = new NewMessages();
      let list = Array.from({ length: first }, (_, index) => message(ada, String(index)));
      expect(newMessages.next(list)).toBeUndefined();
      for (const size of batches) {
        const batch = Array.from({ length: size }, (_, index) => message(ada, String(index)));
        list = [...list, ...batch];
        // The first message of an empty room is new too.
        expect(newMessages.next(list)).toEqual(batch);
        expect(newMessages.next(list)).toEqual([]);
      }
    }),
  );
});

it('does not report older messages that are loaded', () => {
  const newMessages = new NewMessages();
  const [old, one, two] = ['old', 'one', 'two'].map((text) => message(ada, text));
  if (!old || !one || !two) throw new Error('There are three.');
  newMessages.next([one]);
  expect(newMessages.next([old, one])).toEqual([]);
  expect(newMessages.next([old, one, two])).toEqual([two]);
});

it("reports the visitor's own message when the server has it", () => {
  const newMessages = new NewMessages();
  const ours = message(ada, 'ours', { status: 'pending' });
  newMessages.next([]);
  expect(newMessages.next([ours])).toEqual([]);
  const sent = { ...ours, status: 'sent' as const };
  expect(newMessages.next([sent])).toEqual([sent]);
});
