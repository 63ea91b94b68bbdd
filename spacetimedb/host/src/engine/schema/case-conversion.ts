/**
 * Converts the case of names like the real server and its code generator: the crate `convert_case` 0.6 with its
 * default word boundaries, which also split between letters and digits (`player1` becomes `player_1`).
 */

export type LetterCase = 'snake' | 'camel' | 'pascal';

/** Converts a name. Underscores, hyphens and spaces only separate words, so leading and repeated ones disappear. */
export function toCase(name: string, letterCase: LetterCase): string {
  const words = splitWords(name);
  switch (letterCase) {
    case 'snake':
      return words.map((word) => word.toLowerCase()).join('_');
    case 'camel':
      return words.map((word, i) => (i === 0 ? word.toLowerCase() : capitalize(word))).join('');
    case 'pascal':
      return words.map(capitalize).join('');
  }
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** The segmenter is slow, and a module has hundreds of names, nearly all of them in ASCII. */
function lettersOf(name: string): string[] {
  if (/^\w*$/.test(name)) return [...name];
  return Array.from(graphemes.segment(name), ({ segment }) => segment);
}

function splitWords(name: string): string[] {
  const letters = lettersOf(name);
  const kinds = letters.map(kindOf);
  const words: string[] = [];
  let word = '';
  letters.forEach((letter, i) => {
    const kind = kinds[i];
    if (kind === 'separator' || startsWord(kinds[i - 1], kind, kinds[i + 1])) {
      words.push(word);
      word = '';
    }
    if (kind !== 'separator') word += letter;
  });
  words.push(word);
  return words.filter((candidate) => candidate !== '');
}

type Kind = 'separator' | 'digit' | 'upper' | 'lower' | 'caseless';

function kindOf(letter: string): Kind {
  if (letter === '_' || letter === '-' || letter === ' ') return 'separator';
  if (/^[0-9]+$/.test(letter)) return 'digit';
  const upper = letter.toUpperCase();
  const lower = letter.toLowerCase();
  if (upper === lower) return 'caseless';
  if (letter === upper) return 'upper';
  return letter === lower ? 'lower' : 'caseless';
}

/** Does a word start at `here`, given its neighbours? */
function startsWord(before: Kind | undefined, here: Kind | undefined, after: Kind | undefined): boolean {
  if (here === 'digit') return before === 'upper' || before === 'lower';
  if (before === 'digit') return here === 'upper' || here === 'lower';
  if (here !== 'upper') return false;
  // `aB`, or the end of an acronym: `HTTPRequest` is `HTTP`, `Request`.
  return before === 'lower' || (before === 'upper' && after === 'lower');
}

function capitalize(word: string): string {
  const [first = ''] = word;
  return first.toUpperCase() + word.slice(first.length).toLowerCase();
}
