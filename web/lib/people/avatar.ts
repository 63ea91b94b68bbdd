/** Avatars without pictures: a colour from the identity and a letter from the name. */

/**
 * Hues in degrees that are easy to tell apart at the lightness and chroma of `.person` in `tokens.css`: at least
 * 0.055 apart in OKLab, in both themes.
 */
export const hues = [20, 55, 90, 130, 165, 200, 240, 275, 310, 345] as const;

const assigned = new Map<string, number>();
const uses = hues.map(() => 0);

/**
 * Returns the hue of a person in degrees, the same until the page is closed. Each person prefers a hue by their
 * identity, but no hue is used again before all others are: people who appear together look different.
 */
export function hueOf(identity: string): number {
  const known = assigned.get(identity);
  if (known !== undefined) return known;
  const preferred = hash(identity) % hues.length;
  const least = Math.min(...uses);
  let index = preferred;
  while (uses[index] !== least) index = (index + 1) % hues.length;
  uses[index] = least + 1;
  const hue = hues[index] as number;
  assigned.set(identity, hue);
  return hue;
}

/** FNV-1a of all digits: identities share their first ones, which are a version and a checksum. */
function hash(identity: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < identity.length; i++) {
    hash = Math.imul(hash ^ identity.charCodeAt(i), 0x01000193);
  }
  return hash >>> 0;
}

let graphemes: Intl.Segmenter | undefined;

/** Returns the first character of a name as readers see it, in upper case: "É", "👩‍🚀", "א". */
export function initialOf(name: string): string {
  graphemes ??= new Intl.Segmenter();
  const [first] = graphemes.segment(name.trim());
  return first?.segment.toLocaleUpperCase() ?? '';
}
