import type { LiveStatus } from 'spacetimedb-stores';
import { flushSync } from 'svelte';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { FakeFeatures, fakeStore } from '../../testing/fake-features.ts';
import { liveStatus, message, user } from '../../testing/fixtures.ts';
import { readState } from './read-state.svelte.ts';
import { Unread } from './unread.svelte.ts';

const [ada, me] = [user('Ada'), user('Me', { isMe: true })];
const list = ['one', 'two', 'three'].map((text) => message(ada, text));
const sent = (index: number): Date => list[index]?.sent ?? new Date(NaN);

let features: FakeFeatures;
let status: ReturnType<typeof fakeStore<LiveStatus>>;
let unread: Unread;
let isLoaded = $state(true);
let mentions: () => number;
let stop: () => void;
beforeEach(() => {
  features = new FakeFeatures(me);
  vi.spyOn(features, 'markRead');
  status = fakeStore(liveStatus('loading'));
  Object.assign(features.readUntil, { status });
  unread = new Unread();
  unread.update(list.slice(0, 1), true);
  isLoaded = true;
  stop = $effect.root(() => {
    mentions = readState({
      features: () => (isLoaded ? features : undefined),
      unread: () => unread,
      messages: () => list,
    });
  });
  flushSync();
});
afterEach(() => stop());

/** The server sends the reader's read position. */
function answer(until: Date | undefined): void {
  features.readUntil.set(until);
  status.set(liveStatus('ready'));
  flushSync();
}

it('sends the read position to the server, once that of other devices is known', () => {
  expect(features.markRead).not.toHaveBeenCalled();
  answer(undefined);
  expect(features.markRead).toHaveBeenCalledExactlyOnceWith(list[0]);
  unread.update(list, true);
  flushSync();
  expect(features.markRead).toHaveBeenLastCalledWith(list[2]);
});

it.each([
  ['less', -1, 1],
  ['as much', 0, 0],
  ['more', 1, 0],
])('tells the server nothing that it knows: elsewhere was read %s', (_, more, times) => {
  answer(new Date(sent(0).getTime() + more));
  expect(features.markRead).toHaveBeenCalledTimes(times);
});

it('does not count messages read elsewhere', () => {
  unread.update(list, false);
  expect(unread.unseen).toBe(2);
  answer(sent(1));
  expect(unread.unseen).toBe(1);
  features.readUntil.set(sent(2));
  expect(unread.unseen).toBe(0);
});

it('waits again for another chat', () => {
  answer(undefined);
  isLoaded = false;
  flushSync();
  // This answer is ignored.
  answer(undefined);
  status.set(liveStatus('loading'));
  unread.update(list, true);
  isLoaded = true;
  flushSync();
  expect(features.markRead).toHaveBeenCalledTimes(1);
  answer(undefined);
  expect(features.markRead).toHaveBeenCalledTimes(2);
});

it('does not count messages of people once they are blocked', () => {
  const eve = user('Eve');
  features.blocked.set(new Set([eve.id]));
  expect(unread.update([...list.slice(0, 1), message(eve, 'spam'), ...list.slice(1)], false)).toHaveLength(2);
  stop();
  features.blocked.set(new Set());
  expect(unread.blocked.size).toBe(1);
});

it('counts the unread messages that mention the reader', () => {
  const [one, two, three] = list as [(typeof list)[0], (typeof list)[0], (typeof list)[0]];
  const [mine, others] = [
    { name: 'Me', person: me, isMe: true },
    { name: 'Ada', person: ada, isMe: false },
  ];
  features.change(one, { mentions: [mine] });
  features.change(two, { mentions: [others] });
  features.change(three, { mentions: [others, mine] });
  unread.update(list, false);
  expect(mentions()).toBe(1);
  isLoaded = false;
  expect(mentions()).toBe(0);
});
