/** The available languages, each loaded on demand. */
import { en } from './en.ts';
import type { Strings } from './strings.ts';

const others: Readonly<Record<string, () => Promise<{ strings: Strings }>>> = {
  ar: () => import('./ar.ts'),
  de: () => import('./de.ts'),
  es: () => import('./es.ts'),
  fr: () => import('./fr.ts'),
  ja: () => import('./ja.ts'),
  pt: () => import('./pt.ts'),
};

/** BCP 47 tags of all languages. */
export const languages: readonly string[] = ['en', ...Object.keys(others)];

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
  const strings = (await others[base]?.())?.strings ?? en;
  const spoken = strings === en ? 'en' : base;
  const named = spoken === base && language.length > base.length ? language : undefined;
  return { ...strings, locale: named ?? readers.find((reader) => baseOf(reader) === spoken) ?? spoken };
}

function baseOf(language: string): string {
  return (language.split(/[-_]/)[0] ?? '').toLowerCase();
}
