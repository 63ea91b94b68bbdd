import { expect, it } from 'vitest';
import { message, user } from '../../testing/fixtures.ts';
import { Unread } from './unread.svelte.ts';

const [ada, me] = [user('Ada'), user('Me', { isMe: true })];
const some = (...texts: string[]) => texts.map((text) => message(ada, text));

it('finds nothing new in what is there at first', () => {
  const unread = new Unread();
  expect(unread.arrive(some('one', 'two'), true)).toEqual([]);
  expect(unread).toMatchObject({ unseen: 0, divider: undefined });
});

it('counts what arrives unseen, and marks where it begins', () => {
  const unread = new Unread();
  const old = some('one');
  const fresh = some('two', 'three');
  unread.arrive(old, true);
  expect(unread.arrive([...old, ...fresh], false)).toEqual(fresh);
  expect(unread).toMatchObject({ unseen: 2, divider: fresh[0]?.key });
  unread.seen();
  expect(unread).toMatchObject({ unseen: 0, divider: fresh[0]?.key });
});

it('moves the mark to the next that arrive unseen, not to those that are seen', () => {
  const unread = new Unread();
  const list = some('one', 'two', 'three', 'four');
  unread.arrive(list.slice(0, 1), true);
  unread.arrive(list.slice(0, 2), false);
  unread.seen();
  unread.arrive(list.slice(0, 3), true);
  expect(unread.divider).toBe(list[1]?.key);
  unread.arrive(list, false);
  expect(unread.divider).toBe(list[3]?.key);
});

it('does not count your own, nor what is older', () => {
  const unread = new Unread();
  const [older, one, own] = [message(ada, 'older'), message(ada, 'one'), message(me, 'own')];
  unread.arrive([one], true);
  expect(unread.arrive([older, one, own], false)).toEqual([]);
  expect(unread.unseen).toBe(0);
});

it('takes the mark away from who writes', () => {
  const unread = new Unread();
  const list = some('one', 'two');
  unread.arrive(list.slice(0, 1), true);
  unread.arrive(list, false);
  unread.wrote();
  expect(unread.divider).toBeUndefined();
});

it('finds the first message of an empty room', () => {
  const unread = new Unread();
  unread.arrive([], true);
  const [first] = some('one');
  expect(unread.arrive(first ? [first] : [], false)).toEqual([first]);
});

it('knows on the next visit what is new since this one, per room', () => {
  const list = some('one', 'two', 'three');
  new Unread('host/room').arrive(list.slice(0, 1), true);
  const next = new Unread('host/room');
  expect(next.arrive(list, true)).toEqual([]);
  expect(next).toMatchObject({ unseen: 0, divider: list[1]?.key });
  const elsewhere = new Unread('host/other');
  elsewhere.arrive(list, true);
  expect(elsewhere.divider).toBeUndefined();
});
