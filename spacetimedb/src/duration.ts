/** Durations in microseconds and in words. Pure, because clients read the words too (see `refusal-texts.ts`). */

export const SECOND = 1_000_000n;
export const MINUTE = 60n * SECOND;
export const HOUR = 60n * MINUTE;
export const DAY = 24n * HOUR;

/**
 * A duration in words, rounded up: `0.4 seconds`, `1 second`, `40 seconds`, `5 minutes`, `3 days`.
 *
 * @param micros microseconds
 */
export function duration(micros: bigint): string {
  const tenths = Math.max(1, Math.ceil(Number(micros) / Number(SECOND / 10n)));
  if (tenths < 100) return plural(tenths / 10, 'second');
  const seconds = Math.ceil(tenths / 10);
  if (seconds < 100) return plural(seconds, 'second');
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 100) return plural(minutes, 'minute');
  const hours = Math.ceil(minutes / 60);
  return hours < 48 ? plural(hours, 'hour') : plural(Math.ceil(hours / 24), 'day');
}

function plural(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
