import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { emojiProblem } from '../../../spacetimedb/src/rules.ts';
import { loadEmoji, loadNamedEmoji } from './emoji-data.ts';
import { bestShortcode, byShortcode, findByName, findByShortcode, folded } from './search.ts';
import { withTone, type SkinTone } from './skin-tone.ts';

interface Original {
  readonly emoji: string;
  readonly version: number;
  readonly skins?: readonly { readonly emoji: string; readonly tone: number | readonly number[] }[];
}
const original = createRequire(import.meta.url)('emojibase-data/en/data.json') as readonly Original[];
const standard = (emoji: string): string => emoji.replace(/(\p{Emoji_Presentation})\uFE0F/gu, '$1');
const all = (await loadEmoji()).flat();

describe('the emoji', () => {
  it('are in nine groups, each once and with a shortcode', async () => {
    expect(await loadEmoji()).toHaveLength(9);
    expect(all.length).toBeGreaterThan(1_800);
    expect(new Set(all.map(({ emoji }) => emoji)).size).toBe(all.length);
    expect(all.filter(({ shortcodes }) => shortcodes.length === 0)).toEqual([]);
  });

  it('are written as the standard recommends, so that one emoji is always the same text', () => {
    const recommended = new RegExp('^\\p{RGI_Emoji}$', 'v');
    expect(all.filter(({ emoji }) => !recommended.test(emoji))).toEqual([]);
  });

  it('have the shortcodes of GitHub and Slack', () => {
    for (const [code, emoji] of [
      ['tada', '🎉'],
      ['+1', '👍'],
      ['thumbsup', '👍'],
      ['heart', '❤️'],
      ['100', '💯'],
      ['thinking', '🤔'],
      ['thinking_face', '🤔'],
      ['de', '🇩🇪'],
    ] as const) {
      expect(byShortcode(all, code)?.emoji, code).toBe(emoji);
    }
    expect(byShortcode(all, 'TADA')?.emoji).toBe('🎉');
    expect(byShortcode(all, 'tad')).toBeUndefined();
  });

  it('have the skin tones of the data where they are marked', () => {
    const toned = new Map(original.map((one) => [standard(one.emoji), one.skins ?? []]));
    for (const { emoji, hasTones } of all) {
      const skins = toned.get(emoji) ?? [];
      expect(hasTones, emoji).toBe(skins.length > 0);
      for (const tone of [1, 2, 3, 4, 5] as const satisfies SkinTone[]) {
        const expected = skins.find((skin) => [skin.tone].flat().every((one) => one === tone));
        if (hasTones) expect(withTone(emoji, tone), emoji).toBe(expected?.emoji);
        expect(emojiProblem(withTone(emoji, hasTones ? tone : 0)), emoji).toBeUndefined();
      }
      expect(withTone(emoji, 0)).toBe(emoji);
    }
  });

  it.each(['en', 'de', 'es', 'fr', 'ja', 'pt'])('all have a name in the language %s', async (language) => {
    const named = (await loadNamedEmoji(language)).flat();
    expect(named).toHaveLength(all.length);
    expect(named.filter(({ name }) => name === '')).toEqual([]);
  });

  it('have English names in a language that the data lacks', async () => {
    const names = (await loadNamedEmoji('ar')).flat().map(({ name }) => name);
    expect(names).toContain('party popper');
  });
});

describe('the search', () => {
  it('finds shortcodes that start with the text first', () => {
    const found = findByShortcode(all, 'smi');
    expect(found.map((emoji) => bestShortcode(emoji, 'smi')).slice(0, 3)).toEqual([
      'smiley',
      'smile',
      'smiling_face_with_three_hearts',
    ]);
    expect(findByShortcode(all, 'tada')[0]?.emoji).toBe('🎉');
    expect(findByShortcode(all, 'no such emoji')).toEqual([]);
  });

  it('finds a shortcode by the start of any of its words, the whole shortcode first', () => {
    const made = (...shortcodes: string[]) => ({ emoji: shortcodes.join(), shortcodes, hasTones: false });
    const [inside, word, both] = [made('surface'), made('thinking_face'), made('surface_face')];
    expect(findByShortcode([inside, word, both], 'face')).toEqual([word, both]);
    expect(
      findByShortcode([word, made('face_palm'), made('face')], 'FACE').map(({ emoji }) => emoji),
    ).toEqual(['face', 'face_palm', 'thinking_face']);
    expect(bestShortcode(made('surface', 'thinking_face', 'face_palm', 'face'), 'FACE')).toBe('face');
    expect(bestShortcode(made('smile', 'grin'), 'face')).toBe('smile');
  });

  it('ignores accents, and spaces around an emoji', async () => {
    expect(folded('Fête')).toBe('fete');
    const emoji = (await loadNamedEmoji('en')).flat();
    expect(findByName(emoji, ' 🎉 ').map(({ emoji }) => emoji)).toEqual(['🎉']);
  });

  it('finds names, shortcodes and further words in the language, in any case and without accents', async () => {
    const found = async (language: string, query: string) =>
      findByName((await loadNamedEmoji(language)).flat(), query).map(({ emoji }) => emoji);
    expect(await found('de', 'katze')).toContain('🐱');
    expect(await found('fr', 'FETE')).toContain('🎉');
    expect(await found('ja', 'ハート')).toContain('❤️');
    expect(await found('en', ':tada:')).toEqual(['🎉']);
    expect((await found('en', 'red heart'))[0]).toBe('❤️');
    // This word finds an astronaut, but is not part of its name.
    expect(await found('en', 'rocket')).toEqual(['🚀', '🧑‍🚀', '👨‍🚀', '👩‍🚀']);
    expect(await found('en', '🎉')).toEqual(['🎉']);
    expect(await found('en', 'xyzzy')).toEqual([]);
  });
});
