/** A Vite plugin that reduces the package `emojibase-data` to what the chat needs. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Plugin } from 'vite';

const PREFIX = 'virtual:emoji/';
const require = createRequire(import.meta.url);
const DATA = path.dirname(require.resolve('emojibase-data/package.json'));

/** The parts of the package's records that are used. */
interface Emoji {
  readonly emoji: string;
  readonly hexcode: string;
  /** The English name. */
  readonly label: string;
  readonly group?: number;
  readonly order?: number;
  /** The emoji version that introduced it. */
  readonly version: number;
  readonly skins?: readonly unknown[];
}
type Shortcodes = Readonly<Record<string, string | readonly string[]>>;
type Names = readonly {
  readonly hexcode: string;
  readonly label: string;
  readonly tags?: readonly string[];
}[];

/** Older systems have no glyphs for newer emoji. This version came with Android 15, iOS 17.4 and Windows 11 24H2. */
const NEWEST = 15.1;
/** The group of hair and skin tones, which are not used alone. */
const COMPONENTS = 2;

/** Keyboards leave out this selector after characters that are emoji without it, and the standard does, too. */
const redundant = /(\p{Emoji_Presentation})\uFE0F/gu;

async function read<T>(file: string): Promise<T> {
  return JSON.parse(await readFile(path.join(DATA, `${file}.json`), 'utf8')) as T;
}

/** The emoji to offer, in their usual order. */
async function offered(): Promise<Emoji[]> {
  const all = await read<Emoji[]>('en/data');
  return all
    .filter(({ group, version }) => group !== undefined && group !== COMPONENTS && version <= NEWEST)
    .sort((a, b) => (a.order ?? 0) - (b.order ?? 0));
}

/**
 * Returns the emoji of each group as `emoji shortcode…`, with a `*` after an emoji that has skin tones. The shortcodes
 * are those of GitHub, then those of Slack that differ.
 */
async function groups(): Promise<string[][]> {
  const [emoji, ...sets] = await Promise.all([
    offered(),
    ...['github', 'iamcal', 'emojibase'].map((set) => read<Shortcodes>(`en/shortcodes/${set}`)),
  ]);
  const groups: string[][] = [];
  for (const { emoji: character, hexcode, group = 0, skins } of emoji) {
    const [github = [], slack = [], own = []] = sets.map((set) => [set[hexcode] ?? []].flat());
    const codes = new Set([...github, ...(slack.length > 0 ? slack : own)]);
    const standard = character.replace(redundant, '$1');
    (groups[group] ??= []).push([standard + (skins ? '*' : ''), ...codes].join(' '));
  }
  return groups.filter((group) => group !== undefined);
}

/** Returns the name of each emoji and, after a `|`, further words to find it by. */
async function names(language: string): Promise<string[]> {
  const [emoji, translated] = await Promise.all([offered(), read<Names>(`${language}/compact`)]);
  const known = new Map(translated.map((one) => [one.hexcode, one]));
  return emoji.map(({ hexcode, label: english }) => {
    const { label = english, tags = [] } = known.get(hexcode) ?? {};
    const named = label.toLowerCase();
    const words = new Set(tags.flatMap((tag) => tag.toLowerCase().split(' ')));
    return [label, [...words].filter((word) => !named.includes(word)).join(' ')].filter(Boolean).join('|');
  });
}

/** Provides `virtual:emoji/groups` and, for each language that emojibase has, `virtual:emoji/names/LANGUAGE`. */
export function emojiData(): Plugin {
  return {
    name: 'emoji-data',
    resolveId: (id) => (id.startsWith(PREFIX) ? `\0${id}` : undefined),
    async load(id) {
      if (!id.startsWith(`\0${PREFIX}`)) return undefined;
      const [part, language = ''] = id.slice(PREFIX.length + 1).split('/');
      const data = part === 'groups' ? await groups() : await names(language);
      return { code: `export default ${JSON.stringify(data)};`, map: null };
    },
  };
}
