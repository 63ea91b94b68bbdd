/** The language of the site's page. The widget's elements each have their own; see `web/widget/element.svelte.ts`. */
import { tick } from 'svelte';
import { en } from './en.ts';
import { loadStrings, preferredLanguage, type Language } from './languages.ts';

/** A visitor's choice; `auto` follows the browser's languages. */
export type LanguageChoice = 'auto' | Language;

interface Loadable {
  load(language: Language): Promise<void>;
}

let current = $state.raw({ language: 'en' as Language, strings: en });
/** The language that is shown or being loaded. */
let wanted: Language = 'en';
/** Parts of the page whose texts have been shown, and follow a change of the language. */
const panels: Loadable[] = [];

/** The texts of the page. Reactive. */
export const siteStrings = (): typeof en => current.strings;

/**
 * Shows the page in another language once its texts are loaded. If that fails, the page keeps its language.
 *
 * @param readers the browser's languages, preferred one first
 */
export async function setSiteLanguage(
  choice: LanguageChoice,
  readers: readonly string[] = navigator.languages,
): Promise<void> {
  const language = choice === 'auto' ? preferredLanguage(readers) : choice;
  wanted = language;
  try {
    const [strings] = await Promise.all([
      loadStrings(language, readers),
      ...panels.map((panel) => panel.load(language)),
    ]);
    if (wanted !== language) return;
    current = { language, strings };
  } catch {
    // Offline. The next choice, or the next visit, tries again.
    if (wanted === language) wanted = current.language;
  }
  await tick();
  const page = document.documentElement;
  page.lang = current.language;
  page.dir = current.strings.dir;
  // Set by the script in app.html, so that the texts of another language are not seen before.
  delete page.dataset['untranslated'];
}

/**
 * The texts of a part of the page that is loaded on demand, such as the settings. English is part of it; other
 * languages are separate files.
 */
export class PanelTexts<Texts> implements Loadable {
  #loaded = $state.raw<Partial<Record<Language, Texts>>>({});
  readonly #english: Texts;
  readonly #others: Readonly<Record<Exclude<Language, 'en'>, () => Promise<{ texts: Texts }>>>;

  constructor(
    english: Texts,
    others: Readonly<Record<Exclude<Language, 'en'>, () => Promise<{ texts: Texts }>>>,
  ) {
    this.#english = english;
    this.#others = others;
  }

  /** The texts in the page's language; in English if they are not loaded. Reactive. */
  get current(): Texts {
    return this.in(current.language);
  }

  /** The texts in any language; in English if they are not loaded. Reactive. */
  in(language: Language): Texts {
    return this.#loaded[language] ?? this.#english;
  }

  /** Loads the texts of the page's language. Call it before the part is shown. @throws if they cannot be loaded */
  async load(language = wanted): Promise<void> {
    if (!panels.includes(this)) panels.push(this);
    if (language === 'en' || this.#loaded[language]) return;
    const { texts } = await this.#others[language]();
    this.#loaded = { ...this.#loaded, [language]: texts };
  }
}
