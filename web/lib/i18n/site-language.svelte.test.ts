import { afterEach, expect, it, vi } from 'vitest';
import { PanelTexts, setSiteLanguage, siteStrings } from './site-language.svelte.ts';

const page = document.documentElement;
afterEach(() => setSiteLanguage('en'));

it('shows the chosen language in its direction, or the first one of the reader’s', async () => {
  page.dataset['untranslated'] = '';
  await setSiteLanguage('ar');
  expect(page).toMatchObject({ lang: 'ar', dir: 'rtl' });
  expect(page.dataset).not.toHaveProperty('untranslated');
  await setSiteLanguage('auto', ['xx', 'fr-CA', 'de']);
  expect(page).toMatchObject({ lang: 'fr', dir: 'ltr' });
  expect(siteStrings().locale).toBe('fr-CA');
});

/** The texts of a panel, which is the language itself. */
function panelTexts() {
  const load = vi.fn((language: string) => Promise.resolve({ texts: language }));
  const of = (language: string) => () => load(language);
  const others = { ar: of('ar'), de: of('de'), es: of('es'), fr: of('fr'), ja: of('ja'), pt: of('pt') };
  return { load, panel: new PanelTexts('en', others) };
}

it('loads the texts of a panel once it is used, once for each language', async () => {
  const { load, panel } = panelTexts();
  await panel.load();
  await setSiteLanguage('de');
  expect(panel.current).toBe('de');
  expect(panel.in('fr')).toBe('en');
  await panel.load();
  await panel.load('fr');
  expect(panel.in('fr')).toBe('fr');
  expect(panel.current).toBe('de');
  expect(load.mock.calls).toEqual([['de'], ['fr']]);
  const unused = panelTexts();
  await setSiteLanguage('es');
  expect(unused.load).not.toHaveBeenCalled();
});

it('keeps its language if the texts of another one cannot be loaded', async () => {
  const { load, panel } = panelTexts();
  await panel.load();
  await setSiteLanguage('de');
  load.mockRejectedValueOnce(new Error('offline'));
  await setSiteLanguage('fr');
  expect(page.lang).toBe('de');
  expect(panel.current).toBe('de');
  // A panel that is opened now has the language of the page.
  const later = panelTexts();
  await later.panel.load();
  expect(later.load.mock.calls).toEqual([['de']]);
});

it.each(['loads', 'fails'])('shows the last choice if an earlier one %s later', async (outcome) => {
  const { load, panel } = panelTexts();
  await panel.load();
  let settle!: () => void;
  load.mockImplementationOnce(
    () =>
      new Promise((resolve, reject) => {
        settle = () => (outcome === 'loads' ? resolve({ texts: 'ja' }) : reject(new Error('offline')));
      }),
  );
  const earlier = setSiteLanguage('ja');
  await setSiteLanguage('pt');
  settle();
  await earlier;
  expect(page.lang).toBe('pt');
  expect(panel.current).toBe('pt');
  const later = panelTexts();
  await later.panel.load();
  expect(later.load.mock.calls).toEqual([['pt']]);
});
