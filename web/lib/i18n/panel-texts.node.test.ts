import { describe, expect, it } from 'vitest';
import { texts as emoji } from '../emoji/texts/en.ts';
import { en as finding } from '../finding/texts/en.ts';
import { en as messages } from '../message-menu/texts/en.ts';
import { en as moderation } from '../moderation/texts/en.ts';
import { en as settings } from '../settings/texts/en.ts';
import { languages } from './languages.ts';
import { pieces } from './strings.ts';

const panels = { settings, moderation, emoji, finding, 'message-menu': messages };
type Panel = keyof typeof panels;

const files = import.meta.glob<{ texts: object }>(
  '../{settings,moderation,emoji,finding,message-menu}/texts/??.ts',
);
const others = languages.filter((language) => language !== 'en');

/** Returns every text with its path. Parameters are their own names, in angle brackets. */
function textsOf(texts: object, path = ''): [string, string][] {
  return Object.entries(texts).flatMap(([key, value]: [string, unknown]): [string, string][] => {
    const at = `${path}${key}`;
    if (typeof value === 'object' && value !== null) return textsOf(value, `${at}.`);
    if (typeof value !== 'function') return [[at, String(value)]];
    const names = Array.from({ length: value.length }, (_, index) => `<${index}>`);
    return [[at, String((value as (...of: string[]) => unknown)(...names))]];
  });
}

const marks = (text: string): string[] => pieces(text).filter((_, index) => index % 2 === 1);
/** A placeholder is one word; anything longer is a part of the sentence that is set in bold or grey. */
const isPlaceholder = (mark: string): boolean => /^[a-z]+$/.test(mark);

describe.each(Object.keys(panels) as Panel[])('the texts of the %s', (panel) => {
  it.each(others)('keep their placeholders, parameters and emphasis: %s', async (language) => {
    const load = files[`../${panel}/texts/${language}.ts`];
    const { texts } = (await load?.()) ?? { texts: {} };
    const translated = new Map(textsOf(texts));
    const english = textsOf(panels[panel]);
    expect([...translated.keys()]).toEqual(english.map(([key]) => key));
    for (const [key, text] of english) {
      const translation = translated.get(key) ?? '';
      expect(translation.trim(), key).not.toBe('');
      expect(translation.trim(), key).toBe(translation);
      expect(marks(translation), key).toHaveLength(marks(text).length);
      const names = (of: string): string[] => marks(of).filter(isPlaceholder).sort();
      expect(names(translation), key).toEqual(names(text));
      const parameters = (of: string): string[] => (of.match(/<\d>/g) ?? []).sort();
      expect(parameters(translation), key).toEqual(parameters(text));
    }
  });
});
