/** When a row of a scheduled table is due (crates/lib/src/scheduler.rs, crates/core/src/host/scheduler.rs). */
import type { TimeDuration, Timestamp } from 'spacetimedb';
import type { Row } from '../datastore/row.ts';
import type { TableDef } from '../schema/module-def.ts';

/** Schedules that lie further ahead than this many milliseconds, about two years, are refused. */
const MAX_DELAY_MS = 2 ** 36 - 1;

/** In microseconds. Timers are no finer; with a shorter interval a reducer would never let others have their turn. */
const MIN_INTERVAL = 1000;

type Schedule =
  | { readonly kind: 'once'; /** Microseconds since the Unix epoch. */ readonly at: number }
  | {
      readonly kind: 'repeated';
      /** Microseconds, at least {@link MIN_INTERVAL}. */ readonly interval: number;
    };

/** What a row of a scheduled table asks for. */
export function scheduleOf(def: TableDef, row: Row): Schedule {
  const { tag, value } = row.columns[def.schedule?.atColumn ?? -1] as ScheduleAtValue;
  if (tag === 'Time') return { kind: 'once', at: Number(value.microsSinceUnixEpoch) };
  // Of a negative interval the real server uses the magnitude.
  return { kind: 'repeated', interval: Math.max(MIN_INTERVAL, Math.abs(Number(value.micros))) };
}

type ScheduleAtValue =
  | { readonly tag: 'Interval'; readonly value: TimeDuration }
  | { readonly tag: 'Time'; readonly value: Timestamp };

/** The moment for which a schedule that is made now is due, in microseconds. */
export function firstTick(schedule: Schedule, now: number): number {
  return schedule.kind === 'once' ? schedule.at : now + schedule.interval;
}

/** Is the schedule further ahead than the real server takes? */
export function isTooFarAhead(schedule: Schedule, now: number): boolean {
  return (firstTick(schedule, now) - now) / 1000 >= MAX_DELAY_MS;
}

/**
 * The next moment of a repeated schedule: after `now`, and a whole number of intervals after the moment for which the
 * last call was due, however late it ran. Moments that were missed are left out.
 */
export function nextTick(lastDue: number, interval: number, now: number): number {
  const elapsed = Math.max(0, now - lastDue);
  return lastDue + interval * (Math.floor(elapsed / interval) + 1);
}
