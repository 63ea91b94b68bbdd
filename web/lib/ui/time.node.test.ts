import fc from 'fast-check';
import { Timestamp } from 'spacetimedb';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

// Formatters are created once, for the locale of that moment.
beforeEach(() => vi.resetModules());
afterEach(() => vi.restoreAllMocks());

it('creates each formatter once, however often it is used', async () => {
  const { DateTimeFormat } = Intl;
  const make = vi.spyOn(Intl, 'DateTimeFormat').mockImplementation(function (...options) {
    return new DateTimeFormat(...options);
  });
  const { clockTime } = await import('./time.ts');
  for (let minute = 0; minute < 60; minute++) clockTime(new Date(2026, 2, 14, 9, minute));
  expect(make).toHaveBeenCalledTimes(1);
});

it('shows a short time with minutes and an exact time with seconds', async () => {
  const { clockTime, exactTime } = await import('./time.ts');
  const date = new Date(2026, 2, 14, 9, 5, 7);
  expect(clockTime(date)).toMatch(/9\D05/);
  expect(exactTime(date)).toMatch(/2026.*9\D05\D07/);
});

it('names the year only if it is not the current one', async () => {
  const { dayName } = await import('./time.ts');
  const today = new Date(2026, 2, 14);
  expect(dayName(new Date(2026, 0, 2), today)).not.toContain('2026');
  expect(dayName(new Date(2025, 11, 31), today)).toContain('2025');
});

it("separates days at the reader's midnight", async () => {
  const { sameDay } = await import('./time.ts');
  expect(sameDay(new Date(2026, 2, 14, 0, 0), new Date(2026, 2, 14, 23, 59))).toBe(true);
  expect(sameDay(new Date(2026, 2, 14, 23, 59), new Date(2026, 2, 15, 0, 0))).toBe(false);
  expect(sameDay(new Date(2026, 2, 14), new Date(2026, 3, 14))).toBe(false);
  expect(sameDay(new Date(2026, 2, 14), new Date(2025, 2, 14))).toBe(false);
});

it('calls the last two days today and yesterday', async () => {
  const { dayName } = await import('./time.ts');
  const today = new Date(2026, 2, 14, 0, 5);
  expect(dayName(new Date(2026, 2, 14, 23), today)).toBe('Today');
  expect(dayName(new Date(2026, 2, 13, 0, 1), today)).toBe('Yesterday');
  expect(dayName(new Date(2026, 2, 12), today)).toContain('12');
  // The server's clock may be a day ahead.
  expect(dayName(new Date(2026, 2, 15), today)).toContain('15');
});

it('shows a date without the time and the day of the week', async () => {
  const { longDate } = await import('./time.ts');
  expect(longDate(new Date(2026, 10, 24), 'en-GB')).toBe('24 November 2026');
});

it('uses 12 or 24 hours as the reader prefers', async () => {
  const { clockTime, exactTime } = await import('./time.ts');
  const date = new Date(2026, 2, 14, 14, 5);
  expect(clockTime(date, '24')).toBe('14:05');
  expect(exactTime(date, '24')).toContain('14:05');
  expect(exactTime(date, '12')).toMatch(/0?2:05:00\s?PM/i);
  expect(clockTime(date, '12')).toMatch(/^0?2:05\s?PM$/i);
});

it.each(['ar', 'ar-EG', 'fa', 'hi-u-nu-deva'])('writes the same digits as counts in %s', async (locale) => {
  const { clockTime, exactTime, longDate, dayName } = await import('./time.ts');
  const { pluralOf } = await import('../i18n/plural.ts');
  const date = new Date(2026, 2, 14, 14, 5);
  const texts = [
    clockTime(date, 'system', locale),
    exactTime(date, 'system', locale),
    longDate(date, locale),
    dayName(date, new Date(2027, 0, 1), locale),
    pluralOf<'other'>(locale)(23, { other: (count) => count }),
  ];
  for (const text of texts) {
    expect(text).toMatch(/[0-9]/);
    expect(text).not.toMatch(/(?![0-9])\p{Nd}/u);
  }
});

it('turns any server timestamp into a valid date', async () => {
  const { dateOf, exactTime } = await import('./time.ts');
  const i64 = fc.oneof(
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.constantFrom(-(2n ** 63n), 2n ** 63n - 1n, 8_640_000_000_000_001_000n),
  );
  fc.assert(
    fc.property(i64, (micros) => {
      const date = dateOf(new Timestamp(micros));
      expect(date.toISOString()).toBeTypeOf('string');
      expect(exactTime(date)).toBeTypeOf('string');
    }),
  );
  expect(dateOf(new Timestamp(1_500n))).toEqual(new Date(1));
  expect(dateOf(new Timestamp(2n ** 63n - 1n))).toEqual(new Date(8.64e15));
  expect(dateOf(new Timestamp(-(2n ** 63n)))).toEqual(new Date(-8.64e15));
});

it('shows in how many minutes something happens, rounded up', async () => {
  const { timeUntil } = await import('./time.ts');
  const now = Date.UTC(2026, 0, 1);
  const inMinutes = (minutes: number) => timeUntil(new Date(now + minutes * 60_000), now, 'en');
  expect(inMinutes(5)).toBe('in 5 minutes');
  expect(inMinutes(4.1)).toBe('in 5 minutes');
  expect(inMinutes(0.2)).toBe('in 1 minute');
  expect(inMinutes(-3)).toBe('in 1 minute');
});
