import type { OwnAdmission, PersonStanding } from '../../module_bindings/types.ts';
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

/** The reader's moderation state. The values are reactive. */
export interface ReaderStanding {
  /** The reader's own standing; undefined if they have no role, mute or ban. */
  readonly mine: PersonStanding | undefined;
  /** Why and until when a newcomer may not write yet, under an admission policy. */
  readonly admission: OwnAdmission | undefined;
  /** Roles, mutes and bans that the reader may know of, by identity in hexadecimal. */
  readonly people: ById<PersonStanding>;
}
