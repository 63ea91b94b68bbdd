/** How a person looks where there is no picture of them: a colour from their identity, a letter from their name. */

/**
 * A hue for an identity, in degrees, always the same for the same one. Identities share their first digits (a
 * version and a checksum), so all of it is hashed (FNV-1a).
 */
export function hueOf(identity: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < identity.length; i++) {
    hash = Math.imul(hash ^ identity.charCodeAt(i), 0x01000193);
  }
  return (hash >>> 0) % 360;
}

let graphemes: Intl.Segmenter | undefined;

/** The first character of a name as its reader sees it, in capitals: "É", "👩‍🚀", "א". */
export function initialOf(name: string): string {
  graphemes ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  const [first] = graphemes.segment(name.trim());
  return first?.segment.toLocaleUpperCase() ?? '';
}
