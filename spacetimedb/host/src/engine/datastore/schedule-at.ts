/** When a row of a scheduled table is due (crates/lib/src/scheduler.rs, crates/core/src/host/scheduler.rs). */
import type { TimeDuration, Timestamp } from 'spacetimedb';
import type { Row } from './row.ts';
import type { TableDef } from '../schema/module-def.ts';

/** Schedules further ahead than this many milliseconds (about two years) are refused. */
const MAX_DELAY_MS = 2 ** 36 - 1;

/** In microseconds. Timers are no finer; with a shorter interval a reducer would never let others have their turn. */
const MIN_INTERVAL = 1000;

type Schedule =
  | { readonly kind: 'once'; /** Microseconds since the Unix epoch. */ readonly at: number }
  | {
      readonly kind: 'repeated';
      /** Microseconds, at least {@link MIN_INTERVAL}. */ readonly interval: number;
    };

/** When the row of a scheduled table asks to run. */
export function scheduleOf(def: TableDef, row: Row): Schedule {
  const { tag, value } = row.columns[def.schedule?.atColumn ?? -1] as ScheduleAtValue;
  if (tag === 'Time') return { kind: 'once', at: Number(value.microsSinceUnixEpoch) };
  // The real server uses the magnitude of a negative interval.
  return { kind: 'repeated', interval: Math.max(MIN_INTERVAL, Math.abs(Number(value.micros))) };
}

type ScheduleAtValue =
  | { readonly tag: 'Interval'; readonly value: TimeDuration }
  | { readonly tag: 'Time'; readonly value: Timestamp };

/** When a schedule made at `now` is first due, in microseconds. */
export function firstTick(schedule: Schedule, now: number): number {
  return schedule.kind === 'once' ? schedule.at : now + schedule.interval;
}

/** Is the schedule further ahead than the real server accepts? */
export function isTooFarAhead(schedule: Schedule, now: number): boolean {
  return (firstTick(schedule, now) - now) / 1000 >= MAX_DELAY_MS;
}

/**
 * The next time a repeated schedule is due: after `now`, and a whole number of intervals after `lastDue`. Ticks that
 * were missed are skipped.
 */
export function nextTick(lastDue: number, interval: number, now: number): number {
  const elapsed = Math.max(0, now - lastDue);
  return lastDue + interval * (Math.floor(elapsed / interval) + 1);
}
