import type { Timestamp } from 'spacetimedb';
import { ScheduleAt } from 'spacetimedb/server';

export const SECOND = 1_000_000n;
export const MINUTE = 60n * SECOND;
export const HOUR = 60n * MINUTE;
export const DAY = 24n * HOUR;

/**
 * A timestamp from microseconds since the Unix epoch. `spacetimedb/server` does not export the class, and importing
 * the package's root would put the whole client into the module.
 */
export function timestamp(micros: bigint): Timestamp {
  return ScheduleAt.time(micros).value as Timestamp;
}

/** A duration in words, rounded up: `1 second`, `5 minutes`, `3 days`. @param micros microseconds */
export function duration(micros: bigint): string {
  const seconds = Math.max(1, Math.ceil(Number(micros) / Number(SECOND)));
  if (seconds < 100) return plural(seconds, 'second');
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 100) return plural(minutes, 'minute');
  const hours = Math.ceil(minutes / 60);
  return hours < 48 ? plural(hours, 'hour') : plural(Math.ceil(hours / 24), 'day');
}

function plural(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
