import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { en } from './en.ts';
import { languageNames, languageOf, languages, loadStrings, preferredLanguage } from './languages.ts';
import { pieces, type Strings } from './strings.ts';

/** Texts that are the same as in English, or have no words. */
const mayBeEnglish: Readonly<Record<string, readonly (keyof Strings)[]>> = {
  de: ['isOffline', 'online', 'offline', 'chat', 'emoji'],
  es: ['chat', 'emoji'],
  fr: ['messages', 'message', 'chat', 'emoji', 'suggestions'],
  pt: ['online', 'offline', 'chat', 'emoji'],
};

/** Returns every text of a language. Functions are called with `parameters`. */
function texts(strings: Strings, parameters: readonly unknown[]): [keyof Strings, string][] {
  return (Object.entries(strings) as [keyof Strings, unknown][]).flatMap(([key, value]) => {
    if (key === 'locale' || key === 'dir' || key === 'translated') return [];
    const text: unknown =
      typeof value === 'function' ? (value as (...of: unknown[]) => unknown)(...parameters) : value;
    expect(text, key).toBeTypeOf('string');
    return [[key, text as string]];
  });
}

describe.each(languages)('%s', (language) => {
  it('translates every text', async () => {
    const strings = await loadStrings(language, []);
    expect(Object.keys(strings).sort()).toEqual(Object.keys(en).sort());
    const english = new Map(texts(en, [7, 'x']));
    for (const [key, text] of texts(strings, [7, 'x'])) {
      expect(text.trim(), key).toBe(text);
      expect(text, key).not.toBe('');
      if (language === 'en' || mayBeEnglish[language]?.includes(key)) continue;
      expect(text, key).not.toBe(english.get(key));
    }
  });

  it('uses every parameter', async () => {
    const strings = await loadStrings(language, []);
    const word = fc.stringMatching(/^[a-z]{3,12}$/);
    fc.assert(
      fc.property(word, word, (one, two) => {
        for (const key of [
          'refusedMore',
          'unreachable',
          'lost',
          'failed',
          'nobody',
          'nameTaken',
          'sendsLater',
          'beginningOf',
          'memberSince',
          'noServerMore',
        ] as const) {
          expect(strings[key](one)).toContain(one);
        }
        expect(strings.noDatabaseMore(one, two)).toContain(one);
        expect(strings.noDatabaseMore(one, two)).toContain(two);
        expect(strings.muted(one)).toContain(one);
      }),
    );
    for (const key of ['nextTry', 'showMore'] as const) expect(strings[key](41)).toContain('41');
  });

  it('keeps the placeholders', async () => {
    const strings = await loadStrings(language, []);
    const marks = (text: string) => pieces(text).filter((_, index) => index % 2 === 1);
    for (const key of ['writingAs', 'tryName', 'joined', 'left'] as const)
      expect(marks(strings[key])).toEqual(['name']);
    expect(marks(strings.reason)).toEqual(['reason']);
    expect(marks(strings.renamed).sort()).toEqual(['name', 'was']);
    expect(marks(strings.keys)).toHaveLength(2);
  });

  it('uses the right plural forms', async () => {
    const strings = await loadStrings(language, []);
    const rules = new Intl.PluralRules(language);
    const numbers = new Intl.NumberFormat(language);
    /** The text of a number, without the number. */
    const form = (say: (count: number) => string, count: number) =>
      say(count).replace(numbers.format(count), '#').replace(String(count), '#');
    for (const say of [strings.unread, strings.charactersLeft, strings.charactersOver, strings.showAll]) {
      const forms = new Map<string, string>();
      for (let count = 0; count < 300; count++) {
        const category = rules.select(count);
        const known = forms.get(category) ?? form(say, count);
        forms.set(category, known);
        // Zero and one may be written as words.
        if (known.includes('#')) expect(form(say, count), `${category} ${count}`).toBe(known);
      }
    }
    const unread = new Set([...Array(300).keys()].map((count) => form(strings.unread, count)));
    const expected: Record<string, number> = { ja: 1, ar: 5 };
    expect(unread.size).toBe(expected[language] ?? 2);
  });

  it('has the right text direction', async () => {
    expect((await loadStrings(language, [])).dir).toBe(language === 'ar' ? 'rtl' : 'ltr');
  });
});

it('falls back from a region to its language, and to English for an unknown one', async () => {
  expect((await loadStrings('de-AT', [])).send).toBe('Senden');
  expect((await loadStrings('PT_br', [])).send).toBe('Enviar');
  expect((await loadStrings('tlh', [])).send).toBe('Send');
  expect((await loadStrings('', [])).send).toBe('Send');
});

it("formats times like the reader's browser if it has the same language, otherwise like the language", async () => {
  expect((await loadStrings('de', ['en-GB', 'de-CH'])).locale).toBe('de-CH');
  expect((await loadStrings('de', ['fr'])).locale).toBe('de');
  expect((await loadStrings('de-AT', ['de-CH'])).locale).toBe('de-AT');
  expect((await loadStrings('tlh', ['en-GB'])).locale).toBe('en-GB');
});

it("the reader's first language that the chat speaks is chosen, whatever the region", () => {
  expect(preferredLanguage(['nl', 'pt-BR', 'de'])).toBe('pt');
  expect(preferredLanguage(['DE-at', 'en'])).toBe('de');
  expect(preferredLanguage(['nl', 'toString'])).toBe('en');
  expect(preferredLanguage([])).toBe('en');
});

it('English in the reader’s region replaces a language that the chat does not have', async () => {
  expect((await loadStrings('xx-YY', ['de', 'en-GB'])).locale).toBe('en-GB');
});

it.each([
  ['pt-BR', 'pt'],
  ['xx', 'en'],
  [undefined, 'en'],
])('the language of the locale %s is %s', (locale, language) => expect(languageOf(locale)).toBe(language));

it('every language is offered by its own name', () => {
  for (const language of languages) {
    const own = new Intl.DisplayNames(language, { type: 'language' }).of(language) ?? '';
    expect(languageNames[language].toLocaleLowerCase(language)).toBe(own.toLocaleLowerCase(language));
  }
});

it('the script in app.html chooses among the same languages before the page is loaded', () => {
  const html = readFileSync(new URL('../../app.html', import.meta.url), 'utf8');
  const [, list = ''] = /const spoken = '([^']+)'/.exec(html) ?? [];
  expect(list.split(' ')).toEqual(languages);
});
