/** What tests of the widget play on: a site that has it, a server of other pages, and for each test a fresh browser profile. */
import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { Embedder, scriptOf } from './embedder.ts';
import { openSite, type Site } from './site.ts';
import { closeContext, openContext } from '../browser/traces.ts';
import { launchBrowser } from './visitor.ts';

// Bindings that follow: each test sees those of its own.
export let site: Site;
export let embedder: Embedder;
export let browser: Browser;
export let context: BrowserContext;
/** Loads the widget into a page. */
export let script: string;

/** To be called once at the start of a file of tests. */
export function setStage(): void {
  beforeAll(async () => {
    [site, embedder, browser] = await Promise.all([openSite(), Embedder.open(), launchBrowser()]);
    script = `<script type="module" src="${scriptOf(site)}"></script>`;
  });
  afterAll(async () => {
    await browser?.close();
    await Promise.all([site?.close(), embedder?.close()]);
  });
  beforeEach(async () => {
    context = await openContext(browser, { viewport: { width: 1000, height: 800 } });
  });
  afterEach(() => closeContext(context));
}
