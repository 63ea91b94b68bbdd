import type { TestProject } from 'vitest/node';
import { findBrowser } from '../browser/find-browser.ts';
import { buildSiteIfStale } from '../build-site.ts';
import { findEngines, type FoundEngines } from '../engines/find-engines.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Path of the browser's executable. */
    browserPath: string;
    /** Path of Chromium's headless shell, or else of the browser. */
    shellPath: string;
    engines: FoundEngines;
  }
}

/** Finds a browser and builds the site before the browser tests. Does nothing for `vitest list`. */
export default async function setUp(project: TestProject): Promise<void> {
  if (process.argv[2] === 'list') return;
  const browser = findBrowser();
  console.info(`Browser tests use ${browser.shell} (${browser.how}).`);
  project.provide('browserPath', browser.path);
  project.provide('shellPath', browser.shell);
  const [engines, isBuilt] = await Promise.all([findEngines(), buildSiteIfStale()]);
  project.provide('engines', engines);
  for (const sentence of engines.missing) console.info(sentence);
  if (isBuilt) console.info('Built the site.');
}
