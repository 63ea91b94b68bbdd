import { writeFile } from 'node:fs/promises';
import { launch, type Browser, type KeyInput, type Page } from 'puppeteer-core';
import { ARGUMENTS } from '../browser/launch-browser.ts';
import type { Engine, EnginePage, Size } from './engine.ts';
import { within } from './processes.ts';

/**
 * Starts Chromium or Firefox without a window.
 *
 * @param hasPageCache whether Chromium may keep pages in its back/forward cache; false by default, so that leaving a
 * page ends it
 */
export async function puppeteerEngine(
  browser: 'chrome' | 'firefox',
  executablePath: string,
  { hasPageCache = false } = {},
): Promise<Engine> {
  const isWithoutCache = browser === 'chrome' && !hasPageCache;
  const running = await launch({
    browser,
    executablePath,
    headless: true,
    args: [
      ...(browser === 'chrome' ? ARGUMENTS : []),
      ...(isWithoutCache ? ['--disable-back-forward-cache'] : []),
    ],
    timeout: 60_000,
    protocolTimeout: 60_000,
  });
  return { open: (size) => openPage(running, size), close: () => close(running) };
}

async function close(browser: Browser): Promise<void> {
  const child = browser.process();
  if (!(await within(10_000, browser.close()))) child?.kill('SIGKILL');
}

async function openPage(browser: Browser, size: Size): Promise<EnginePage> {
  const context = await browser.createBrowserContext();
  const page = await context.newPage({ type: 'window' });
  await page.setViewport(size);
  return {
    goto: async (url) => void (await page.goto(url)),
    evaluate: async (run, ...args) =>
      (await page.evaluate(run as (...args: unknown[]) => unknown, ...args)) as Awaited<
        ReturnType<typeof run>
      >,
    async clickAt(x, y) {
      // Like a click. In Firefox, a page behind another never has the focus.
      await page.bringToFront();
      await page.mouse.click(x, y);
    },
    type: (text) => page.keyboard.type(text),
    press: (key) => press(page, key.split('+') as KeyInput[]),
    resize: (size) => page.setViewport(size),
    screenshot: async (file) => writeFile(file, await page.screenshot()),
    close: () => context.close(),
  };
}

async function press(page: Page, keys: KeyInput[]): Promise<void> {
  for (const key of keys) await page.keyboard.down(key);
  for (const key of keys.reverse()) await page.keyboard.up(key);
}
