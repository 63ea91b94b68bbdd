/** Formats what the moderation tools show. */
import type { RecordedAct } from '../../module_bindings/types.ts';
import { durationText } from '../i18n/translate.ts';
import type { ModerationTexts } from './texts/en.ts';
import { clockTime, dayName, sameDay, type Clock } from '../ui/time.ts';

const MINUTE = 60_000;

/** Formats a duration, rounded up: "5 minutes", "2 hours", "3 days". @param ms must be positive */
export function timeLeft(ms: number, locale?: string): string {
  const minutes = Math.max(1, Math.ceil(ms / MINUTE));
  if (minutes < 100) return durationText(minutes, 'minute', locale);
  const hours = Math.ceil(minutes / 60);
  return hours < 48
    ? durationText(hours, 'hour', locale)
    : durationText(Math.ceil(hours / 24), 'day', locale);
}

/**
 * Formats a time as briefly as possible: "14:05", "Yesterday, 14:05".
 *
 * @param now milliseconds since the Unix epoch
 */
export function shortTime(date: Date, now: number, clock: Clock, locale?: string): string {
  const time = clockTime(date, clock, locale);
  const today = new Date(now);
  return sameDay(date, today) ? time : `${dayName(date, today, locale)}, ${time}`;
}

/** Returns the sentence of an action, with the placeholders `{actor}`, `{subject}` and perhaps `{until}`. */
export function actText(
  { action, until }: Pick<RecordedAct, 'action' | 'until'>,
  { acts }: ModerationTexts,
): string {
  const known: Readonly<Record<string, string>> = acts;
  // Later versions of the module may have other actions.
  return (
    (until && known[`${action}_until`]) ??
    (Object.hasOwn(acts, action) ? known[action] : undefined) ??
    acts.other
  );
}

/**
 * Returns what is wrong with a typed whole number, or `undefined`. An empty field counts as 0.
 *
 * @param say the text in the reader's language
 */
export function numberProblem(
  text: string,
  name: string,
  say: ModerationTexts['notANumber'],
  locale?: string,
  max = 4_294_967_295,
): string | undefined {
  if (/^\d*$/.test(text.trim()) && Number(text) <= max) return undefined;
  return say(name, new Intl.NumberFormat(locale).format(max));
}
