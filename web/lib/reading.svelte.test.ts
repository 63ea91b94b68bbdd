import { expect, it } from 'vitest';
import { message, user } from '../tests/chat.ts';
import { Reading } from './reading.svelte.ts';

const [ada, me] = [user('Ada'), user('Me', { isMe: true })];
const some = (...texts: string[]) => texts.map((text) => message(ada, text));

it('finds nothing new in what is there at first', () => {
  const reading = new Reading();
  expect(reading.arrive(some('one', 'two'), true)).toEqual([]);
  expect(reading).toMatchObject({ unseen: 0, divider: undefined });
});

it('counts what arrives unseen, and marks where it begins', () => {
  const reading = new Reading();
  const old = some('one');
  const fresh = some('two', 'three');
  reading.arrive(old, true);
  expect(reading.arrive([...old, ...fresh], false)).toEqual(fresh);
  expect(reading).toMatchObject({ unseen: 2, divider: fresh[0]?.key });
  reading.seen();
  expect(reading).toMatchObject({ unseen: 0, divider: fresh[0]?.key });
});

it('moves the mark to the next that arrive unseen, not to those that are seen', () => {
  const reading = new Reading();
  const list = some('one', 'two', 'three', 'four');
  reading.arrive(list.slice(0, 1), true);
  reading.arrive(list.slice(0, 2), false);
  reading.seen();
  reading.arrive(list.slice(0, 3), true);
  expect(reading.divider).toBe(list[1]?.key);
  reading.arrive(list, false);
  expect(reading.divider).toBe(list[3]?.key);
});

it('does not count your own, nor what is older', () => {
  const reading = new Reading();
  const [older, one, own] = [message(ada, 'older'), message(ada, 'one'), message(me, 'own')];
  reading.arrive([one], true);
  expect(reading.arrive([older, one, own], false)).toEqual([]);
  expect(reading.unseen).toBe(0);
});

it('takes the mark away from who writes', () => {
  const reading = new Reading();
  const list = some('one', 'two');
  reading.arrive(list.slice(0, 1), true);
  reading.arrive(list, false);
  reading.wrote();
  expect(reading.divider).toBeUndefined();
});

it('finds the first message of an empty room', () => {
  const reading = new Reading();
  reading.arrive([], true);
  const [first] = some('one');
  expect(reading.arrive(first ? [first] : [], false)).toEqual([first]);
});

it('knows on the next visit what is new since this one, per room', () => {
  const list = some('one', 'two', 'three');
  new Reading('host/room').arrive(list.slice(0, 1), true);
  const next = new Reading('host/room');
  expect(next.arrive(list, true)).toEqual([]);
  expect(next).toMatchObject({ unseen: 0, divider: list[1]?.key });
  const elsewhere = new Reading('host/other');
  elsewhere.arrive(list, true);
  expect(elsewhere.divider).toBeUndefined();
});
