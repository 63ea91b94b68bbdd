/** Avatars without pictures: a colour from the identity and a letter from the name. */

/**
 * Returns the hue of an identity in degrees, always the same for the same identity. Identities share their
 * first digits (version and checksum), so all digits are hashed (FNV-1a).
 */
export function hueOf(identity: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < identity.length; i++) {
    hash = Math.imul(hash ^ identity.charCodeAt(i), 0x01000193);
  }
  return (hash >>> 0) % 360;
}

let graphemes: Intl.Segmenter | undefined;

/** Returns the first character of a name as readers see it, in upper case: "É", "👩‍🚀", "א". */
export function initialOf(name: string): string {
  graphemes ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  const [first] = graphemes.segment(name.trim());
  return first?.segment.toLocaleUpperCase() ?? '';
}
