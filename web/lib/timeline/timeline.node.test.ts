import { describe, expect, it } from 'vitest';
import { message, user } from '../../testing/fixtures.ts';
import { addedAfter, mergeTimeline, Runs, startsDay, type TimelineItem } from './timeline.ts';
import type { PresenceEvent } from '../people/presence-events.ts';

const [ada, bob] = [user('Ada'), user('Bob')];
const at = (author: typeof ada, hour: number, minute: number, day = 14) =>
  message(author, 'text', { sent: new Date(2026, 2, day, hour, minute) });

/** Whether the last item shows its author. */
const startsRun = (item: TimelineItem, before: TimelineItem | undefined): boolean =>
  new Runs().showsAuthor(before ? [before, item] : [item], before ? 1 : 0);

it('shows the author of the first message', () => {
  expect(startsRun(at(ada, 9, 0), undefined)).toBe(true);
});

it('shows the author once for consecutive messages', () => {
  expect(startsRun(at(ada, 9, 5), at(ada, 9, 0))).toBe(false);
});

it('shows the author again after another author, a pause or a new day', () => {
  expect(startsRun(at(ada, 9, 1), at(bob, 9, 0))).toBe(true);
  expect(startsRun(at(ada, 9, 6), at(ada, 9, 0))).toBe(true);
  expect(startsRun(at(ada, 0, 1, 15), at(ada, 23, 59))).toBe(true);
});

it('compares authors by identity, not by name', () => {
  expect(startsRun(at({ ...ada, name: 'Countess', label: 'Countess' }, 9, 1), at(ada, 9, 0))).toBe(false);
});

it('separates days', () => {
  expect(startsDay(at(ada, 9, 0), undefined)).toBe(true);
  expect(startsDay(at(ada, 0, 1, 15), at(ada, 23, 59))).toBe(true);
  expect(startsDay(at(ada, 9, 1), at(ada, 9, 0))).toBe(false);
});

const change = (after: Date): PresenceEvent => ({
  key: `change-${after.getTime()}`,
  change: 'joined',
  person: bob,
  was: undefined,
  sent: after,
  after: after.getTime(),
});

it('returns the messages themselves when there are no presence events', () => {
  const messages = [at(ada, 9, 0)];
  expect(mergeTimeline(messages, [])).toBe(messages);
});

it('puts each event after the messages that existed when it happened', () => {
  const [one, two, three] = [at(ada, 9, 0), at(ada, 9, 1), at(ada, 9, 2)];
  const [first, second, last] = [change(new Date(0)), change(two.sent), change(three.sent)];
  expect(mergeTimeline([one, two, three], [first, second, last])).toEqual([
    first,
    one,
    two,
    second,
    three,
    last,
  ]);
});

it('puts messages after the newest event when they were sent later', () => {
  const [one, two, three] = [at(ada, 9, 0), at(ada, 9, 1), at(ada, 9, 2)];
  const event = change(one.sent);
  expect(mergeTimeline([one, two, three], [event])).toEqual([one, event, two, three]);
});

it('shows the author again after a presence event', () => {
  expect(startsRun(at(ada, 9, 1), change(at(ada, 9, 0).sent))).toBe(true);
});

describe('in a long run', () => {
  const run = Array.from({ length: 20 }, () => message(ada, 'text', { sent: new Date(2026, 2, 14, 9, 0) }));
  const shown = (runs: Runs, items: readonly TimelineItem[]): number[] =>
    items.flatMap((_, index) => (runs.showsAuthor(items, index) ? [index] : []));

  it('the author is shown at every eighth message', () => {
    expect(shown(new Runs(), run)).toEqual([0, 8, 16]);
  });

  it('rows do not change when older messages load, in any rendering order', () => {
    const runs = new Runs();
    expect(runs.showsAuthor(run, 19)).toBe(false);
    expect(shown(runs, run)).toEqual([0, 8, 16]);
    const older = Array.from({ length: 3 }, () =>
      message(ada, 'older', { sent: new Date(2026, 2, 14, 9, 0) }),
    );
    expect(shown(runs, [...older, ...run])).toEqual([0, 3, 11, 19]);
  });
});

it('finds the items added at the end, unless there are too many or the old end is unknown', () => {
  const items = Array.from({ length: 6 }, () => message(ada, 'text'));
  const added = (index: number) => [...addedAfter(items, items[index]?.key ?? 'unknown', 3)].sort();
  const keys = (from: number) =>
    items
      .slice(from)
      .map(({ key }) => key)
      .sort();
  expect(added(5)).toEqual([]);
  expect(added(4)).toEqual(keys(5));
  expect(added(2)).toEqual(keys(3));
  expect(added(1)).toEqual([]);
  expect(added(9)).toEqual([]);
  expect(addedAfter(items.slice(0, 4), items[0]?.key ?? '', 3).size).toBe(3);
});
