/** Message limits, taken from the module's rules. */
import { countCharacters, MESSAGE_MAX_LENGTH } from '../../../spacetimedb/src/rules.ts';

export { messageProblem, nameProblem } from '../../../spacetimedb/src/rules.ts';

/**
 * Returns how many characters a message has left, or undefined outside the last tenth of the limit. Negative
 * when the message is too long.
 */
export function charactersLeft(text: string, limit = MESSAGE_MAX_LENGTH): number | undefined {
  // A character has at most two UTF-16 units, so a text far from the limit need not be counted.
  if (text.length < limit * 0.9) return undefined;
  const left = limit - countCharacters(text);
  return left <= limit / 10 ? left : undefined;
}
