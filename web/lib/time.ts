/**
 * Times in the reader's own locale and zone. Making an `Intl.DateTimeFormat` costs thirty times what using one
 * does, so each is made once, when first needed.
 */

/** The time of day: "14:05". */
export const clockTime = formatter({ hour: 'numeric', minute: '2-digit' });

/** The whole of it: "Tuesday, 24 November 2026 at 14:05:09". */
export const exactTime = formatter({ dateStyle: 'full', timeStyle: 'medium' });

const dayOfThisYear = formatter({ weekday: 'long', day: 'numeric', month: 'long' });
const dayOfAnyYear = formatter({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });

/** The day: "Tuesday, 24 November", with the year when it is not that of `today`. */
export function dayName(date: Date, today: Date): string {
  return date.getFullYear() === today.getFullYear() ? dayOfThisYear(date) : dayOfAnyYear(date);
}

/** Whether both fall on one day in the reader's zone. */
export function sameDay(a: Date, b: Date): boolean {
  return a.getDate() === b.getDate() && a.getMonth() === b.getMonth() && a.getFullYear() === b.getFullYear();
}

function formatter(options: Intl.DateTimeFormatOptions): (date: Date) => string {
  let format: Intl.DateTimeFormat | undefined;
  return (date) => (format ??= new Intl.DateTimeFormat(undefined, options)).format(date);
}
