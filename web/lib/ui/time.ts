/**
 * Formats times in the reader's time zone and locale, or in a given locale. Creating an `Intl` formatter is
 * 30 times slower than using it, so each is created once, on first use.
 */

/** Counts are written in these digits in every language, so times must be too. */
const numberingSystem = 'latn';

/** 12 or 24 hours, or as in the locale. */
export type Clock = 'system' | '12' | '24';

/** The largest distance from the Unix epoch that a `Date` can represent, in milliseconds. */
const FARTHEST = 8_640_000_000_000_000n;

/** Converts a server `Timestamp`, clamped to the range of `Date`. */
export function dateOf(timestamp: { toMillis: () => bigint }): Date {
  const millis = timestamp.toMillis();
  const held = millis > FARTHEST ? FARTHEST : millis < -FARTHEST ? -FARTHEST : millis;
  return new Date(Number(held));
}

type Formatter = (date: Date, locale: string | undefined) => string;

const MINUTE = 60_000;

const clocks = byClock({ hour: 'numeric', minute: '2-digit' });
const exact = byClock({
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  hour: 'numeric',
  minute: '2-digit',
  second: '2-digit',
});
const longDates = formatter({ day: 'numeric', month: 'long', year: 'numeric' });
const dayOfThisYear = formatter({ weekday: 'long', day: 'numeric', month: 'long' });
const dayOfAnyYear = formatter({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });

const relativeOptions = { numeric: 'auto', numberingSystem } as const;
const relative = once((locale) => new Intl.RelativeTimeFormat(locale, relativeOptions));

/** The time of day: "14:05". */
export function clockTime(date: Date, clock: Clock = 'system', locale?: string): string {
  return clocks[clock](date, locale);
}

/** The full date and time: "Tuesday, 24 November 2026 at 14:05:09". */
export function exactTime(date: Date, clock: Clock = 'system', locale?: string): string {
  return exact[clock](date, locale);
}

/** The date: "24 November 2026". */
export function longDate(date: Date, locale?: string): string {
  return longDates(date, locale);
}

/**
 * The time until something, in minutes rounded up: "in 5 minutes".
 *
 * @param now milliseconds since the Unix epoch
 */
export function timeUntil(date: Date, now: number, locale?: string): string {
  const minutes = Math.max(1, Math.ceil((date.getTime() - now) / MINUTE));
  return relative(locale).format(minutes, 'minute');
}

/** The day: "Today", "Yesterday", "Tuesday, 24 November", with the year if it is not that of `today`. */
export function dayName(date: Date, today: Date, locale?: string): string {
  const days = daysBetween(date, today);
  if (days === 0 || days === 1) return capital(relative(locale).format(-days, 'day'), locale);
  return date.getFullYear() === today.getFullYear()
    ? dayOfThisYear(date, locale)
    : dayOfAnyYear(date, locale);
}

/** Whether both are on the same day in the reader's time zone. */
export function sameDay(a: Date, b: Date): boolean {
  return a.getDate() === b.getDate() && a.getMonth() === b.getMonth() && a.getFullYear() === b.getFullYear();
}

/** Calendar days, which do not all have 24 hours. */
function daysBetween(earlier: Date, later: Date): number {
  const day = (date: Date): number => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  return (day(later) - day(earlier)) / (1440 * MINUTE);
}

function capital(text: string, locale: string | undefined): string {
  return text.charAt(0).toLocaleUpperCase(locale) + text.slice(1);
}

function byClock(options: Intl.DateTimeFormatOptions): Record<Clock, Formatter> {
  return {
    system: formatter(options),
    '12': formatter({ ...options, hourCycle: 'h12' }),
    '24': formatter({ ...options, hourCycle: 'h23' }),
  };
}

function formatter(options: Intl.DateTimeFormatOptions): Formatter {
  const format = once((locale) => new Intl.DateTimeFormat(locale, { ...options, numberingSystem }));
  return (date, locale) => format(locale).format(date);
}

function once<T>(make: (locale: string | undefined) => T): (locale: string | undefined) => T {
  const made = new Map<string | undefined, T>();
  return (locale) => {
    const format = made.get(locale) ?? make(locale);
    made.set(locale, format);
    return format;
  };
}
