/* A pair of delimiters, a quote, a list, a link or an escaped delimiter. A text of three spaces and "- " is a list, too. */
const syntax = /([*_`]|~~)[^\s][^]*?\1|^[ \t]*(?:>|[-*][ \t]|\d{1,9}\.[ \t])|^[ \t]*~~~|\]\(|\\[*_`~[\]>.-]/m;

/**
 * Whether a text may contain formatting, so that the parser is worth loading. False for most messages, and never for a
 * text that the parser would format.
 */
export function mayBeFormatted(text: string): boolean {
  return syntax.test(text);
}
