import { expect, it } from 'vitest';
import { message, user } from '../../testing/fixtures.ts';
import { Unread } from './unread.svelte.ts';

const [ada, me] = [user('Ada'), user('Me', { isMe: true })];
const some = (...texts: string[]) => texts.map((text) => message(ada, text));

it('does not count the first messages as unread', () => {
  const unread = new Unread();
  expect(unread.update(some('one', 'two'), true)).toEqual([]);
  expect(unread).toMatchObject({ unseen: 0, divider: undefined });
});

it('counts messages that arrive out of view and marks the first', () => {
  const unread = new Unread();
  const old = some('one');
  const fresh = some('two', 'three');
  unread.update(old, true);
  expect(unread.update([...old, ...fresh], false)).toEqual(fresh);
  expect(unread).toMatchObject({ unseen: 2, divider: fresh[0]?.key });
  unread.markRead();
  expect(unread).toMatchObject({ unseen: 0, divider: fresh[0]?.key });
});

it('moves the marker to the next unread messages only', () => {
  const unread = new Unread();
  const list = some('one', 'two', 'three', 'four');
  unread.update(list.slice(0, 1), true);
  unread.update(list.slice(0, 2), false);
  unread.markRead();
  unread.update(list.slice(0, 3), true);
  expect(unread.divider).toBe(list[1]?.key);
  unread.update(list, false);
  expect(unread.divider).toBe(list[3]?.key);
});

it('counts neither own nor older messages', () => {
  const unread = new Unread();
  const [older, one, own] = [message(ada, 'older'), message(ada, 'one'), message(me, 'own')];
  unread.update([one], true);
  expect(unread.update([older, one, own], false)).toEqual([]);
  expect(unread.unseen).toBe(0);
});

it('removes the marker when the reader writes', () => {
  const unread = new Unread();
  const list = some('one', 'two');
  unread.update(list.slice(0, 1), true);
  unread.update(list, false);
  unread.clearDivider();
  expect(unread.divider).toBeUndefined();
});

it('counts a message that was sent at the same moment as the last one that was seen', () => {
  const unread = new Unread();
  const seen = message(ada, 'one');
  const next = message(ada, 'two', { sent: seen.sent });
  unread.update([seen], true);
  expect(unread.update([seen, next], false)).toEqual([next]);
  expect(unread.unseen).toBe(1);
});

it('counts the first message of an empty room', () => {
  const unread = new Unread();
  unread.update([], true);
  const [first] = some('one');
  expect(unread.update(first ? [first] : [], false)).toEqual([first]);
});

it('remembers, per room, what was read in earlier visits', () => {
  const list = some('one', 'two', 'three');
  new Unread('host/room').update(list.slice(0, 1), true);
  const next = new Unread('host/room');
  expect(next.update(list, true)).toEqual([]);
  expect(next).toMatchObject({ unseen: 0, divider: list[1]?.key });
  const elsewhere = new Unread('host/other');
  elsewhere.update(list, true);
  expect(elsewhere.divider).toBeUndefined();
});

it('stores nothing without a room', () => {
  const unread = new Unread();
  unread.update(some('one'), true);
  expect(localStorage).toHaveLength(0);
});
