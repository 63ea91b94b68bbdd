/**
 * A Vite plugin that keeps out of a bundle what Svelte's runtime has for other pages than ours: ours are made of components
 * with runes, which are mounted and never hydrated, and none of which waits for something or catches errors of others.
 *
 * Svelte's modules stay as they are. In place of some of their exports others are found, from which bundlers can tell what
 * is never reached; Svelte's own are written with that in mind.
 */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Plugin } from 'vite';

/** By module of Svelte's sources: what is exported in place of that of the same name. */
export const standIns: Readonly<Record<string, string>> = {
  'internal/flags/index.js': `
    export const async_mode_flag = false;
    export const legacy_mode_flag = false;
    export const tracing_mode_flag = false;`,
  'internal/client/dom/hydration.js': `
    export const hydrating = false;
    export function set_hydrating() {}
    export function hydrate_next() {}
    export function reset() {}
    export function next() {}`,
  // Each mounted component is put into one, which has nothing to show in place of what fails.
  'internal/client/dom/blocks/boundary.js': `
    import { branch } from '../../reactivity/effects.js';
    export function boundary(node, props, children) {
      branch(() => children(node));
    }`,
  'internal/client/reactivity/async.js': `
    import { derived } from './deriveds.js';
    export function flatten(blockers, sync, async, then) {
      then(sync.map(derived));
    }`,
};

/** The folder of Svelte's sources. */
export const sources = join(dirname(createRequire(import.meta.url).resolve('svelte/package.json')), 'src');

const STAND_IN = '?stand-in';

export function leanSvelte(): Plugin {
  return {
    name: 'lean-svelte',
    apply: 'build',
    enforce: 'pre',
    resolveId: {
      filter: { id: /^\.{1,2}\// },
      handler(id, importer = '') {
        const path = join(dirname(importer), id);
        return path.slice(sources.length + 1) in standIns && path.startsWith(sources)
          ? path + STAND_IN
          : undefined;
      },
    },
    load: {
      filter: { id: /\?stand-in$/ },
      handler(id) {
        const path = id.slice(0, -STAND_IN.length);
        const code = standIns[path.slice(sources.length + 1)];
        return { code: `export * from ${JSON.stringify(path)};${code}`, moduleSideEffects: false };
      },
    },
    transform: {
      filter: { id: /\.svelte$/, code: '<svelte:boundary' },
      handler: (_, id) => {
        throw new Error(`${id} has a <svelte:boundary>, which this bundle's Svelte does not know.`);
      },
    },
  };
}
