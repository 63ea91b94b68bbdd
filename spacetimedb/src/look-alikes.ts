/**
 * How names look, following Unicode Technical Standard #39 (confusable detection). Separate from `rules.ts` because the
 * page does not need its table of 6,000 characters.
 */
import unhomoglyph from 'unhomoglyph';
import { ADJECTIVES, ANIMALS } from './guest-names.ts';
import { nameKey, normalizeName } from './rules.ts';

/** The skeleton of UTS #39: equal for texts that look the same in many fonts. */
function skeleton(text: string): string {
  return unhomoglyph(text.normalize('NFD')).normalize('NFD');
}

/**
 * Two keys for a name. An impostor's name shares at least one of them with the name it imitates, such as `Admin` with
 * a Cyrillic A, or `BiII` for `Bill`. Names are compared as written and in lower case, because a capital I looks like
 * a small l, but a small i does not.
 */
export function nameLooks(name: string): readonly [asWritten: string, inLowerCase: string] {
  const written = skeleton(normalizeName(name.normalize('NFKC')));
  // Twice, because the skeleton of the digit 0 is a capital O.
  const lower = skeleton(skeleton(nameKey(name).toLowerCase()).toLowerCase());
  return [`written ${written}`, `lower ${lower}`];
}

type Looks = readonly [asWritten: ReadonlySet<string>, inLowerCase: ReadonlySet<string>];

/** The look keys of the words of guest names, computed on first use. */
let guestWords: { readonly adjectives: Looks; readonly animals: Looks } | undefined;

function looksOf(words: readonly string[]): Looks {
  const looks = words.map(nameLooks);
  return [new Set(looks.map(([written]) => written)), new Set(looks.map(([, lower]) => lower))];
}

/** Could readers take this name for a guest name? */
export function looksLikeGuest(name: string): boolean {
  const [first, second, ...more] = normalizeName(name.normalize('NFKC')).split(' ');
  if (first === undefined || second === undefined || more.length > 0) return false;
  const { adjectives, animals } = (guestWords ??= {
    adjectives: looksOf(ADJECTIVES),
    animals: looksOf(ANIMALS),
  });
  const [adjective, animal] = [nameLooks(first), nameLooks(second)];
  return ([0, 1] as const).some((n) => adjectives[n].has(adjective[n]) && animals[n].has(animal[n]));
}
