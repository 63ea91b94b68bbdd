import { PanelTexts } from '../../i18n/site-language.svelte.ts';
import { en } from './en.ts';

export const findingTexts = new PanelTexts(en, {
  ar: () => import('./ar.ts'),
  de: () => import('./de.ts'),
  es: () => import('./es.ts'),
  fr: () => import('./fr.ts'),
  ja: () => import('./ja.ts'),
  pt: () => import('./pt.ts'),
});
