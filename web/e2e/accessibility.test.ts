import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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

/** What a page looks like. All looks of a screen are checked on the same page, because loading it takes longest. */
type Look = NonNullable<Parameters<Page['emulateMedia']>[0]> & {
  name: string;
  /** Whether it differs from the look before it in nothing but colours, so that axe need not check the rest again. */
  onlyColours?: boolean;
  /** A larger default font size, which the browser's automation cannot set. */
  rootPixels?: number;
};

interface Screen {
  name: string;
  options: Pick<Arrival, 'viewport' | 'deviceScaleFactor'>;
  looks: Look[];
}

const screens: Screen[] = [
  {
    name: 'a wide screen',
    options: {},
    looks: [
      { name: 'light', colorScheme: 'light' },
      { name: 'dark', colorScheme: 'dark', onlyColours: true },
      { name: 'with more contrast', contrast: 'more', onlyColours: true },
      { name: 'with forced colours', forcedColors: 'active', onlyColours: true },
    ],
  },
  {
    name: '320 pixels',
    options: { viewport: { width: 320, height: 568 } },
    looks: [{ name: 'normal letters' }, { name: 'letters of half again the size', rootPixels: 24 }],
  },
  {
    name: '200 % zoom',
    options: { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 },
    looks: [{ name: 'dark', colorScheme: 'dark' }],
  },
];

async function wear(page: Page, { name: _, onlyColours: __, rootPixels, ...media }: Look): Promise<void> {
  await page.emulateMedia({ colorScheme: 'light', contrast: null, forcedColors: null, ...media });
  await page.evaluate((pixels) => {
    const style = new CSSStyleSheet();
    if (pixels !== undefined) style.replaceSync(`:root { font-size: ${pixels}px }`);
    document.adoptedStyleSheets = [style];
  }, rootPixels);
}

const arrive = (options: Arrival): Promise<Visitor> =>
  Visitor.arrive(browser, site, { ...options, bypassCSP: true, reused: true });

async function expectNoViolations({ page }: Visitor, looks: Look[]): Promise<void> {
  const found: string[] = [];
  for (const look of looks) {
    await wear(page, look);
    const axe = await violations(page, look.onlyColours ? 'colours' : undefined);
    const problems = [...axe, ...(await overflowing(page))];
    found.push(...problems.map((problem) => `${look.name}: ${problem}`));
  }
  expect(found).toEqual([]);
}

describe.each(screens)('on $name, axe finds no violations', ({ options, looks }) => {
  it('while the page waits for its server', async () => {
    const visitor = await arrive({ ...options, parameters: { uri: 'http://127.0.0.1:9' } });
    await visitor.page.getByRole('region', { name: 'Connection' }).waitFor();
    await expectNoViolations(visitor, looks);
    await visitor.leave();
  });

  it('on pages that cannot connect', async () => {
    const wrong = await arrive({ ...options, parameters: { uri: 'nonsense' } });
    await wrong.page.getByText('This page is misconfigured').waitFor();
    await expectNoViolations(wrong, looks);
    await wrong.leave();
    const unknown = await arrive({ ...options, parameters: { database: 'no-such-room' } });
    await unknown.page.getByRole('region', { name: 'Connection' }).waitFor();
    await expectNoViolations(unknown, looks);
    await unknown.leave();
  });

  it('on the first visit, in dialogs and with the people open', { timeout: 120_000 }, async () => {
    const visitor = await arrive(options);
    await visitor.connected();
    const { page } = visitor;
    await expectNoViolations(visitor, looks);
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByRole('dialog', { name: 'Settings' }).waitFor();
    for (const panel of ['Copy sign-in key', 'Use another key', 'Sign out']) {
      await page.getByRole('button', { name: panel, exact: true }).click();
      await expectNoViolations(visitor, looks);
    }
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.getByRole('log').focus();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    await expectNoViolations(visitor, looks);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('Alt+p');
    await expectNoViolations(visitor, looks);
    await page.getByRole('listitem').getByRole('button').first().click();
    await page.getByRole('dialog').waitFor();
    await expectNoViolations(visitor, looks);
    await visitor.leave();
  });
});

describe('a room with messages', () => {
  beforeAll(() => site.seed({ count: 60, apart: 120_000, age: 1000 }));

  it.each(screens)(
    'on $name, axe finds no violations while connected or disconnected',
    async ({ options, looks }) => {
      const visitor = await arrive(options);
      await visitor.connected();
      await visitor.skipWelcome();
      await visitor.write('One of mine, with https://example.com/a-link');
      await expectNoViolations(visitor, looks);
      await visitor.messageField.fill('  ');
      await visitor.messageField.press('Enter');
      await visitor.page.getByRole('alert').filter({ hasText: 'must not be empty' }).waitFor();
      await expectNoViolations(visitor, looks);
      await visitor.page.getByRole('log').evaluate((log) => (log.scrollTop = 100));
      await visitor.page.getByRole('button', { name: 'Latest messages' }).waitFor();
      await expectNoViolations(visitor, looks);
      await visitor.page.keyboard.press('Tab');
      await site.outage.stop();
      try {
        await visitor.page.getByRole('region', { name: 'Connection' }).waitFor();
        await visitor.messageField.fill('Not sent yet');
        await visitor.messageField.press('Enter');
        await visitor.page.getByText('Will send when you’re back online.').waitFor();
        await expectNoViolations(visitor, looks);
      } finally {
        await site.outage.start();
      }
      await visitor.leave();
    },
  );
});

it('the name form has its place reserved before the visitor is identified', async () => {
  for (const width of [1280, 320]) {
    let letCome = (): void => {};
    const held = new Promise<void>((resolve) => (letCome = resolve));
    const visitor = await Visitor.arrive(browser, site, {
      viewport: { width, height: 640 },
      waitUntil: 'load',
      prepare: (context) =>
        context.routeWebSocket(/\/subscribe/, async (socket) => {
          await held;
          socket.connectToServer();
        }),
    });
    await visitor.page.getByText('Welcome!').waitFor();
    const height = async (): Promise<number | undefined> =>
      (await visitor.page.getByRole('log').boundingBox())?.height;
    const before = await height();
    await visitor.messageField.focus();
    letCome();
    await visitor.nameField.waitFor();
    await visitor.page.locator(FILLED_LOG).waitFor();
    expect(await height()).toBeCloseTo(before ?? NaN, 0);
    // The form does not take the focus from someone who is typing; it is one Shift+Tab away.
    expect(await visitor.page.locator(':focus').getAttribute('name')).toBe('text');
    await visitor.page.keyboard.press('Shift+Tab');
    expect(await visitor.page.locator(':focus').textContent()).toContain('Stay anonymous');
    await visitor.leave();
  }
});

describe('keyboard', () => {
  it('the focus returns to the button that opened a dialog', async () => {
    const visitor = await arrive({});
    await visitor.connected();
    const { page } = visitor;
    const focused = page.locator(':focus');
    await page.getByRole('button', { name: 'Settings' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    expect(await page.evaluate(() => document.activeElement?.closest('dialog') !== null)).toBe(true);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await focused.getAttribute('aria-label')).toBe('Settings');
    await visitor.leave();
  });

  it('the focused element is always visibly marked', async () => {
    const visitor = await arrive({});
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
    await visitor.leave();
  });
});

it('nothing moves for visitors who prefer reduced motion', async () => {
  const visitor = await Visitor.arrive(browser, site, {
    reducedMotion: 'reduce',
    parameters: { uri: 'http://127.0.0.1:9' },
  });
  await visitor.page.getByRole('region', { name: 'Connection' }).waitFor();
  const running = await visitor.page.evaluate(
    () => document.getAnimations().filter(({ playState }) => playState === 'running').length,
  );
  expect(running).toBe(0);
  await visitor.leave();
});
