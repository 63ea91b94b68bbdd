import type { PersonStanding } from '../../module_bindings/types.ts';
import { dateOf } from '../ui/time.ts';

/** Values by identity in hexadecimal. */
export type ById<T> = ReadonlyMap<string, T>;

export function byId<T>(list: readonly T[], id: (item: T) => string): ById<T> {
  return new Map(list.map((item) => [id(item), item]));
}

/** @param now milliseconds since the Unix epoch */
export function isMuted(standing: PersonStanding | undefined, now: number): boolean {
  // An expired mute stays in the table until the person writes again.
  return (standing?.mutedUntil ? dateOf(standing.mutedUntil).getTime() : 0) > now;
}
