import { describe, expect, it } from 'vitest';
import { Timestamp } from 'spacetimedb';
import { actText, shortTime, numberProblem, timeLeft } from './text.ts';
import { en } from './texts/en.ts';
import { texts as german } from './texts/de.ts';

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

it('describes actions of later module versions too', () => {
  expect(actText({ action: 'ban_user', until: undefined }, en)).toBe('{actor} banned {subject}');
  for (const action of ['promote', 'toString']) {
    expect(actText({ action, until: undefined }, en)).toBe('{actor} did “{action}” to {subject}');
  }
});

it('says until when someone is muted', () => {
  const until = Timestamp.fromDate(new Date());
  expect(actText({ action: 'mute_user', until }, en)).toBe('{actor} muted {subject} until {until}');
  expect(actText({ action: 'mute_user', until: undefined }, en)).toBe('{actor} muted {subject}');
});

it("formats durations and times in the reader's language", () => {
  const now = new Date(2026, 10, 24, 12).getTime();
  expect(timeLeft(5 * MINUTE, 'de')).toBe('5 Minuten');
  expect(shortTime(new Date(2026, 10, 23, 19, 5), now, '24', 'de')).toBe('Gestern, 19:05');
});

describe('a number', () => {
  it.each(['0', '', ' 12 ', '4294967295'])('may be %j', (text) => {
    expect(numberProblem(text, 'Days', en.notANumber, 'en')).toBeUndefined();
  });

  it.each(['-1', '1.5', 'ten', '4294967296', '1e3'])('may not be %j', (text) => {
    expect(numberProblem(text, 'Days', en.notANumber, 'en')).toBe(
      '“Days” must be a whole number from 0 to 4,294,967,295.',
    );
  });

  it("is explained in the reader's language", () => {
    expect(numberProblem('x', 'Tage', german.notANumber, 'de', 1_000)).toBe(
      '„Tage“ muss eine ganze Zahl von 0 bis 1.000 sein.',
    );
  });
});
