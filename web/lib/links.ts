/** Finds the web addresses in what people write. Only `http` and `https` become links: nothing else is safe to follow. */

/** A piece of a text; those with `href` are links. Joined, the pieces' texts are the whole text again. */
export interface TextPart {
  text: string;
  /** As the browser reads the address. */
  href?: string;
}

// Controls that turn the direction of text end an address: they are used to make one look like another.
const address = /\b(?:https?:\/\/|www\.)[^\s<>"\u202a-\u202e\u2066-\u2069]+/gi;
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
  let shown = found;
  for (;;) {
    const last = shown.charAt(shown.length - 1);
    const opening = pairs[last];
    const ends = opening ? count(shown, last) > count(shown, opening) : /[.,;:!?'*_~…。、]/.test(last);
    if (!ends) return shown;
    shown = shown.slice(0, -1);
  }
}

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}

function readAddress(shown: string): string | undefined {
  const url = /^www\./i.test(shown) ? `https://${shown}` : shown;
  // Something must follow: "http://" alone, or "www." at the end of a sentence, is just text.
  return /^https?:\/\/[^/?#]/i.test(url) && URL.canParse(url) ? new URL(url).href : undefined;
}
