import { splitLinks, type TextPart } from '../timeline/links.ts';
import type { Mention } from './mentions.ts';

/** A part of a text: plain, a link if it has `href`, or a mention. The parts' texts add up to the whole text. */
export interface FormattedPart extends TextPart {
  mention?: Mention;
}

const escapeRegExp = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

/** Returns a regular expression that finds mentions. Longer names come first: `@Ann Lee` does not mention `Ann`. */
function finder(mentions: readonly Mention[]): RegExp {
  const names = mentions
    .map(({ name }) => name)
    .sort((a, b) => b.length - a.length)
    .map(escapeRegExp);
  return new RegExp(String.raw`(?<![\p{L}\p{N}_])@(?:${names.join('|')})(?![\p{L}\p{N}_])`, 'giu');
}

const sameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/**
 * Finds web addresses and mentions in a text without formatting.
 *
 * @param mentions the names that the text may mention. Case is ignored.
 */
export function splitText(text: string, mentions: readonly Mention[] = []): FormattedPart[] {
  const links = splitLinks(text);
  const named = mentions.filter(({ name }) => name !== '');
  if (named.length === 0 || !text.includes('@')) return links;
  const found = finder(named);
  return links.flatMap((part) => (part.href === undefined ? splitMentions(part.text, found, named) : part));
}

function splitMentions(text: string, found: RegExp, mentions: readonly Mention[]): FormattedPart[] {
  const parts: FormattedPart[] = [];
  let end = 0;
  for (const match of text.matchAll(found)) {
    const [shown] = match;
    const mention = mentions.find(({ name }) => sameName(name, shown.slice(1)));
    if (!mention) continue;
    if (match.index > end) parts.push({ text: text.slice(end, match.index) });
    parts.push({ text: shown, mention });
    end = match.index + shown.length;
  }
  if (end < text.length) parts.push({ text: text.slice(end) });
  return parts;
}
