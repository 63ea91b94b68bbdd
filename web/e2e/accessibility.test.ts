import type { Browser, Page, ViewportSize } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { violations } from '../tools/checks/axe.ts';
import { overflowing } from '../tools/checks/overflow.ts';
import { openSeededSite, type SeededSite } from '../tools/pages/site.ts';
import { FILLED_LOG, launchBrowser, Visitor, type Arrival } from '../tools/pages/visitor.ts';

let browser: Browser;
let site: SeededSite;

beforeAll(async () => {
  [browser, site] = await Promise.all([launchBrowser(), openSeededSite()]);
});

afterAll(async () => {
  await site?.close();
});

/**
 * A visual variant of a page. All variants of a state are checked on the same page, because loading it takes longest.
 * Variants of the same size are grouped.
 */
type Look = NonNullable<Parameters<Page['emulateMedia']>[0]> & {
  name: string;
  size: ViewportSize;
  /** What axe checks: everything, only colours if nothing else differs, or nothing. Overflow is always checked. */
  axe: 'all' | 'colours' | 'nothing';
  /** A larger default font size, which the browser's automation cannot set. */
  rootPixels?: number;
};

const WIDE: ViewportSize = { width: 1280, height: 720 };
const NARROW: ViewportSize = { width: 320, height: 568 };
/** A screen of 1280 x 800 with a zoom of 200 %. */
const ZOOMED: ViewportSize = { width: 640, height: 400 };

const looks: readonly Look[] = [
  { name: 'wide, light', size: WIDE, colorScheme: 'light', axe: 'all' },
  { name: 'wide, dark', size: WIDE, colorScheme: 'dark', axe: 'colours' },
  { name: 'wide, with more contrast', size: WIDE, contrast: 'more', axe: 'colours' },
  { name: 'wide, with forced colours', size: WIDE, forcedColors: 'active', axe: 'colours' },
  { name: '320 pixels', size: NARROW, axe: 'all' },
  { name: '320 pixels, with letters of half again the size', size: NARROW, rootPixels: 24, axe: 'nothing' },
  { name: '200 % zoom, dark', size: ZOOMED, colorScheme: 'dark', axe: 'colours' },
];

async function wear(page: Page, look: Look): Promise<void> {
  const { name: _, size, axe: __, rootPixels, ...media } = look;
  await page.setViewportSize(size);
  await page.emulateMedia({ colorScheme: 'light', contrast: null, forcedColors: null, ...media });
  await page.evaluate(async (pixels) => {
    document.documentElement.style.fontSize = pixels === undefined ? '' : `${pixels}px`;
    // Some parts of the page react to a new size after a frame.
    for (let frame = 0; frame < 2; frame++) await new Promise((resolve) => requestAnimationFrame(resolve));
  }, rootPixels);
}

const arrive = (options: Arrival = {}): Promise<Visitor> =>
  Visitor.arrive(browser, site, { viewport: WIDE, ...options, bypassCSP: true, reused: true });

/** @param within selector of the part that changed since the last check; the whole page by default */
async function expectNoViolations(
  { page }: Visitor,
  within?: string,
  worn: readonly Look[] = looks,
): Promise<void> {
  const found: string[] = [];
  for (const look of worn) {
    await wear(page, look);
    const axe = look.axe === 'nothing' ? [] : await violations(page, { rules: look.axe, within });
    const problems = [...axe, ...(await overflowing(page))];
    found.push(...problems.map((problem) => `${look.name}: ${problem}`));
  }
  expect(found).toEqual([]);
}

/** Some dialogs are popovers. */
const DIALOG = 'dialog[open], [role=dialog]';

describe('in all sizes and colours, axe finds no violations', { timeout: 300_000 }, () => {
  it('while the page waits for its server, and nothing moves for visitors who prefer reduced motion', async () => {
    const visitor = await arrive({ parameters: { uri: 'http://127.0.0.1:9' } });
    const { page } = visitor;
    await page.getByRole('region', { name: 'Connection' }).waitFor();
    const running = (): Promise<number> =>
      page.evaluate(() => document.getAnimations().filter(({ playState }) => playState === 'running').length);
    await vi.waitFor(async () => expect(await running()).toBeGreaterThan(0), 30_000);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await vi.waitFor(async () => expect(await running()).toBe(0), 30_000);
    await expectNoViolations(visitor);
    await visitor.leave();
  });

  it('on pages that cannot connect', async () => {
    const wrong = await arrive({ parameters: { uri: 'nonsense' } });
    await wrong.page.getByText('This page is misconfigured').waitFor();
    await expectNoViolations(wrong);
    await wrong.leave();
    const unknown = await arrive({ parameters: { database: 'no-such-room' } });
    await unknown.page.getByRole('region', { name: 'Connection' }).waitFor();
    await expectNoViolations(unknown);
    await unknown.leave();
  });

  it('on the first visit, in dialogs and with the people open', async () => {
    const visitor = await arrive();
    await visitor.connected();
    const { page } = visitor;
    await expectNoViolations(visitor);
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByRole('dialog', { name: 'Settings' }).waitFor();
    for (const panel of ['Copy sign-in key', 'Use another key', 'Sign out']) {
      await page.getByRole('button', { name: panel, exact: true }).click();
      await expectNoViolations(visitor, DIALOG);
    }
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.getByRole('log').focus();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    await expectNoViolations(visitor, DIALOG);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('Alt+p');
    await expectNoViolations(visitor);
    // The card is positioned as soon as it opens.
    for (const size of [WIDE, NARROW, ZOOMED]) {
      await page.setViewportSize(size);
      await page.getByRole('listitem').getByRole('button').first().click();
      await page.getByRole('dialog').waitFor();
      await expectNoViolations(
        visitor,
        DIALOG,
        looks.filter((look) => look.size === size),
      );
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    }
    await visitor.leave();
  });

  it('in a room with messages, while connected or disconnected', async () => {
    await site.seed({ count: 60, apart: 120_000, age: 1000 });
    const visitor = await arrive();
    await visitor.connected();
    await visitor.page.getByRole('button', { name: 'Stay anonymous' }).waitFor();
    expect(await overflowing(visitor.page)).toEqual([]);
    await visitor.skipWelcome();
    await visitor.write('One of mine, with https://example.com/a-link');
    await expectNoViolations(visitor);
    await visitor.messageField.fill('  ');
    await visitor.messageField.press('Enter');
    await visitor.page.getByRole('alert').filter({ hasText: 'must not be empty' }).waitFor();
    await expectNoViolations(visitor, 'form');
    await visitor.page.getByRole('log').evaluate((log) => (log.scrollTop = 100));
    await visitor.page.getByRole('button', { name: 'Latest messages' }).waitFor();
    await expectNoViolations(visitor);
    await visitor.page.keyboard.press('Tab');
    await site.outage.stop();
    try {
      await visitor.page.getByRole('region', { name: 'Connection' }).waitFor();
      await visitor.messageField.fill('Not sent yet');
      await visitor.messageField.press('Enter');
      await visitor.page.getByText('Will send when you’re back online.').waitFor();
      await expectNoViolations(visitor);
    } finally {
      await site.outage.start();
    }
    await visitor.leave();
  });
});

it('the page reserves the space of the name form before the visitor is identified', async () => {
  let letCome = (): void => {};
  let held = Promise.resolve();
  const hold = (): void => {
    held = new Promise<void>((resolve) => (letCome = resolve));
  };
  hold();
  const visitor = await Visitor.arrive(browser, site, {
    viewport: { width: 1280, height: 640 },
    prepare: (context) =>
      context.routeWebSocket(/\/subscribe/, async (socket) => {
        await held;
        socket.connectToServer();
      }),
  });
  const { page } = visitor;
  const height = async (): Promise<number | undefined> => (await page.getByRole('log').boundingBox())?.height;
  const expectItsPlace = async (): Promise<void> => {
    await page.getByText('Welcome!').waitFor();
    const before = await height();
    await visitor.messageField.focus();
    letCome();
    await visitor.nameField.waitFor();
    await page.locator(FILLED_LOG).waitFor();
    expect(await height()).toBeCloseTo(before ?? NaN, 0);
    // The form does not take the focus from someone who is typing; it is one Shift+Tab away.
    expect(await page.locator(':focus').getAttribute('name')).toBe('text');
    await page.keyboard.press('Shift+Tab');
    expect(await page.locator(':focus').textContent()).toContain('Stay anonymous');
  };
  await expectItsPlace();
  // Someone else, on a narrow screen.
  hold();
  await page.setViewportSize({ width: 320, height: 640 });
  await page.evaluate(() => localStorage.clear());
  await visitor.reload();
  await expectItsPlace();
  await visitor.leave();
});

it('the focused element is always visibly marked, and the focus returns to the button that opened a dialog', async () => {
  const visitor = await arrive();
  await visitor.connected();
  const { page } = visitor;
  for (let stop = 0; stop < 8; stop++) {
    await page.keyboard.press('Tab');
    const isVisible = await page.evaluate(() => {
      const { activeElement } = document;
      if (!activeElement || activeElement === document.body) return true;
      const shows = (element: Element | null): boolean =>
        element !== null && Number.parseFloat(getComputedStyle(element).outlineWidth) > 0;
      return shows(activeElement) || shows(activeElement.parentElement);
    });
    expect(isVisible).toBe(true);
  }
  await page.getByRole('button', { name: 'Settings' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  expect(await page.evaluate(() => document.activeElement?.closest('dialog') !== null)).toBe(true);
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  expect(await page.locator(':focus').getAttribute('aria-label')).toBe('Settings');
  await visitor.leave();
});
