/** The languages that there are, each loaded when it is first asked for. */
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

/** By their BCP 47 names: English, and those that are loaded. */
export const languages: readonly string[] = ['en', ...Object.keys(others)];

/**
 * The texts in `language`, whatever region it names; in English when there are none in that language. Times and numbers
 * are written as the reader's browser has it, if it has been set to a variety of that language, else as `language` says.
 *
 * @param language as BCP 47 names it
 * @param readers what the browser has been set to, the preferred one first
 * @throws when the file cannot be loaded
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
