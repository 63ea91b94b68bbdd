import { expect, it } from 'vitest';
import { message, user } from '../../testing/fixtures.ts';
import { Unread } from './unread.svelte.ts';

const [ada, me] = [user('Ada'), user('Me', { isMe: true })];
const some = (...texts: string[]) => texts.map((text) => message(ada, text));

it('does not count the first messages as unread', () => {
  const unread = new Unread();
  expect(unread.arrive(some('one', 'two'), true)).toEqual([]);
  expect(unread).toMatchObject({ unseen: 0, divider: undefined });
});

it('counts messages that arrive out of view and marks the first', () => {
  const unread = new Unread();
  const old = some('one');
  const fresh = some('two', 'three');
  unread.arrive(old, true);
  expect(unread.arrive([...old, ...fresh], false)).toEqual(fresh);
  expect(unread).toMatchObject({ unseen: 2, divider: fresh[0]?.key });
  unread.seen();
  expect(unread).toMatchObject({ unseen: 0, divider: fresh[0]?.key });
});

it('moves the marker to the next unread messages only', () => {
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

it('counts neither own nor older messages', () => {
  const unread = new Unread();
  const [older, one, own] = [message(ada, 'older'), message(ada, 'one'), message(me, 'own')];
  unread.arrive([one], true);
  expect(unread.arrive([older, one, own], false)).toEqual([]);
  expect(unread.unseen).toBe(0);
});

it('removes the marker when the reader writes', () => {
  const unread = new Unread();
  const list = some('one', 'two');
  unread.arrive(list.slice(0, 1), true);
  unread.arrive(list, false);
  unread.wrote();
  expect(unread.divider).toBeUndefined();
});

it('counts the first message of an empty room', () => {
  const unread = new Unread();
  unread.arrive([], true);
  const [first] = some('one');
  expect(unread.arrive(first ? [first] : [], false)).toEqual([first]);
});

it('remembers, per room, what was read in earlier visits', () => {
  const list = some('one', 'two', 'three');
  new Unread('host/room').arrive(list.slice(0, 1), true);
  const next = new Unread('host/room');
  expect(next.arrive(list, true)).toEqual([]);
  expect(next).toMatchObject({ unseen: 0, divider: list[1]?.key });
  const elsewhere = new Unread('host/other');
  elsewhere.arrive(list, true);
  expect(elsewhere.divider).toBeUndefined();
});
