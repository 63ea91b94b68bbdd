/** Decides which rows can be shown. Someone else's module may write anything that fits into the columns. */
import type { MessageRow } from './types.ts';

/**
 * The years 0 to 9999, which every date format supports: from `FIRST` up to but not including `END`, in microseconds.
 */
const FIRST = -62_167_219_200_000_000n;
const END = 253_402_300_800_000_000n;

/** Maximum UTF-16 units of a message that is shown. */
export const LONGEST_TEXT = 100_000;

/** Maximum UTF-16 units of a name that are kept. */
export const LONGEST_NAME = 200;

export function canBeShown({ sent, text }: MessageRow): boolean {
  const micros = sent.microsSinceUnixEpoch;
  return micros >= FIRST && micros < END && text.length <= LONGEST_TEXT;
}

/** Truncates a very long name, with an ellipsis. */
export function boundedName(name: string | undefined): string | undefined {
  if (name === undefined || name.length <= LONGEST_NAME) return name;
  // Do not split a character.
  return `${name.slice(0, LONGEST_NAME).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
