import { describe, expect, it } from 'vitest';
import { actWords, shortTime, numberProblem, timeLeft } from './text.ts';

const MINUTE = 60_000;

it.each([
  [1, '1 minute'],
  [10 * MINUTE, '10 minutes'],
  [10 * MINUTE + 1, '11 minutes'],
  [99 * MINUTE, '99 minutes'],
  [100 * MINUTE, '2 hours'],
  [47 * 60 * MINUTE, '47 hours'],
  [47 * 60 * MINUTE + 1, '2 days'],
  [30 * 1440 * MINUTE, '30 days'],
])('formats %i milliseconds as %s', (ms, expected) => {
  expect(timeLeft(ms)).toBe(expected);
});

it('names the day only if it is not today', () => {
  const now = new Date(2026, 10, 24, 12).getTime();
  expect(shortTime(new Date(2026, 10, 24, 9, 5), now, '24')).toBe('09:05');
  expect(shortTime(new Date(2026, 10, 23, 9, 5), now, '24')).toBe('Yesterday, 09:05');
});

it.each([
  ['delete_message', 'deleted a message by Ada'],
  ['restore_message', 'restored a message by Ada'],
  ['mute_user', 'muted Ada'],
  ['unmute_user', 'unmuted Ada'],
  ['ban_user', 'banned Ada'],
  ['unban_user', 'unbanned Ada'],
  ['appoint_moderator', 'made Ada a moderator'],
  ['dismiss_moderator', 'removed Ada as moderator'],
  ['approve_user', 'approved Ada'],
  ['import_messages', 'imported earlier messages into the room of Ada'],
  ['import_people', 'imported people into the room of Ada'],
])('describes the action %s as “%s”', (action, sentence) => {
  const [before, after] = actWords(action);
  expect(`${before} Ada ${after}`.trim()).toBe(sentence);
});

it('describes actions of later module versions too', () => {
  expect(actWords('promote')).toEqual(['did “promote” to', '']);
});

describe('a number', () => {
  it.each(['0', '', ' 12 ', '4294967295'])('may be %j', (text) => {
    expect(numberProblem(text, 'Days')).toBeUndefined();
  });

  it.each(['-1', '1.5', 'ten', '4294967296', '1e3'])('may not be %j', (text) => {
    expect(numberProblem(text, 'Days')).toBe('“Days” must be a whole number from 0 to 4,294,967,295.');
  });
});
