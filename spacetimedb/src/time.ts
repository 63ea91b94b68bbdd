import type { Timestamp } from 'spacetimedb';
import { ScheduleAt } from 'spacetimedb/server';

/**
 * A timestamp from microseconds since the Unix epoch. `spacetimedb/server` does not export the class, and importing
 * the package's root would put the whole client into the module.
 */
export function timestamp(micros: bigint): Timestamp {
  return ScheduleAt.time(micros).value as Timestamp;
}
