import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import adapter from '@sveltejs/adapter-static';
import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';

/** Hashes of the inline scripts in `app.html`. SvelteKit adds only the hashes of its own scripts. */
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
        // config.json is meant to be edited, but servers would prefer its compressed copies.
        await Promise.all(['gz', 'br'].map((suffix) => rm(`build/config.json.${suffix}`, { force: true })));
      },
    },
    files: {
      src: 'web',
      assets: 'web/static',
    },
    paths: { relative: true },
    // The layout registers it, and handles browsers that refuse.
    serviceWorker: { register: false },
    // Inline styles: the first paint needs no second request.
    inlineStyleThreshold: Infinity,
    csp: {
      mode: 'hash',
      directives: {
        'default-src': ['none'],
        'script-src': ['self', ...scriptHashes],
        'style-src': ['self'],
        // SvelteKit's page announcer has a style attribute.
        'style-src-attr': ['unsafe-inline'],
        'img-src': ['self', 'data:'],
        'media-src': ['self', 'data:'],
        'font-src': ['self'],
        'manifest-src': ['self'],
        // Vite's dev server polls for its own restart in a worker created from a blob.
        'worker-src': process.env.NODE_ENV === 'development' ? ['self', 'blob:'] : ['self'],
        // Visitors may choose any server.
        'connect-src': ['self', 'http:', 'https:', 'ws:', 'wss:'],
        'base-uri': ['none'],
        'form-action': ['none'],
      },
    },
  },
};
