import { texts as english, type EmojiTexts } from './en.ts';

const others: Readonly<Record<string, () => Promise<{ texts: EmojiTexts }>>> = {
  ar: () => import('./ar.ts'),
  de: () => import('./de.ts'),
  es: () => import('./es.ts'),
  fr: () => import('./fr.ts'),
  ja: () => import('./ja.ts'),
  pt: () => import('./pt.ts'),
};

/** Loads the picker's texts. @param language a BCP 47 tag without region @throws if the file cannot be loaded */
export async function loadEmojiTexts(language: string): Promise<EmojiTexts> {
  return Object.hasOwn(others, language) ? ((await others[language]?.())?.texts ?? english) : english;
}
