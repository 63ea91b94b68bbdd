import { availableParallelism } from 'node:os';
import { sveltekit } from '@sveltejs/kit/vite';
import tailwindcss from '@tailwindcss/vite';
import { svelteTesting } from '@testing-library/svelte/vite';
import { defineConfig } from 'vitest/config';
import { compileHints } from './web/vite/compile-hints.ts';
import { forBrowsers, fromSources } from './web/vite/conditions.ts';
import { emojiData } from './web/vite/emoji-data.ts';

const lowestSdk = 'adapters/test/lowest-sdk.test.ts';

/** Tests that show that the stores work with an SDK version other than the newest. */
const storesAtWork = [
  'adapters/test/*.integration.test.ts',
  'adapters/src/{transport,connection,refusal,pending-calls}.test.ts',
];

/**
 * Tests that would disturb others in their process, or be disturbed: they stop endless code, kill processes, watch the
 * memory, or compare the SDK with its replacements.
 */
const isolated = [
  'adapters/src/csp/csp.test.ts',
  'adapters/test/leaks.test.ts',
  'docs/test/fresh-clone.test.ts',
  'spacetimedb/host/src/engine/database/endless-modules.test.ts',
  'spacetimedb/host/src/node/module/{escape,procedure-escape,process,stopped-calls}.test.ts',
  'spacetimedb/host/src/node/stopped-databases.test.ts',
  'spacetimedb/test/{faults,kill,move-room}.test.ts',
  'spacetimedb/test/conformance/http.test.ts',
];

export default defineConfig({
  plugins: [tailwindcss(), sveltekit(), emojiData(), compileHints('page')],
  environments: {
    client: {
      build: {
        rolldownOptions: {
          // Everything that the first view needs is in one file instead of some twenty that load in sequence.
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
    // One file more than there are cores, because many tests wait for browsers and for time limits.
    maxWorkers: availableParallelism() + 1,
    // A busy machine with two cores can need far more than Vitest's 5 seconds.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // A busy CI machine makes some test miss its moment now and then. The report marks each test that needed a retry.
    retry: process.env.CI ? 1 : 0,
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          // Loading the host, the module and the stores again for each file took longer than most of the tests.
          isolate: false,
          // Vitest reuses a process only within a project, so its files run together.
          sequence: { groupOrder: 3 },
          environment: 'node',
          setupFiles: ['spacetimedb/test/setup.ts', 'spacetimedb/test/restore.ts'],
          include: ['{spacetimedb,adapters,docs}/**/*.test.ts', 'web/**/*.node.test.ts'],
          exclude: [
            '**/node_modules/**',
            '**/dist/**',
            'adapters/**/*.svelte.test.ts',
            lowestSdk,
            ...isolated,
          ],
        },
      },
      {
        extends: true,
        test: {
          name: 'isolated',
          environment: 'node',
          setupFiles: ['spacetimedb/test/setup.ts'],
          include: isolated,
        },
      },
      {
        // Runs the stores' tests with the lowest supported SDK version.
        extends: true,
        resolve: { alias: [{ find: /^spacetimedb(?=$|\/)/, replacement: 'spacetimedb-lowest' }] },
        test: {
          name: 'lowest-sdk',
          isolate: false,
          sequence: { groupOrder: 4 },
          environment: 'node',
          setupFiles: ['spacetimedb/test/setup.ts', 'spacetimedb/test/restore.ts'],
          include: [
            lowestSdk,
            ...storesAtWork,
            'adapters/test/examples/examples.test.ts',
            'adapters/src/csp/*.test.ts',
          ],
        },
      },
      {
        extends: true,
        plugins: [svelteTesting()],
        test: {
          name: 'components',
          // These tests hardly wait.
          maxWorkers: '100%',
          // Loading Svelte and the DOM again for each file took longer than the tests.
          isolate: false,
          sequence: { groupOrder: 1 },
          environment: 'jsdom',
          include: ['{adapters,web}/**/*.svelte.test.ts'],
          setupFiles: ['web/testing/setup.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          // The files of a process share a browser.
          isolate: false,
          sequence: { groupOrder: 2 },
          environment: 'node',
          include: ['web/e2e/**/*.test.ts'],
          globalSetup: ['web/tools/setup/global-setup.ts'],
          setupFiles: ['web/tools/setup/traces-setup.ts'],
        },
      },
    ],
  },
});
