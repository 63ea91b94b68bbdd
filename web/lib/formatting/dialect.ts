/**
 * Text that our dialect leaves as typed although Markdown would format it. People who do not know Markdown write `>_<`
 * and `5*3*2`.
 */
import { splitText } from './text-parts.ts';
import type { Mention } from './mentions.ts';

const blanked = (text: string): string => 'x'.repeat(text.length);

/** Emoticons, a product of numbers, and lines drawn with delimiters. */
const notEmphasis =
  /¯\\_\([^)]{1,3}\)_\/¯|(?<=[\^<>=.;-])_(?=[\^<>=.;-])|(?<=\d)\*{1,2}(?=\d)|\*{4,}|_{4,}/gu;
/** A quote needs a space after its mark. */
const notQuote = /^([ \t>*-]*[ \t])?(>+)(?=[^\s>])/gm;
/** A line drawn with marks, which would be lists inside lists. */
const notLists = /^([ \t>]*)(([-*])(?:[ \t]*\3)+)[ \t]*$/gm;
/** Lists begin with `-`, `*` or `1.` */
const notList = /^((?:[ \t]|>|[-*](?=\s)|\d+\.(?=\s))*)(\+|\d+\))(?=\s)/gm;

/**
 * Returns a text of the same length that replaces everything that must stay as typed with letters: addresses, mentions
 * and accidental formatting.
 */
export function masked(text: string, mentions: readonly Mention[]): string {
  // The address of `[https://a.example](https://b.example)` ends at the bracket.
  const parts = splitText(text.replaceAll('](', ']\n'), mentions);
  let at = 0;
  let result = '';
  for (const part of parts) {
    const end = at + part.text.length;
    result += part.href !== undefined || part.mention ? blanked(part.text) : text.slice(at, end);
    at = end;
  }
  const blankedMark = (_: string, before: string = '', mark: string): string => before + blanked(mark);
  return result
    .replace(notEmphasis, blanked)
    .replace(notQuote, blankedMark)
    .replace(notLists, (line) => line.replaceAll(/[-*]/g, 'x'))
    .replace(notList, blankedMark);
}
