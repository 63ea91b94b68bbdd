/**
 * What names look like, after Unicode Technical Standard #39 (confusable detection). Apart from `rules.ts`, since the
 * page does not need its table of 6,000 characters.
 */
import unhomoglyph from 'unhomoglyph';
import { nameKey, normalizeName } from './rules.ts';

/** The skeleton of UTS #39: the same for texts that look the same in many fonts. */
function skeleton(text: string): string {
  return unhomoglyph(text.normalize('NFD')).normalize('NFD');
}

/**
 * Two texts of which an impostor's name has at least one in common with the name it imitates: `Admin` with a Cyrillic A,
 * or `BiII` for `Bill`. Names that differ only in case are compared as they are written and in lower case, because a
 * capital I looks like a small l, and a small i does not.
 */
export function nameLooks(name: string): readonly [asWritten: string, inLowerCase: string] {
  const written = skeleton(normalizeName(name.normalize('NFKC')));
  // Twice: the skeleton of the digit 0 is a capital O.
  const lower = skeleton(skeleton(nameKey(name).toLowerCase()).toLowerCase());
  return [`written ${written}`, `lower ${lower}`];
}
