/** Texts of the moderation tools. */
import { clockTime, dayName, sameDay, type Clock } from '../ui/time.ts';

const MINUTE = 60_000;

/** Formats a duration, rounded up: "5 minutes", "2 hours", "3 days". @param ms must be positive */
export function timeLeft(ms: number): string {
  const minutes = Math.max(1, Math.ceil(ms / MINUTE));
  if (minutes < 100) return unit(minutes, 'minute');
  const hours = Math.ceil(minutes / 60);
  return hours < 48 ? unit(hours, 'hour') : unit(Math.ceil(hours / 24), 'day');
}

/**
 * Formats a time as briefly as possible: "14:05", "Yesterday, 14:05".
 *
 * @param now milliseconds since the Unix epoch
 */
export function shortTime(date: Date, now: number, clock: Clock): string {
  const time = clockTime(date, clock);
  const today = new Date(now);
  return sameDay(date, today) ? time : `${dayName(date, today)}, ${time}`;
}

function unit(count: number, name: string): string {
  return new Intl.NumberFormat(undefined, { style: 'unit', unit: name, unitDisplay: 'long' }).format(count);
}

const acts: Readonly<Record<string, readonly [before: string, after: string]>> = {
  delete_message: ['deleted a message by', ''],
  restore_message: ['restored a message by', ''],
  mute_user: ['muted', ''],
  unmute_user: ['unmuted', ''],
  ban_user: ['banned', ''],
  unban_user: ['unbanned', ''],
  appoint_moderator: ['made', 'a moderator'],
  approve_user: ['approved', ''],
  dismiss_moderator: ['removed', 'as moderator'],
  import_messages: ['imported earlier messages into the room of', ''],
  import_people: ['imported people into the room of', ''],
};

/**
 * Describes an action: the words before and after the affected person's name.
 *
 * @param action the reducer's name
 */
export function actWords(action: string): readonly [before: string, after: string] {
  return acts[action] ?? [`did “${action}” to`, ''];
}

/** Returns what is wrong with a typed whole number, or `undefined`. An empty field counts as 0. */
export function numberProblem(text: string, name: string, max = 4_294_967_295): string | undefined {
  if (/^\d*$/.test(text.trim()) && Number(text) <= max) return undefined;
  return `“${name}” must be a whole number from 0 to ${new Intl.NumberFormat().format(max)}.`;
}
