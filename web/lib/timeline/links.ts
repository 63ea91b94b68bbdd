/** Finds web addresses in messages. Only `http` and `https` become links; other schemes are unsafe. */

/** A part of a text; parts with `href` are links. The parts' texts add up to the whole text. */
export interface TextPart {
  text: string;
  /** The address as the browser parses it. */
  href?: string;
}

// Bidirectional controls end an address: they can make one address look like another. A backtick ends code.
const address = /\b(?:https?:\/\/|www\.)[^\s<>"`\p{Bidi_Control}]+/giu;
const pairs: Record<string, string> = { ')': '(', ']': '[', '}': '{' };

export function splitLinks(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let end = 0;
  for (const match of text.matchAll(address)) {
    const shown = withoutPunctuation(match[0]);
    const href = readAddress(shown);
    if (href === undefined) continue;
    if (match.index > end) parts.push({ text: text.slice(end, match.index) });
    parts.push({ text: shown, href });
    end = match.index + shown.length;
  }
  if (end < text.length) parts.push({ text: text.slice(end) });
  return parts;
}

/** Removes punctuation that ends the sentence, and a closing bracket whose opening one is outside the address. */
function withoutPunctuation(found: string): string {
  // Count once: a text made only of brackets must not take quadratic time.
  const counts: Record<string, number> = {};
  const add = (character: string, more: number): number =>
    (counts[character] = (counts[character] ?? 0) + more);
  for (const character of found) add(character, 1);
  for (let end = found.length; ; end--) {
    const last = found.charAt(end - 1);
    const opening = pairs[last];
    const ends = opening ? add(last, -1) >= add(opening, 0) : /[.,;:!?'*_~…。、]/.test(last);
    if (!ends) return found.slice(0, end);
  }
}

/**
 * Reads a web address.
 *
 * @returns the address as the browser parses it, or undefined if it is not an address, or could look like another one
 */
export function readAddress(shown: string): string | undefined {
  const url = /^www\./i.test(shown) ? `https://${shown}` : shown;
  // "http://" alone, or "www." at the end of a sentence, is plain text.
  if (!/^\w+:\/\/[^/?#]/.test(url) || !URL.canParse(url)) return undefined;
  const { href, username, password } = new URL(url);
  // "https://bank.example@other.example" looks like a site it does not lead to.
  return username || password ? undefined : href;
}
