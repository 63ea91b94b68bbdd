import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { boundedName } from '../../adapters/src/chat/bounds.ts';
import { normalizeMessage } from '../../spacetimedb/src/rules.ts';
import { hostileTexts, unruledTexts } from '../tools/checks/hostile-texts.ts';
import { inspectPage } from '../tools/checks/inspect-page.ts';
import { openSeededSite, type SeededSite, type Site } from '../tools/pages/site.ts';
import { surfaces } from '../tools/pages/surfaces.ts';
import { launchBrowser, Visitor } from '../tools/pages/visitor.ts';

/** What the page records about itself. */
interface Marks {
  scriptRan?: boolean;
  notified?: { title: string; body: string }[];
}

let browser: Browser;
let site: SeededSite;

beforeAll(async () => {
  [browser, site] = await Promise.all([launchBrowser(), openSeededSite()]);
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
});

/** Makes the page appear to be in the background, and records its notifications. */
function watchNotifications(): void {
  localStorage.setItem('spacetimedb-chat:preferences', '{"notify":true}');
  Object.defineProperty(document, 'hidden', { get: () => true });
  const notified: { title: string; body: string }[] = [];
  class Watched extends EventTarget {
    static readonly permission = 'granted';
    onclick = null;
    constructor(title: string, { body = '' }: NotificationOptions = {}) {
      super();
      notified.push({ title, body });
    }
    close(): void {}
  }
  Object.assign(globalThis, { Notification: Watched, notified });
}

/** Returns the requests that the dialogs of these texts would cause. */
function countDialogs(page: Page): string[] {
  const dialogs: string[] = [];
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  return dialogs;
}

/** Returns the text of the newest message as shown; long ones are unfolded. */
async function newest(page: Page): Promise<string | null> {
  const log = page.getByRole('log');
  await log.evaluate((scroller) => scroller.scrollTo(0, scroller.scrollHeight));
  const last = log.getByRole('article').last();
  const unfold = last.getByRole('button', { name: /^Show all/ });
  if (await unfold.isVisible()) await unfold.click();
  return last.locator('[dir=auto]').textContent();
}

/** The page batches announcements and notifications for seconds, which would delay every text here. */
function hurryBatches(): void {
  const { setTimeout } = globalThis;
  const hurried = (run: () => void, ms = 0): unknown =>
    setTimeout(run, ms === 1_000 || ms === 2_000 ? 0 : ms);
  globalThis.setTimeout = hurried as typeof setTimeout;
}

const shows = (page: Page, text: string): Promise<void> =>
  vi.waitFor(async () => expect(await newest(page)).toBe(text), { timeout: 10_000, interval: 20 });

/** Throws an error with all findings, which an assertion would truncate. */
async function expectNothingStrange(page: Page): Promise<void> {
  const found = await page.evaluate(inspectPage);
  if (found.length > 0) throw new Error(found.join('\n'));
}

/** Runs `look` for each item, and reports all that failed at once. */
async function eachOf<T>(items: readonly T[], look: (item: T) => Promise<void>): Promise<void> {
  const wrong: { item: string; because: string }[] = [];
  for (const item of items) {
    await look(item).catch((error: unknown) => {
      wrong.push({ item: JSON.stringify(item).slice(0, 200), because: String(error).slice(0, 500) });
    });
  }
  expect(wrong).toEqual([]);
}

describe.each(surfaces)('$name', (surface) => {
  /** Reads under the page's policy, with notifications. */
  let reader: Visitor;
  /** Writes on a page without a policy, where the components are the only defence. */
  let writer: Visitor;
  let dialogs: string[][];
  let shown: Site;

  beforeAll(async () => {
    shown = await surface.open(site);
  });
  afterAll(() => shown?.close());

  beforeEach(async () => {
    [reader, writer] = await Promise.all([
      Visitor.arrive(browser, shown, { traced: false }),
      Visitor.arrive(browser, shown, { bypassCSP: true, traced: false }),
    ]);
    dialogs = [reader, writer].map(({ page }) => countDialogs(page));
    await reader.page.addInitScript(watchNotifications);
    await reader.page.addInitScript(hurryBatches);
    await reader.reload();
    await Promise.all([reader.connected(), writer.connected()]);
    await writer.skipWelcome();
    // Messages are announced from now on.
    await vi.waitFor(async () => {
      await writer.write(`Hello ${Math.random()}`);
      expect(await reader.page.locator('[aria-live=polite] p').count()).toBeGreaterThan(0);
    }, 20_000);
  });

  afterEach(async () => {
    for (const visitor of [reader, writer]) {
      expect(visitor.complaints).toEqual([]);
      expect([...visitor.origins].filter((origin) => !shown.origins.includes(origin))).toEqual([]);
      expect(await visitor.page.evaluate(() => (globalThis as Marks).scriptRan)).toBeUndefined();
      await visitor.leave();
    }
    expect(dialogs).toEqual([[], []]);
  });

  const expectHarmless = async (): Promise<void> => {
    await Promise.all([reader, writer].map(({ page }) => expectNothingStrange(page)));
  };

  const announced = (): Promise<string | null> =>
    reader.page.locator('[aria-live=polite] p').last().textContent();

  const notified = (): Promise<unknown> => reader.page.evaluate(() => (globalThis as Marks).notified?.at(-1));

  /** Writes a message under a name, bypassing all rules. */
  async function plant(name: string, text: string): Promise<void> {
    const token = await writer.page.evaluate(() =>
      Object.values(localStorage).find((it) => it.startsWith('ey')),
    );
    const url = new URL('/v1/database/quickstart-chat/call/plant', site.url);
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token ?? ''}` },
      body: JSON.stringify([name, text]),
    });
    expect(answer.status, await answer.text()).toBe(200);
  }

  it('typed messages are shown as plain text', { timeout: 240_000 }, async () => {
    // Every fourth has some of each kind. The next test covers all of them without the composer and its rules.
    await eachOf(
      hostileTexts.filter((_, index) => index % 4 === 0),
      async (text) => {
        const kept = normalizeMessage(text);
        await writer.messageField.fill(text);
        await writer.messageField.press('Enter');
        await Promise.all([shows(reader.page, kept), shows(writer.page, kept)]);
        await expectHarmless();
        const title = surface.isWholePage ? /^\(\d+\+?\) quickstart-chat$/ : /^Somebody's page$/;
        expect(await reader.page.title()).toMatch(title);
      },
    );
  });

  it('names and messages that bypass the rules are shown as plain text', { timeout: 240_000 }, async () => {
    const texts = [...hostileTexts, ...unruledTexts];
    const pairs = texts.map((text, index) => ({ planted: text, text: texts.at(index - 1) ?? '' }));
    await eachOf(pairs, async ({ planted, text }) => {
      const name = boundedName(planted) ?? '';
      // Announcements cut long names.
      const characters = [...name];
      const heard = characters.length > 60 ? `${characters.slice(0, 60).join('')}…` : name;
      await plant(planted, text);
      await Promise.all([shows(reader.page, text), shows(writer.page, text)]);
      const isNamed = async ({ page }: Visitor): Promise<void> => {
        const author = page.getByRole('log').getByRole('article').last().locator('bdi');
        await vi.waitFor(async () => expect(await author.textContent()).toBe(name));
        expect(await page.locator('aside li bdi').allTextContents()).toContain(name);
      };
      await Promise.all([reader, writer].map(isNamed));
      expect(await writer.page.getByText('Writing as').locator('bdi').textContent()).toBe(name);
      await expectHarmless();
      await vi.waitFor(async () => {
        expect(await announced()).toContain(`${heard}: ${text.slice(0, 200)}`);
        if (!surface.isWholePage) return;
        expect(await notified()).toEqual({
          title: `${name} · quickstart-chat`,
          body: expect.stringContaining(text.slice(0, 200)) as string,
        });
      });
    });
  });
});

it("the page's URL is shown as plain text", { timeout: 120_000 }, async () => {
  const texts = hostileTexts.filter((text) =>
    /^(?:<(?:script|img|iframe|svg)|"|javascript:|data:|\{)/.test(text),
  );
  expect(texts.length).toBeGreaterThan(30);
  await eachOf(
    texts.flatMap((text, index) => (index % 5 === 0 ? [text] : [])),
    async (text) => {
      for (const parameter of ['database', 'uri']) {
        const visitor = await Visitor.arrive(browser, site, {
          bypassCSP: true,
          parameters: { [parameter]: text },
        });
        const dialogs = countDialogs(visitor.page);
        await visitor.page
          .getByText('misconfigured')
          .or(visitor.state.filter({ hasText: /No such|Reconnect|cannot|Can’t/ }))
          .first()
          .waitFor();
        await expectNothingStrange(visitor.page);
        expect(await visitor.page.evaluate(() => (globalThis as Marks).scriptRan)).toBeUndefined();
        expect(dialogs).toEqual([]);
        expect([...visitor.origins].filter((origin) => !site.origins.includes(origin))).toEqual([]);
        await visitor.leave();
      }
    },
  );
});
