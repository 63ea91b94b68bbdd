import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { findBrowser } from '../browser/find-browser.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Path of the browser's executable. */
    browserPath: string;
  }
}

/** Finds a browser and builds the site before the browser tests. Does nothing for `vitest list`. */
export default function setUp(project: TestProject): void {
  if (process.argv[2] === 'list') return;
  const browser = findBrowser();
  console.info(`Browser tests use ${browser.path} (${browser.how}).`);
  project.provide('browserPath', browser.path);
  buildSite();
}

function buildSite(): void {
  const { NODE_ENV: _, VITEST: __, ...env } = process.env;
  const build = fileURLToPath(new URL('build.ts', import.meta.url));
  const { status } = spawnSync(process.execPath, ['--conditions=source', '--import=tsx', build], {
    env,
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error('Could not build the site for the browser tests.');
}
