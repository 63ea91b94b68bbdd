import { useStrings } from '../../i18n/context.ts';
import { languageOf } from '../../i18n/languages.ts';
import { PanelTexts } from '../../i18n/site-language.svelte.ts';
import type { Strings } from '../../i18n/strings.ts';
import { en, type MessageTexts } from './en.ts';

const panel = new PanelTexts(en, {
  ar: () => import('./ar.ts'),
  de: () => import('./de.ts'),
  es: () => import('./es.ts'),
  fr: () => import('./fr.ts'),
  ja: () => import('./ja.ts'),
  pt: () => import('./pt.ts'),
});

/** The texts in the language of `strings`; in English until they are loaded. Reactive. */
export const messageTexts = ({ locale }: Pick<Strings, 'locale'>): MessageTexts =>
  panel.in(languageOf(locale));

/** Loads the texts in the language of `strings`. They stay English if that fails. */
export async function loadMessageTexts({ locale }: Pick<Strings, 'locale'>): Promise<void> {
  await panel.load(languageOf(locale)).catch(() => {});
}

/** Returns a function that reads the texts in the language of the component. */
export function useMessageTexts(): () => MessageTexts {
  const t = useStrings();
  return () => messageTexts(t());
}
