/** What of a server's rows can be shown. A module of somebody else's may write anything that fits into the columns. */
import type { MessageRow } from './types.ts';

/** The years 0 to 9999, which everything that handles a `Date` can write: from `FIRST` until before `END`, in microseconds. */
const FIRST = -62_167_219_200_000_000n;
const END = 253_402_300_800_000_000n;

/** UTF-16 units that a message may have to be shown. */
export const LONGEST_TEXT = 100_000;

/** UTF-16 units of a name that are kept. */
export const LONGEST_NAME = 200;

export function canBeShown({ sent, text }: MessageRow): boolean {
  const micros = sent.microsSinceUnixEpoch;
  return micros >= FIRST && micros < END && text.length <= LONGEST_TEXT;
}

/** A name as it is kept: one that is much too long ends in an ellipsis. */
export function boundedName(name: string | undefined): string | undefined {
  if (name === undefined || name.length <= LONGEST_NAME) return name;
  // Not in the middle of a character.
  return `${name.slice(0, LONGEST_NAME).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
