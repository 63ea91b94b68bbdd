/** The emoji with their shortcodes and names, loaded on demand. */

export interface Emoji {
  /** Without a skin tone. */
  readonly emoji: string;
  /** Without colons, such as `tada`. The first one is the usual one. */
  readonly shortcodes: readonly string[];
  readonly hasTones: boolean;
}

export interface NamedEmoji extends Emoji {
  /** In the reader's language, or in English if there is no translation. */
  readonly name: string;
  /** Further words to find it by. */
  readonly words: string;
}

const languages: Readonly<Record<string, () => Promise<{ default: readonly string[] }>>> = {
  en: () => import('virtual:emoji/names/en'),
  de: () => import('virtual:emoji/names/de'),
  es: () => import('virtual:emoji/names/es'),
  fr: () => import('virtual:emoji/names/fr'),
  ja: () => import('virtual:emoji/names/ja'),
  pt: () => import('virtual:emoji/names/pt'),
};

let loaded: Promise<readonly (readonly Emoji[])[]> | undefined;
const named = new Map<string, Promise<readonly (readonly NamedEmoji[])[]>>();

/** Loads the emoji by group, in the order of `EmojiTexts.groups`. @throws if the file cannot be loaded */
export function loadEmoji(): Promise<readonly (readonly Emoji[])[]> {
  loaded ??= import('virtual:emoji/groups').then(({ default: groups }) =>
    groups.map((group) => group.map(parse)),
  );
  // The next call tries again.
  loaded.catch(() => (loaded = undefined));
  return loaded;
}

/**
 * Loads the emoji by group with their names.
 *
 * @param language a BCP 47 tag without region
 * @throws if a file cannot be loaded
 */
export function loadNamedEmoji(language: string): Promise<readonly (readonly NamedEmoji[])[]> {
  const spoken = Object.hasOwn(languages, language) ? language : 'en';
  let promise = named.get(spoken);
  if (!promise) {
    named.set(spoken, (promise = withNames(spoken)));
    promise.catch(() => named.delete(spoken));
  }
  return promise;
}

async function withNames(language: string): Promise<readonly (readonly NamedEmoji[])[]> {
  const [groups, names] = await Promise.all([loadEmoji(), languages[language]?.()]);
  let index = 0;
  return groups.map((group) =>
    group.map((emoji) => {
      const [name = '', words = ''] = names?.default[index++]?.split('|') ?? [];
      return { ...emoji, name, words };
    }),
  );
}

function parse(line: string): Emoji {
  const [emoji = '', ...shortcodes] = line.split(' ');
  const hasTones = emoji.endsWith('*');
  return { emoji: hasTones ? emoji.slice(0, -1) : emoji, shortcodes, hasTones };
}
