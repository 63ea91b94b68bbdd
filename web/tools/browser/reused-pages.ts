/**
 * Pages of visitors who have left, for visitors who come later in the same test file. Opening a site on such a page
 * takes a third of the time of a new profile, which starts processes and compiles all scripts.
 */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { closeContext, openContext, unwatch, watch } from './traces.ts';

const VIEWPORT = { width: 1280, height: 720 };
const MOST_IDLE = 4;

interface IdlePage {
  readonly page: Page;
  readonly options: string;
}
let idle: IdlePage[] = [];

/** Returns an empty page of a profile with these options. Give it back with `leavePage`. */
export async function takePage(browser: Browser, options: BrowserContextOptions): Promise<Page> {
  idle = idle.filter(({ page }) => !page.isClosed());
  const index = idle.findIndex((known) => known.options === JSON.stringify(options));
  const [found] = index < 0 ? [] : idle.splice(index, 1);
  if (!found) return (await openContext(browser, options)).newPage();
  const { page } = found;
  await watch(page.context());
  return page;
}

/**
 * Empties a page and its profile: storage, cookies, workers, permissions, routes and other tabs. Scripts that were
 * added to the profile, listeners and clocks stay, so pages that have them must be closed instead.
 *
 * @param sites addresses on the open servers, each with a `favicon.svg`
 */
export async function leavePage(
  page: Page,
  sites: readonly string[],
  options: BrowserContextOptions,
): Promise<void> {
  const context = page.context();
  if (page.isClosed() || idle.length >= MOST_IDLE) return closeContext(context);
  try {
    for (const other of context.pages()) if (other !== page) await other.close();
    await Promise.all([page.unrouteAll(), context.unrouteAll(), context.setOffline(false)]);
    for (const site of sites) {
      // A picture has access to the site's storage, but does not run its scripts.
      await page.goto(new URL('favicon.svg', site).href);
      await page.evaluate(() => sessionStorage.clear());
    }
    await page.goto('about:blank');
    const session = await context.newCDPSession(page);
    for (const site of sites) {
      const { origin } = new URL(site);
      await session.send('Storage.clearDataForOrigin', { origin, storageTypes: 'all' });
    }
    await session.detach();
    await context.clearCookies();
    await context.clearPermissions();
    if (options.permissions) await context.grantPermissions(options.permissions);
    await page.setViewportSize(options.viewport ?? VIEWPORT);
    await page.emulateMedia({
      media: null,
      colorScheme: options.colorScheme ?? 'light',
      contrast: options.contrast ?? null,
      forcedColors: options.forcedColors ?? null,
      reducedMotion: options.reducedMotion ?? null,
    });
    await unwatch(context);
  } catch {
    // For example, the site is down.
    return closeContext(context);
  }
  idle.push({ page, options: JSON.stringify(options) });
}
