/** Vite plugins that keep out of the built page what it has no use for. */
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';

const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/**
 * Starts the page without SvelteKit's client-side router: 10 kB, compressed, for going to other pages, of which this
 * site has none. What is rendered, and how it is taken over in the browser, stays SvelteKit's.
 */
export function onePage(): Plugin {
  return {
    name: 'one-page',
    apply: 'build',
    enforce: 'pre',
    transform: {
      filter: { id: /@sveltejs\/kit\/src\/runtime\/client\/entry\.js$/ },
      handler: () => ({ code: `export { start } from ${JSON.stringify(file('start.ts'))};`, map: null }),
    },
  };
}
