/** Set-up of widget tests: a site, a server for embedding pages, and an emptied page for each test. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { Embedder, scriptOf, type Embedded, type PageOptions } from './embedder.ts';
import { openSite, type Site } from './site.ts';
import { leavePage, takePage } from '../browser/reused-pages.ts';
import { launchBrowser } from './visitor.ts';

const OPTIONS = { viewport: { width: 1000, height: 800 } };

// Live bindings: each test sees its own.
export let site: Site;
export let embedder: Embedder;
let browser: Browser;
/** The profile of the test's page. Scripts and listeners that a test adds must be removed by the test. */
export let context: BrowserContext;
/** HTML that loads the widget. */
export let script: string;

let page: Page;
let shown: Embedded | undefined;

/** Shows a page with this body on the test's page. */
export async function visit(body: string, options?: PageOptions): Promise<Embedded> {
  shown?.forget();
  shown = undefined;
  return (shown = await embedder.visit(page, body, options));
}

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
    page = await takePage(browser, OPTIONS);
    context = page.context();
  });
  afterEach(async () => {
    shown?.forget();
    shown = undefined;
    await leavePage(page, [embedder.origin, site.url], OPTIONS);
  });
}
