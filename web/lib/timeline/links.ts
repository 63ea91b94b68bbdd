/** Finds the web addresses in what people write. Only `http` and `https` become links: nothing else is safe to follow. */

/** A piece of a text; those with `href` are links. Joined, the pieces' texts are the whole text again. */
export interface TextPart {
  text: string;
  /** As the browser reads the address. */
  href?: string;
}

// Controls that turn the direction of text end an address: they are used to make one look like another.
const address = /\b(?:https?:\/\/|www\.)[^\s<>"\p{Bidi_Control}]+/giu;
const pairs: Record<string, string> = { ')': '(', ']': '[', '}': '{' };

/** Splits `text` at its links. */
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

/** What ends the sentence does not belong to the address, nor does a bracket that was opened before it. */
function withoutPunctuation(found: string): string {
  // Counted once: a text of nothing but brackets must not take the square of its length.
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

function readAddress(shown: string): string | undefined {
  const url = /^www\./i.test(shown) ? `https://${shown}` : shown;
  // Something must follow: "http://" alone, or "www." at the end of a sentence, is just text.
  if (!/^\w+:\/\/[^/?#]/.test(url) || !URL.canParse(url)) return undefined;
  const { href, username, password } = new URL(url);
  // "https://bank.example@other.example" is written only to look like a place that it does not lead to.
  return username || password ? undefined : href;
}
