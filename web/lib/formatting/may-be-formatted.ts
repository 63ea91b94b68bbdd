/** A pair of delimiters, a quote, a list, a link or an escaped delimiter. */
const syntax = /([*_]|~~)\S[^]*?\1|`[^]*?`|^[ \t]*(?:>|[-*]\s|\d{1,9}\.\s|~~~)|\]\(|\\[*_`~[\]>.-]/m;

/**
 * Whether a text may contain formatting, so that the parser is worth loading. False for most messages, and never for a
 * text that the parser would format.
 */
export function mayBeFormatted(text: string): boolean {
  return syntax.test(text);
}
