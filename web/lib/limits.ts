/** How long names and messages may be, as the module's rules say; without a limit there, none is shown. */
import * as rules from '../../spacetimedb/src/rules.ts';

interface Limits {
  readonly messageProblem: unknown;
  readonly MESSAGE_MAX_LENGTH?: number;
  readonly countCharacters?: (text: string) => number;
}

const { MESSAGE_MAX_LENGTH = Infinity, countCharacters = (text: string) => [...text].length }: Limits = rules;

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
