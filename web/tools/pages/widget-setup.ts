/** Set-up of widget tests: a site, a server for embedding pages, and a new browser profile per test. */
import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { Embedder, scriptOf } from './embedder.ts';
import { openSite, type Site } from './site.ts';
import { closeContext, openContext } from '../browser/traces.ts';
import { launchBrowser } from './visitor.ts';

// Live bindings: each test sees its own.
export let site: Site;
export let embedder: Embedder;
export let browser: Browser;
export let context: BrowserContext;
/** HTML that loads the widget. */
export let script: string;

/** Registers the hooks. Call it once per test file. */
export function setUpWidgets(): void {
  beforeAll(async () => {
    [site, embedder, browser] = await Promise.all([openSite(), Embedder.open(), launchBrowser()]);
    script = `<script type="module" src="${scriptOf(site)}"></script>`;
  });
  afterAll(async () => {
    await Promise.all([site?.close(), embedder?.close()]);
  });
  beforeEach(async () => {
    context = await openContext(browser, { viewport: { width: 1000, height: 800 } });
  });
  afterEach(() => closeContext(context));
}
