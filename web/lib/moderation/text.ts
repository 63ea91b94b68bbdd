/** Moderation in words. */
import { clockTime, dayName, sameDay, type Clock } from '../ui/time.ts';

const MINUTE = 60_000;

/** A length of time, rounded up: "5 minutes", "2 hours", "3 days". @param ms more than 0 */
export function timeLeft(ms: number): string {
  const minutes = Math.max(1, Math.ceil(ms / MINUTE));
  if (minutes < 100) return unit(minutes, 'minute');
  const hours = Math.ceil(minutes / 60);
  return hours < 48 ? unit(hours, 'hour') : unit(Math.ceil(hours / 24), 'day');
}

/** A moment, as short as it can be: "14:05", "Yesterday, 14:05". @param now milliseconds since the Unix epoch */
export function moment(date: Date, now: number, clock: Clock): string {
  const time = clockTime(date, clock);
  const today = new Date(now);
  return sameDay(date, today) ? time : `${dayName(date, today)}, ${time}`;
}

function unit(count: number, name: string): string {
  return new Intl.NumberFormat(undefined, { style: 'unit', unit: name, unitDisplay: 'long' }).format(count);
}

const acts: Readonly<Record<string, readonly [before: string, after: string]>> = {
  delete_message: ['deleted a message by', ''],
  restore_message: ['put back a message by', ''],
  mute_user: ['muted', ''],
  unmute_user: ['let', 'write again'],
  ban_user: ['banned', ''],
  unban_user: ['lifted the ban on', ''],
  appoint_moderator: ['made', 'a moderator'],
  approve_user: ['let', 'write'],
  dismiss_moderator: ['dismissed', 'as a moderator'],
};

/** What somebody did to somebody: the words before and after the other's name. @param action the reducer's name */
export function actWords(action: string): readonly [before: string, after: string] {
  return acts[action] ?? [`did “${action}” to`, ''];
}

/** What was wrong with a whole number that somebody typed, or `undefined`. An empty field is 0. */
export function numberProblem(text: string, name: string, max = 4_294_967_295): string | undefined {
  if (/^\d*$/.test(text.trim()) && Number(text) <= max) return undefined;
  return `“${name}” is a whole number, from 0 to ${new Intl.NumberFormat().format(max)}.`;
}
