/**
 * Refusals that clients act on. A refusal is only a text on the wire, so these sentences have a fixed form: people and
 * other clients read them, and the functions here read what the site needs.
 */

const UNIT_MS: Readonly<Record<string, number>> = {
  second: 1000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
};

/**
 * Reads how long to wait, in milliseconds, from a refusal of something that is allowed later. It ends with `Try again
 * in` or `You can write in` and the result of `duration`. Undefined for any other refusal.
 */
export function retryAfterMs(text: string): number | undefined {
  const [, count, unit = ''] =
    /\. (?:Try again|You can write) in (\d+(?:\.\d)?) (second|minute|hour|day)s?$/.exec(text) ?? [];
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
