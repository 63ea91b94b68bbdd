/** Builds the widget into `build/widget`, beside the site. */
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import tailwindcss from '@tailwindcss/vite';
import { defineConfig } from 'vite';
import { forBrowsers } from '../vite/conditions.ts';
import { emojiData } from '../vite/emoji-data.ts';
import { shadowStyles } from '../vite/shadow-styles.ts';
import { shippedFiles } from '../vite/shipped-files.ts';

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

export default defineConfig({
  root: path('.'),
  publicDir: false,
  plugins: [
    tailwindcss(),
    svelte({ compilerOptions: { runes: true, discloseVersion: false } }),
    emojiData(),
    shippedFiles({
      'spacetimedb-chat.d.ts': path('spacetimedb-chat.d.ts'),
      'strings.d.ts': path('../lib/i18n/types.ts'),
      'svelte.d.ts': path('svelte.d.ts'),
      'react.d.ts': path('react.d.ts'),
      'vue.d.ts': path('vue.d.ts'),
    }),
  ],
  resolve: { conditions: forBrowsers },
  css: {
    transformer: 'lightningcss',
    lightningcss: {
      visitor: shadowStyles,
      // The same browsers as `cssTarget`, in Lightning CSS's format.
      targets: { chrome: 123 << 16, firefox: 120 << 16, safari: (17 << 16) | (5 << 8) },
    },
  },
  build: {
    outDir: path('../../build/widget'),
    emptyOutDir: true,
    modulePreload: false,
    // Browsers with `light-dark()`: its fallback cannot follow the embedding page's theme.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    rolldownOptions: {
      transform: {
        inject: {
          'Array.from': [path('natives.ts'), 'arrayFrom'],
          'Array.prototype.map': [path('natives.ts'), 'arrayMap'],
        },
      },
      input: { 'spacetimedb-chat': path('index.ts'), embed: path('embed.ts') },
      output: {
        entryFileNames: '[name].js',
        chunkFileNames: 'chunks/[name]-[hash].js',
        // One file with all static imports, so that loading takes only two round trips.
        codeSplitting: { groups: [{ name: 'widget', test: /web\/widget\/define\.ts$/ }] },
      },
    },
  },
});
