/** What may be sent, as the module's rules say. */
import { countCharacters, MESSAGE_MAX_LENGTH } from '../../../spacetimedb/src/rules.ts';

export { messageProblem, nameProblem } from '../../../spacetimedb/src/rules.ts';

/**
 * How many characters a message has left, once there are few enough to be worth telling: the last tenth of what it
 * may have. Negative when it is too long.
 */
export function charactersLeft(text: string, limit = MESSAGE_MAX_LENGTH): number | undefined {
  // Characters are at most two units of a text's length: what is far from the limit need not be counted.
  if (text.length < limit * 0.9) return undefined;
  const left = limit - countCharacters(text);
  return left <= limit / 10 ? left : undefined;
}
