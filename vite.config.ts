import { sveltekit } from '@sveltejs/kit/vite';
import tailwindcss from '@tailwindcss/vite';
import { svelteTesting } from '@testing-library/svelte/vite';
import { defineConfig } from 'vitest/config';
import { compileHints } from './web/vite/compile-hints.ts';
import { forBrowsers, fromSources } from './web/vite/conditions.ts';

const lowestSdk = 'adapters/test/lowest-sdk.test.ts';

/** What shows that the stores work on a client other than the SDK's newest. */
const storesAtWork = [
  'adapters/test/*.integration.test.ts',
  'adapters/src/{transport,connection,refusal,pending-calls}.test.ts',
];

export default defineConfig({
  plugins: [tailwindcss(), sveltekit(), compileHints('page')],
  environments: {
    client: {
      build: {
        rolldownOptions: {
          // What the page needs at first comes in one file, not in some twenty that wait for each other.
          output: { codeSplitting: { groups: [{ name: 'page', test: /web\/routes\/\+page\.svelte$/ }] } },
        },
      },
    },
  },
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
        extends: true,
        plugins: [svelteTesting()],
        test: {
          name: 'components',
          environment: 'jsdom',
          include: ['{web,adapters}/**/*.svelte.test.ts'],
          setupFiles: ['web/testing/setup.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          environment: 'node',
          include: ['web/e2e/**/*.test.ts'],
          globalSetup: ['web/tools/setup/global-setup.ts'],
          setupFiles: ['web/tools/setup/traces-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
