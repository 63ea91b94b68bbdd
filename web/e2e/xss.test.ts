import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { boundedName } from '../../adapters/src/chat/bounds.ts';
import { normalizeMessage } from '../../spacetimedb/src/rules.ts';
import { hostileTexts, unruledTexts } from '../tools/checks/hostile-texts.ts';
import { inspectPage } from '../tools/checks/inspect-page.ts';
import { openSeededSite, type SeededSite, type Site } from '../tools/pages/site.ts';
import { surfaces } from '../tools/pages/surfaces.ts';
import { launchBrowser, Visitor } from '../tools/pages/visitor.ts';

/** Low, because only the newest message matters, and drawing the others takes most of the time. */
const viewport = { width: 1280, height: 400 };

/** What the page records about itself. */
interface Marks {
  scriptRan?: boolean;
}

let browser: Browser;
let site: SeededSite;

beforeAll(async () => {
  [browser, site] = await Promise.all([launchBrowser(), openSeededSite()]);
});
afterAll(async () => {
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

/** What the page shows, as text. */
interface Shown {
  /** Of the newest message. */
  text: string | undefined;
  /** Of the newest message. */
  author: string | undefined;
  people: string[];
  /** The newest announcement. */
  announced: string | undefined;
  notified: { title: string; body: string } | undefined;
  title: string;
}

/**
 * Scrolls to the newest message, and unfolds it if it is long. Runs in the page, where it takes one request instead
 * of a dozen, so it must not use anything outside its body.
 */
function readPage(): Shown {
  const root = document.querySelector('spacetimedb-chat')?.shadowRoot ?? document;
  const textsOf = (selector: string, within: ParentNode = root): string[] =>
    [...within.querySelectorAll(selector)].map(({ textContent }) => textContent);
  const log = root.querySelector('[role=log]');
  log?.scrollTo(0, log.scrollHeight);
  const last = [...(log?.querySelectorAll('article') ?? [])].at(-1);
  for (const button of last?.querySelectorAll('button') ?? []) {
    if (button.textContent.trim().startsWith('Show all')) button.click();
  }
  return {
    text: last && textsOf('[dir=auto]', last)[0],
    author: last && textsOf('bdi', last)[0],
    people: textsOf('aside li bdi'),
    announced: textsOf('[aria-live=polite] p').at(-1),
    notified: (globalThis as { notified?: { title: string; body: string }[] }).notified?.at(-1),
    title: document.title,
  };
}

/** The page batches announcements and notifications for seconds, which would delay every text here. */
function hurryBatches(): void {
  const { setTimeout } = globalThis;
  const hurried = (run: () => void, ms = 0): unknown =>
    setTimeout(run, ms === 1_000 || ms === 2_000 ? 0 : ms);
  globalThis.setTimeout = hurried as typeof setTimeout;
}

/** Waits until `check` accepts what the page shows. */
const shows = ({ page }: Visitor, check: (shown: Shown) => void): Promise<void> =>
  vi.waitFor(async () => check(await page.evaluate(readPage)), { timeout: 20_000, interval: 20 });

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
      Visitor.arrive(browser, shown, { traced: false, viewport }),
      Visitor.arrive(browser, shown, { traced: false, viewport, bypassCSP: true }),
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
    }, 60_000);
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

  it('typed messages are shown as plain text', { timeout: 600_000 }, async () => {
    // Every fourth has some of each kind. The next test covers all of them without the composer and its rules.
    await eachOf(
      hostileTexts.filter((_, index) => index % 4 === 0),
      async (text) => {
        const kept = normalizeMessage(text);
        await writer.messageField.fill(text);
        await writer.messageField.press('Enter');
        const title = surface.isWholePage ? /^\(\d+\+?\) quickstart-chat$/ : /^Somebody's page$/;
        await Promise.all([
          shows(reader, (shown) =>
            expect(shown).toMatchObject({ text: kept, title: expect.stringMatching(title) as string }),
          ),
          shows(writer, ({ text }) => expect(text).toBe(kept)),
        ]);
        await expectHarmless();
      },
    );
  });

  it('names and messages that bypass the rules are shown as plain text', { timeout: 600_000 }, async () => {
    const texts = [...hostileTexts, ...unruledTexts];
    const pairs = texts.map((text, index) => ({ planted: text, text: texts.at(index - 1) ?? '' }));
    await eachOf(pairs, async ({ planted, text }) => {
      const name = boundedName(planted) ?? '';
      // Announcements cut long names.
      const characters = [...name];
      const heard = characters.length > 60 ? `${characters.slice(0, 60).join('')}…` : name;
      await plant(planted, text);
      const isShown = (shown: Shown): void => {
        expect(shown).toMatchObject({ text, author: name });
        expect(shown.people).toContain(name);
      };
      await Promise.all([
        shows(writer, isShown),
        shows(reader, (shown) => {
          isShown(shown);
          expect(shown.announced).toContain(`${heard}: ${text.slice(0, 200)}`);
          if (!surface.isWholePage) return;
          expect(shown.notified).toEqual({
            title: `${name} · quickstart-chat`,
            body: expect.stringContaining(text.slice(0, 200)) as string,
          });
        }),
      ]);
      expect(await writer.page.getByText('Writing as').locator('bdi').textContent()).toBe(name);
      await expectHarmless();
    });
  });
});

it("the page's URL is shown as plain text", { timeout: 300_000 }, async () => {
  const texts = hostileTexts.filter((text) =>
    /^(?:<(?:script|img|iframe|svg)|"|javascript:|data:|\{)/.test(text),
  );
  expect(texts.length).toBeGreaterThan(30);
  const chosen = texts.flatMap((text, index) => (index % 5 === 0 ? [text] : []));
  const addresses = chosen.flatMap((text) => ['database', 'uri'].map((name) => [[name, text]]));
  const visitor = await Visitor.arrive(browser, site, { bypassCSP: true, traced: false });
  const { page, origins, state } = visitor;
  const dialogs = countDialogs(page);
  await eachOf(addresses, async (address) => {
    await page.goto(`${site.url}?${new URLSearchParams(address).toString()}`);
    await page
      .getByText('misconfigured')
      .or(state.filter({ hasText: /No such|Reconnect|cannot|Can’t/ }))
      .first()
      .waitFor();
    await expectNothingStrange(page);
    expect(await page.evaluate(() => (globalThis as Marks).scriptRan)).toBeUndefined();
    expect(dialogs).toEqual([]);
    expect([...origins].filter((origin) => !site.origins.includes(origin))).toEqual([]);
  });
  await visitor.leave();
});
