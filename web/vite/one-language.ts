/** A Vite plugin for pages that speak one language only. */
import type { Plugin } from 'vite';
import type { Strings } from '../lib/strings/strings.ts';

/**
 * Puts each text where it is shown, in place of the dictionary and the way to it: that is 1.5 kB less, compressed, than
 * being able to speak several.
 *
 * What it goes by: components have their texts from `t()`, which is `useStrings()`, and helpers from a parameter `t`;
 * both ask for each by its name, as in `t().send`.
 *
 * @param strings the texts; those that are functions use nothing but their parameters
 */
export function oneLanguage(strings: Strings): Plugin {
  const inPlace = (name: string): string => {
    if (!(name in strings)) throw new Error(`There is no text called ${name}.`);
    const text = strings[name as keyof Strings];
    return typeof text === 'function' ? `(${String(text)})` : `(${JSON.stringify(text) ?? 'undefined'})`;
  };
  return {
    name: 'one-language',
    apply: 'build',
    enforce: 'pre',
    transform: {
      filter: { id: /\/web\/lib\/[^?]+\.(?:svelte|ts)$/ },
      handler(code, id) {
        if (id.endsWith('/strings/en.ts')) return { code: 'export const en = undefined;', map: null };
        if (id.endsWith('/strings/context.ts')) {
          return { code: 'export const useStrings = () => undefined;', map: null };
        }
        if (!/\/strings\/(?:en|context|strings)\.ts'/.test(code)) return undefined;
        const placed = code.replace(/\bt(?:\(\))?\.(\w+)/g, (_, name: string) => inPlace(name));
        if (/\bt\(\)\s*\[/.test(placed)) throw new Error(`${id} does not name the text that it shows.`);
        return { code: placed.replace(/\bt\(\)/g, 'undefined'), map: null };
      },
    },
  };
}
