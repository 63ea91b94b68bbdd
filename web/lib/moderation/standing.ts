import type { PersonStanding } from '../../module_bindings/types.ts';
import { dateOf } from '../ui/time.ts';

/** Finds people by their identity in hexadecimal. */
export type ById<T> = ReadonlyMap<string, T>;

export function byId<T>(list: readonly T[], id: (item: T) => string): ById<T> {
  return new Map(list.map((item) => [id(item), item]));
}

/** @param now milliseconds since the Unix epoch */
export function isMuted(standing: PersonStanding | undefined, now: number): boolean {
  // The row stays until they write again.
  return (standing?.mutedUntil ? dateOf(standing.mutedUntil).getTime() : 0) > now;
}
