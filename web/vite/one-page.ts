/** Vite plugins that keep out of the built page what a site of one page has no use for. */
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';

const file = (name: string): string => JSON.stringify(fileURLToPath(new URL(name, import.meta.url)));

/**
 * Starts the page without SvelteKit's client-side router: 10 kB, compressed, for going to other pages, of which this
 * site has none. What is rendered, and how it is taken over in the browser, stays SvelteKit's.
 */
export function onePage(): Plugin {
  return {
    name: 'one-page',
    apply: 'build',
    enforce: 'pre',
    applyToEnvironment: ({ config }) => config.consumer === 'client',
    transform: {
      filter: {
        id: [
          /@sveltejs\/kit\/src\/runtime\/client\/entry\.js$/,
          /\.svelte-kit\/generated\/root\.js$/,
          /\.svelte-kit\/generated\/client-optimized\/app\.js$/,
        ],
      },
      handler: (code, id) => {
        if (id.endsWith('root.js'))
          return { code: `export { default } from ${file('Root.svelte')};`, map: null };
        if (id.endsWith('app.js')) return { code: withoutRouting(code), map: null };
        return { code: `export { start } from ${file('start.ts')};`, map: null };
      },
    },
  };
}

/** What SvelteKit generates for its router is no longer exported, so that bundlers drop it: all but the pages and the root. */
function withoutRouting(code: string): string {
  return code.replace(/^export (?=const (?!nodes\b))/gm, '');
}

/**
 * Puts all that the page needs at first into one file: that is 3 kB less, compressed, than the many that are split
 * off so that parts which come later can share them.
 *
 * @param page matches the module of the page; what it imports, but not what it asks for later, goes with it
 * @param later matches modules that it imports together with others and of which only what comes later makes use
 */
export function oneChunk(page: RegExp, later: RegExp): Plugin {
  const first = new Set<string>();
  return {
    name: 'one-chunk',
    apply: 'build',
    applyToEnvironment: ({ config }) => config.consumer === 'client',
    outputOptions: (options) => ({
      ...options,
      codeSplitting: { groups: [{ name: 'page', test: (id) => first.has(id) }] },
    }),
    renderStart() {
      first.clear();
      const add = (id: string): void => {
        if (first.has(id) || later.test(id)) return;
        first.add(id);
        this.getModuleInfo(id)?.importedIds.forEach(add);
      };
      for (const id of this.getModuleIds()) if (page.test(id)) add(id);
    },
  };
}
