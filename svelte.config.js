import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import adapter from '@sveltejs/adapter-static';
import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';

/** Of the scripts that stand in the page's template; SvelteKit knows only of those that it writes itself. */
const scriptHashes = [...readFileSync('web/app.html', 'utf8').matchAll(/<script>(.*?)<\/script>/gs)].map(
  ([, text = '']) =>
    /** @type {const} */ (
      `sha256-${createHash('sha256').update(text.replace(/\r\n/g, '\n')).digest('base64')}`
    ),
);

const toFiles = adapter({ pages: 'build', assets: 'build', precompress: true });

/** @type {import('@sveltejs/kit').Config} */
export default {
  preprocess: vitePreprocess(),
  kit: {
    adapter: {
      ...toFiles,
      async adapt(builder) {
        await toFiles.adapt(builder);
        // This file is there to be edited, and servers would go on sending its compressed twins.
        await Promise.all(['gz', 'br'].map((suffix) => rm(`build/config.json.${suffix}`, { force: true })));
      },
    },
    files: {
      src: 'web',
      assets: 'web/static',
    },
    paths: { relative: true },
    // In the page itself: the first paint waits for no second request.
    inlineStyleThreshold: Infinity,
    csp: {
      mode: 'hash',
      directives: {
        'default-src': ['none'],
        'script-src': ['self', ...scriptHashes],
        'style-src': ['self'],
        // SvelteKit's own announcer of pages has one.
        'style-src-attr': ['unsafe-inline'],
        'img-src': ['self', 'data:'],
        'media-src': ['self', 'data:'],
        'font-src': ['self'],
        'manifest-src': ['self'],
        // Vite's dev server waits for its own return in a worker made of a blob.
        'worker-src': process.env.NODE_ENV === 'development' ? ['self', 'blob:'] : ['self'],
        // Which server the chat is on is the visitor's choice.
        'connect-src': ['self', 'http:', 'https:', 'ws:', 'wss:'],
        'base-uri': ['none'],
        'form-action': ['none'],
      },
    },
  },
};
