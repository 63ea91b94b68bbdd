import { describe, expect, it, onTestFinished, vi } from 'vitest';
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
  unread.markRead();
  expect(unread.seen).toBe(one);
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

it('remembers the read position of earlier visits per room', () => {
  const list = some('one', 'two', 'three');
  new Unread('host/room').update(list.slice(0, 1), true);
  const next = new Unread('host/room');
  expect(next.update(list, true)).toEqual([]);
  expect(next).toMatchObject({ unseen: 0, divider: list[1]?.key });
  const elsewhere = new Unread('host/other');
  elsewhere.update(list, true);
  expect(elsewhere.divider).toBeUndefined();
});

it('stores a time only once', () => {
  const unread = new Unread('host/room');
  unread.update(some('one'), true);
  const stored = vi.spyOn(Storage.prototype, 'setItem');
  onTestFinished(() => stored.mockRestore());
  unread.markRead();
  expect(stored).not.toHaveBeenCalled();
});

it('counts all unread messages and keeps the newest hundred', () => {
  const unread = new Unread();
  const list = some(...Array.from({ length: 121 }, (_, index) => `${index}`));
  unread.update(list.slice(0, 1), true);
  unread.update(list, false);
  unread.readElsewhere(list[0]?.sent ?? new Date(), list);
  expect(unread.unseen).toBe(120);
  expect(unread.recent).toEqual(list.slice(-100));
});

it('reports no change if nothing was unread', () => {
  const unread = new Unread();
  const { recent } = unread;
  unread.update(some('one'), true);
  expect(unread.recent).toBe(recent);
});

it('stores nothing without a room', () => {
  const unread = new Unread();
  unread.update(some('one'), true);
  expect(localStorage).toHaveLength(0);
});

describe('reading on another device', () => {
  const list = some('one', 'two', 'three', 'four');
  const sent = (index: number): Date => (list[index] as (typeof list)[number]).sent;

  it('moves the marker if that device was ahead', () => {
    new Unread('host/room').update(list.slice(0, 1), true);
    const unread = new Unread('host/room');
    unread.update(list, true);
    unread.readElsewhere(sent(2), list);
    expect(unread.divider).toBe(list[3]?.key);
  });

  it('removes the marker if everything was read there', () => {
    new Unread('host/room').update(list.slice(0, 1), true);
    const unread = new Unread('host/room');
    unread.update(list, false);
    unread.readElsewhere(sent(3), list);
    expect(unread).toMatchObject({ divider: undefined, unseen: 0 });
  });

  it('keeps the marker if this device was ahead, and while the reader continues', () => {
    new Unread('host/room').update(list.slice(0, 2), true);
    const unread = new Unread('host/room');
    unread.update(list, true);
    unread.readElsewhere(sent(0), list);
    expect(unread.divider).toBe(list[2]?.key);
    unread.readElsewhere(sent(3), list);
    expect(unread.divider).toBe(list[2]?.key);
  });

  it('has no marker if this browser was the last one to read', () => {
    new Unread('host/room').update(list.slice(0, 2), true);
    const unread = new Unread('host/room');
    unread.update(list, true);
    unread.clearDivider();
    unread.readElsewhere(sent(1), list);
    expect(unread.divider).toBeUndefined();
  });

  it('places the marker in a browser that has not been here', () => {
    const unread = new Unread('host/room');
    unread.update(list, true);
    expect(unread.divider).toBeUndefined();
    unread.readElsewhere(sent(0), list);
    expect(unread.divider).toBe(list[1]?.key);
  });

  it('reduces the unread messages here', () => {
    const unread = new Unread();
    unread.update(list.slice(0, 1), true);
    unread.update(list, false);
    unread.readElsewhere(sent(2), list);
    expect(unread).toMatchObject({ unseen: 1, recent: list.slice(3) });
  });
});

it('keeps the unread messages until they are read, and reports the last seen one', () => {
  const unread = new Unread();
  const list = some('one', 'two', 'three');
  unread.update(list.slice(0, 1), true);
  expect(unread.seen).toBe(list[0]);
  unread.update(list.slice(0, 2), false);
  unread.update(list, false);
  expect(unread).toMatchObject({ recent: list.slice(1), divider: list[1]?.key });
  expect(unread.seen).toBe(list[0]);
  unread.markRead();
  expect(unread).toMatchObject({ recent: [], seen: list[2] });
});

it('does not count messages of people whom the reader has blocked', () => {
  const unread = new Unread();
  const bob = user('Bob');
  unread.blocked = new Set([bob.id]);
  unread.update(some('one'), true);
  const list = [message(ada, 'two'), message(bob, 'three')];
  expect(unread.update(list, false)).toEqual(list.slice(0, 1));
  expect(unread.unseen).toBe(1);
});
