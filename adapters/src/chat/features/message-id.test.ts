import { Identity, Timestamp } from 'spacetimedb';
import { expect, it } from 'vitest';
import { idOfMoment, timeInId, timeLiteral } from './message-id.ts';

it('an id has the time to the microsecond and the beginning of the identity', () => {
  const sent = new Timestamp(36n ** 9n + 35n);
  const id = idOfMoment({ sender: new Identity(0x123456789abcdn << 200n), sent });
  expect(id).toBe('100000000z-0123456789ab');
  expect(timeInId(id)).toBe(sent.microsSinceUnixEpoch);
});

it.each([
  '',
  'a-00000000000',
  'a-0000000000000',
  'a-00000000000g',
  'A-000000000000',
  '-000000000000',
  '0000000000000-000000000000',
  ' a-000000000000',
])('%j is no id', (text) => {
  expect(timeInId(text)).toBeUndefined();
});

it('a time is written as SQL to the microsecond, also before 1970', () => {
  const literals = [1_000_042n, 0n, -1n, -1_500_000n].map((micros) => timeLiteral(new Timestamp(micros)));
  expect(literals).toEqual([
    `'1970-01-01T00:00:01.000042Z'`,
    `'1970-01-01T00:00:00.000000Z'`,
    `'1969-12-31T23:59:59.999999Z'`,
    `'1969-12-31T23:59:58.500000Z'`,
  ]);
});
