/** Marks the words of a search in the messages that were found. */
import { searchKey, searchWords } from '../../../spacetimedb/src/search-text.ts';

/** A piece of a text, in order. */
export interface MarkedPart {
  readonly text: string;
  readonly isMatch: boolean;
}

/** How many characters of a long message are shown before its first match. */
const BEFORE = 40;
/** How many characters of a message are shown; the page cuts off what does not fit. */
const SHOWN = 300;

/**
 * Splits a text at the searched words, compared like on the server: ignoring case and accents.
 *
 * @param sought the text of the search field
 */
export function markWords(text: string, sought: string): MarkedPart[] {
  const { key, starts } = keyOf(text);
  const isMarked = new Array<boolean>(key.length).fill(false);
  for (const word of searchWords(sought)) {
    for (let at = key.indexOf(word); at >= 0; at = key.indexOf(word, at + word.length)) {
      isMarked.fill(true, at, at + word.length);
    }
  }
  const parts: { text: string; isMatch: boolean }[] = [];
  let from = 0;
  for (let at = 0; at < key.length;) {
    const isMatch = isMarked[at] === true;
    while (isMarked[at] === isMatch) at++;
    const to = starts[at] ?? text.length;
    // A letter such as “ß” becomes two letters in the key, and only one of them may match.
    if (to > from) parts.push({ text: text.slice(from, to), isMatch });
    from = Math.max(from, to);
  }
  return parts.length > 0 ? parts : [{ text, isMatch: false }];
}

/** Cuts a marked text so that its first match is near the beginning. */
export function excerpt(parts: readonly MarkedPart[]): MarkedPart[] {
  const [first, ...rest] = parts;
  if (!first) return [];
  const isCut = !first.isMatch && rest.length > 0 && first.text.length > BEFORE * 2;
  const begun = isCut ? [{ text: `…${endOf(first.text)}`, isMatch: false }, ...rest] : parts;
  let left = SHOWN;
  return begun.flatMap(({ text, isMatch }) => {
    const shown = text.slice(0, Math.max(0, left));
    left -= text.length;
    return shown === '' ? [] : [{ text: shown, isMatch }];
  });
}

/** The end of a text, starting at a word if possible. */
function endOf(text: string): string {
  const end = text.slice(-BEFORE);
  const space = end.search(/\s/);
  return space >= 0 ? end.slice(space + 1) : end;
}

/** The key of a text and, for each of its characters, the index of the original letter. */
function keyOf(text: string): { key: string; starts: number[] } {
  let key = '';
  const starts: number[] = [];
  let at = 0;
  for (const letter of text) {
    const one = searchKey(letter);
    for (let index = 0; index < one.length; index++) starts.push(at);
    key += one;
    at += letter.length;
  }
  return { key, starts };
}
