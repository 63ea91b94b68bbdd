import { sveltekit } from '@sveltejs/kit/vite';
import tailwindcss from '@tailwindcss/vite';
import { svelteTesting } from '@testing-library/svelte/vite';
import { defineConfig } from 'vitest/config';
import { en } from './web/lib/strings/en.ts';
import { forBrowsers, fromSources } from './web/vite/conditions.ts';
import { smallSdk, smallSdkForStores } from './web/vite/small-sdk.ts';
import { oneLanguage } from './web/vite/one-language.ts';
import { oneChunk, onePage } from './web/vite/one-page.ts';

const lowestSdk = 'adapters/test/lowest-sdk.test.ts';

/** What shows that the stores work on a client other than the SDK's newest. */
const storesAtWork = [
  'adapters/test/{model*,*.integration}.test.ts',
  'adapters/src/{transport,connection,refusal,calls}.test.ts',
];

export default defineConfig({
  plugins: [
    tailwindcss(),
    smallSdk(),
    oneLanguage(en),
    onePage(),
    sveltekit(),
    oneChunk(
      /web\/(?:routes\/\+(?:layout|page)\.svelte|vite\/(?:Root\.svelte|start\.ts))$/,
      /adapters\/src\/(live-table|rows|where)\.ts$/,
    ),
  ],
  resolve: { conditions: forBrowsers },
  ssr: { resolve: { conditions: fromSources, externalConditions: fromSources } },
  envPrefix: 'PUBLIC_',
  server: { host: 'localhost' },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          environment: 'node',
          setupFiles: ['spacetimedb/test/setup.ts'],
          include: ['spacetimedb/**/*.test.ts', 'adapters/**/*.test.ts', 'web/**/*.node.test.ts'],
          exclude: ['**/node_modules/**', '**/dist/**', 'adapters/**/*.svelte.test.ts', lowestSdk],
        },
      },
      {
        // The stores once more, on the lowest SDK that they claim to work with.
        extends: true,
        resolve: { alias: [{ find: /^spacetimedb(?=$|\/)/, replacement: 'spacetimedb-lowest' }] },
        test: {
          name: 'lowest-sdk',
          environment: 'node',
          setupFiles: ['spacetimedb/test/setup.ts'],
          include: [lowestSdk, ...storesAtWork, 'adapters/test/readme.test.ts', 'adapters/src/csp/*.test.ts'],
        },
      },
      {
        // And on the client that bundles take in place of the SDK.
        extends: true,
        plugins: [smallSdkForStores()],
        test: {
          name: 'small-sdk',
          environment: 'node',
          setupFiles: ['spacetimedb/test/setup.ts'],
          include: storesAtWork,
        },
      },
      {
        extends: true,
        plugins: [svelteTesting()],
        test: {
          name: 'components',
          environment: 'jsdom',
          include: ['{web,adapters}/**/*.svelte.test.ts'],
          setupFiles: ['web/tests/setup.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          environment: 'node',
          include: ['web/e2e/**/*.test.ts'],
          exclude: ['web/e2e/**/*.node.test.ts'],
          globalSetup: ['web/e2e/global-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
