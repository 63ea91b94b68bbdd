/**
 * Refusals that clients act on, written by the module and read by the site. A refusal is only a text on the wire, so
 * these sentences have a fixed form: people and other clients read them, and the functions beside them read what the
 * site needs.
 */
import { duration } from './duration.ts';

const UNIT_MS: Readonly<Record<string, number>> = {
  second: 1000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
};

/**
 * Refuses something that is allowed later.
 *
 * @param reason a sentence without its full stop
 * @param micros how long to wait, in microseconds
 */
export function retryText(reason: string, micros: bigint): string {
  return `${reason}. Try again in ${duration(micros)}`;
}

/** Reads the wait from a text of `retryText`, in milliseconds. Undefined for any other text. */
export function retryAfterMs(text: string): number | undefined {
  const [, count, unit = ''] = /\. Try again in (\d+(?:\.\d)?) (second|minute|hour|day)s?$/.exec(text) ?? [];
  const ms = UNIT_MS[unit];
  return ms === undefined ? undefined : Math.ceil(Number(count) * ms);
}

/**
 * Refuses a name that someone else has.
 *
 * @param name the refused name as it would be stored
 * @param suggestion a similar name that is free
 */
export function takenText(name: string, suggestion: string | undefined): string {
  return suggestion === undefined
    ? `${name} is taken. Choose another name`
    : `${name} is taken. Try ${suggestion}`;
}

/**
 * Reads a text of `takenText`. Undefined for any other text.
 *
 * @param name the refused name as it would be stored. It may contain anything, even the words of the sentence
 */
export function readTaken(
  text: string,
  name: string,
): { readonly suggestion: string | undefined } | undefined {
  if (text === takenText(name, undefined)) return { suggestion: undefined };
  const start = takenText(name, '');
  return text.startsWith(start) && text.length > start.length
    ? { suggestion: text.slice(start.length) }
    : undefined;
}
