/** Finds emoji by what someone types. */
import type { Emoji, NamedEmoji } from './emoji-data.ts';

/** Returns a text in lower case and without accents, for comparison. */
export function folded(text: string): string {
  return text.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '');
}

/**
 * How well a text matches: 0 if it equals the query, 1 if it starts with it, 2 if one of its words does, 3 if it
 * contains it; `undefined` if it does not match.
 */
function rankOf(text: string, sought: string): number | undefined {
  const at = text.indexOf(sought);
  if (at < 0) return undefined;
  if (at === 0) return text.length === sought.length ? 0 : 1;
  for (let start = at; start > 0; start = text.indexOf(sought, start + 1)) {
    if (!/[\p{L}\p{N}]/u.test(text[start - 1] ?? '')) return 2;
  }
  return 3;
}

/** Returns the values with a rank, the lowest rank first and otherwise in the given order. */
function ranked<T>(values: Iterable<T>, rank: (value: T) => number | undefined): T[] {
  const found: { value: T; rank: number }[] = [];
  for (const value of values) {
    const place = rank(value);
    if (place !== undefined) found.push({ value, rank: place });
  }
  return found.sort((a, b) => a.rank - b.rank).map(({ value }) => value);
}

const best = (ranks: readonly (number | undefined)[]): number | undefined => {
  const known = ranks.filter((rank) => rank !== undefined);
  return known.length > 0 ? Math.min(...known) : undefined;
};

/** Returns the emoji with a shortcode that has a word starting with `query`, best match first. */
export function findByShortcode(emoji: Iterable<Emoji>, query: string): Emoji[] {
  const sought = query.toLowerCase();
  return ranked(emoji, ({ shortcodes }) => {
    const rank = best(shortcodes.map((code) => rankOf(code, sought)));
    return rank === 3 ? undefined : rank;
  });
}

/** Returns the shortcode of an emoji that matches `query` best. */
export function bestShortcode({ shortcodes }: Emoji, query: string): string {
  const sought = query.toLowerCase();
  return ranked(shortcodes, (code) => rankOf(code, sought))[0] ?? shortcodes[0] ?? '';
}

/** Returns the emoji with exactly this shortcode. */
export function byShortcode(emoji: Iterable<Emoji>, code: string): Emoji | undefined {
  const sought = code.toLowerCase();
  for (const one of emoji) if (one.shortcodes.includes(sought)) return one;
  return undefined;
}

/** Added to the rank of a match among the further words, which are less like the emoji than its names. */
const FURTHER = 4;

interface Texts {
  readonly names: readonly string[];
  readonly further: readonly string[];
}
const texts = new WeakMap<NamedEmoji, Texts>();

function textsOf(emoji: NamedEmoji): Texts {
  let known = texts.get(emoji);
  if (!known) {
    known = {
      names: [folded(emoji.name), ...emoji.shortcodes],
      further: folded(emoji.words).split(' '),
    };
    texts.set(emoji, known);
  }
  return known;
}

function rankOfWord(emoji: NamedEmoji, word: string): number | undefined {
  const { names, further } = textsOf(emoji);
  const byName = best(names.map((name) => rankOf(name, word)));
  const byFurther = best(further.map((text) => rankOf(text, word)));
  return best([byName, byFurther === undefined ? undefined : byFurther + FURTHER]);
}

/** Returns the emoji that match every word of `query` by name, shortcode or further words, best match first. */
export function findByName(emoji: Iterable<NamedEmoji>, query: string): NamedEmoji[] {
  const sought = folded(query).replaceAll(':', '').split(/\s+/).filter(Boolean);
  return ranked(emoji, (one) => {
    if (one.emoji === query.trim()) return 0;
    const ranks = sought.map((word) => rankOfWord(one, word));
    return ranks.includes(undefined) ? undefined : ranks.reduce<number>((sum, rank) => sum + (rank ?? 0), 0);
  });
}
