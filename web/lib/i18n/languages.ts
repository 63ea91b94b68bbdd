/** The available languages, each loaded on demand. */
import { en } from './en.ts';
import type { Strings, Translation } from './strings.ts';

/** The languages with their own names, in display order. */
export const languageNames = {
  en: 'English',
  de: 'Deutsch',
  fr: 'Français',
  es: 'Español',
  pt: 'Português',
  ja: '日本語',
  ar: 'العربية',
} as const;

/** BCP 47 tag of a language that the chat speaks. */
export type Language = keyof typeof languageNames;

const others: Readonly<Record<Exclude<Language, 'en'>, () => Promise<{ strings: Translation }>>> = {
  ar: () => import('./ar.ts'),
  de: () => import('./de.ts'),
  es: () => import('./es.ts'),
  fr: () => import('./fr.ts'),
  ja: () => import('./ja.ts'),
  pt: () => import('./pt.ts'),
};

export const languages = Object.keys(languageNames) as readonly Language[];

/** Returns the first of the reader's languages that the chat speaks, or English. */
export function preferredLanguage(readers: readonly string[] = navigator.languages): Language {
  return readers.map(baseOf).find(isSpoken) ?? 'en';
}

function isSpoken(language: string): language is Language {
  return Object.hasOwn(languageNames, language);
}

/**
 * Loads the texts of `language` in any region, or English if there are none. Times and numbers follow the
 * reader's regional variant of that language if the browser is set to one, otherwise `language`.
 *
 * @param language a BCP 47 tag
 * @param readers the browser's languages, preferred one first
 * @throws if the file cannot be loaded
 */
export async function loadStrings(
  language: string,
  readers: readonly string[] = navigator.languages,
): Promise<Strings> {
  const base = baseOf(language);
  const strings: Strings = isSpoken(base) && base !== 'en' ? (await others[base]()).strings : en;
  const spoken = strings === en ? 'en' : base;
  const named = spoken === base && language.length > base.length ? language : undefined;
  return { ...strings, locale: named ?? readers.find((reader) => baseOf(reader) === spoken) ?? spoken };
}

/** Returns the language of a locale, or English if the chat does not speak it. */
export function languageOf(locale: string | undefined): Language {
  const base = baseOf(locale ?? 'en');
  return isSpoken(base) ? base : 'en';
}

/** The language of a tag without its region: `pt` of `pt-BR`. */
function baseOf(language: string): string {
  return (language.split(/[-_]/)[0] ?? '').toLowerCase();
}
