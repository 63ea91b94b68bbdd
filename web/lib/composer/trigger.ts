/** Finds what is being completed at the cursor: a person's name after `@`, or an emoji's shortcode after `:`. */
import { isInCode } from './code-ranges.ts';

export interface Trigger {
  readonly kind: 'person' | 'emoji';
  /** The index of the `@` or `:`. */
  readonly start: number;
  /** The text between it and the cursor. */
  readonly query: string;
}

/** Names may contain spaces, so the end of a name is unknown. Nobody types more characters of a name than this. */
const LONGEST_QUERY = 40;

/**
 * What may come before `@` or `:`. After a letter or digit, it belongs to an address, a time or a word, except in
 * scripts that are written without spaces.
 */
const BOUNDARY =
  /(?:^|[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Thai}]|[^\p{L}\p{M}\p{N}\p{Pc}@:/.+\-\\])$/u;

const person = new RegExp(`@(?! )([^@\\n]{0,${LONGEST_QUERY}})$`, 'u');
const emoji = /:([+-]?\p{L}[\p{L}\p{M}\p{N}_+-]+|[+-]\d)$/u;
const closedEmoji = /:([a-z0-9_+-]+):$/i;

/** Returns what is being completed at `cursor`, if anything. Never in code. */
export function triggerAt(text: string, cursor: number): Trigger | undefined {
  const before = text.slice(0, cursor);
  for (const [kind, pattern] of [
    ['emoji', emoji],
    ['person', person],
  ] as const) {
    const found = pattern.exec(before);
    if (found && isFree(text, found.index)) return { kind, start: found.index, query: found[1] ?? '' };
  }
  return undefined;
}

/** Returns the shortcode whose closing colon is right before `cursor`, if there is one. */
export function closedShortcodeAt(text: string, cursor: number): { start: number; code: string } | undefined {
  const found = closedEmoji.exec(text.slice(0, cursor));
  return found && isFree(text, found.index) ? { start: found.index, code: found[1] ?? '' } : undefined;
}

function isFree(text: string, start: number): boolean {
  return BOUNDARY.test(text.slice(0, start)) && !isInCode(text, start);
}
