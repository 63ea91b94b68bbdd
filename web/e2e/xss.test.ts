import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { boundedName } from '../../adapters/src/chat/bounds.ts';
import { normalizeMessage } from '../../spacetimedb/src/rules.ts';
import { parse } from '../lib/formatting/parse.ts';
import { plainText } from '../lib/formatting/plain-text.ts';
import { hostileTexts, markdownTexts, unruledTexts } from '../tools/checks/hostile-texts.ts';
import { inspectPage } from '../tools/checks/inspect-page.ts';
import { openSeededSite, type SeededSite, type Site } from '../tools/pages/site.ts';
import { surfaces } from '../tools/pages/surfaces.ts';
import { launchBrowser, Visitor } from '../tools/pages/visitor.ts';

/** Low, because only the newest messages matter, and drawing the others takes most of the time. */
const viewport = { width: 1280, height: 800 };

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
  /** The newest messages, oldest first, without spaces: those between blocks are not text. */
  messages: { text: string; author: string | undefined }[];
  people: string[];
  /** The name of the reader. */
  me: string | undefined;
  /** The newest announcements. */
  announced: string[];
  notified: { title: string; body: string } | undefined;
  title: string;
}

/**
 * Scrolls to the newest messages, and unfolds the long ones. Runs in the page, where it takes one request instead
 * of a dozen, so it must not use anything outside its body.
 */
function readPage(count: number): Shown {
  const root = document.querySelector('spacetimedb-chat')?.shadowRoot ?? document;
  const textsOf = (selector: string, within: ParentNode = root): string[] =>
    [...within.querySelectorAll(selector)].map(({ textContent }) => textContent);
  const log = root.querySelector('[role=log]');
  log?.scrollTo(0, log.scrollHeight);
  const newest = [...(log?.querySelectorAll('article') ?? [])].slice(-count);
  for (const button of newest.flatMap((article) => [...article.querySelectorAll('button')])) {
    if (button.textContent.trim().startsWith('Show all')) button.click();
  }
  return {
    messages: newest.map((article) => ({
      text: (textsOf('[dir=auto]', article)[0] ?? '').replace(/\s/g, ''),
      author: textsOf('bdi', article)[0],
    })),
    people: textsOf('aside li bdi'),
    me: textsOf('p[id$="-as"] bdi')[0],
    announced: textsOf('[aria-live=polite] p').slice(-count),
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

/** Waits until `check` accepts what the page shows of its newest messages. */
const shows = ({ page }: Visitor, count: number, check: (shown: Shown) => void): Promise<void> =>
  vi.waitFor(async () => check(await page.evaluate(readPage, count)), { timeout: 60_000, interval: 20 });

/** The shown text of a message, without formatting syntax. */
function spoken(text: string): string {
  const blocks = parse(text);
  return blocks ? plainText(blocks) : text;
}

/** Divides texts into groups of at most `size` that fit on the page. */
function grouped(texts: readonly string[], size: number): string[][] {
  const isTall = (text: string): boolean => text.length > 200 || text.split('\n').length > 3;
  const groups = texts.filter(isTall).map((text) => [text]);
  const others = texts.filter((text) => !isTall(text));
  for (let index = 0; index < others.length; index += size) groups.push(others.slice(index, index + size));
  return groups;
}

/** Throws an error with all findings, which an assertion would truncate. */
async function expectNothingStrange(page: Page): Promise<void> {
  const found = await page.evaluate(inspectPage);
  if (found.length > 0) throw new Error(found.join('\n'));
}

/** Runs `look` for each item, and reports all failures together. */
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
  /** The reader has the page's policy and notifications. */
  let reader: Visitor;
  /** The writer has a page without a policy, where the components are the only defence. */
  let writer: Visitor;
  let dialogs: string[][];
  let shown: Site;

  const arrive = async (): Promise<void> => {
    const options = { viewport };
    const watch = async (context: BrowserContext): Promise<void> => {
      await context.addInitScript(watchNotifications);
      await context.addInitScript(hurryBatches);
    };
    [reader, writer] = await Promise.all([
      Visitor.arrive(browser, shown, { ...options, prepare: watch }),
      Visitor.arrive(browser, shown, { ...options, bypassCSP: true }),
    ]);
    dialogs = [reader, writer].map(({ page }) => countDialogs(page));
    await Promise.all([reader.connected(), writer.connected()]);
    await Promise.all([reader.skipWelcome(), writer.skipWelcome()]);
    // Messages are announced from now on.
    await vi.waitFor(async () => {
      // Formatting, so that the parser is loaded.
      await writer.messageField.fill('**Hello**');
      await writer.messageField.press('Enter');
      await reader.page.locator('article strong', { hasText: 'Hello' }).first().waitFor();
      expect(await reader.page.locator('[aria-live=polite] p').count()).toBeGreaterThan(0);
    }, 60_000);
  };
  const leave = (): Promise<unknown> => Promise.all([reader?.leave(), writer?.leave()]);

  beforeAll(async () => {
    shown = await surface.open(site);
    await arrive();
  });
  afterAll(async () => {
    await leave();
    await shown?.close();
  });

  beforeEach(async ({ task }) => {
    // The first try may have left the pages in any state.
    if (task.result?.retryCount) await leave().then(arrive);
  });

  afterEach(async () => {
    for (const visitor of [reader, writer]) {
      expect(visitor.complaints).toEqual([]);
      expect([...visitor.origins].filter((origin) => !shown.origins.includes(origin))).toEqual([]);
      expect(await visitor.page.evaluate(() => (globalThis as Marks).scriptRan)).toBeUndefined();
    }
    expect(dialogs).toEqual([[], []]);
  });

  const expectHarmless = async (): Promise<void> => {
    await Promise.all([reader, writer].map(({ page }) => expectNothingStrange(page)));
  };

  /** Stores names and messages, bypassing all rules. The first of each are the visitor's. */
  async function plant({ page }: Visitor, names: string[], texts: string[]): Promise<void> {
    const token = await page.evaluate(() => Object.values(localStorage).find((it) => it.startsWith('ey')));
    const url = new URL('/v1/database/quickstart-chat/call/plant', site.url);
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token ?? ''}` },
      body: JSON.stringify([names, texts]),
    });
    expect(answer.status, await answer.text()).toBe(200);
  }

  const areShown = (texts: readonly string[], { messages }: Shown): void =>
    expect(messages.map(({ text }) => text)).toEqual(texts.map((text) => spoken(text).replace(/\s/g, '')));

  it('typed messages are shown, announced and notified as text', { timeout: 600_000 }, async () => {
    // Every eighth has some of each kind, and each surface has its own. The next test has each of them on one surface,
    // without the composer and its rules, and component tests have all of them announced and notified. More than three
    // messages are only counted.
    const texts = [...hostileTexts, ...markdownTexts].filter(
      (_, index) => index % 8 === (surface.isWholePage ? 0 : 4),
    );
    await eachOf(grouped(texts, 3), async (group) => {
      for (const text of group) {
        await writer.messageField.fill(text);
        await writer.messageField.press('Enter');
      }
      const title = surface.isWholePage ? /^\(\d+\+?\) quickstart-chat$/ : /^Somebody's page$/;
      const kept = group.map((text) => normalizeMessage(text));
      const last = kept.at(-1) ?? '';
      await Promise.all([
        shows(writer, group.length, (shown) => areShown(kept, shown)),
        shows(reader, group.length, (shown) => {
          areShown(kept, shown);
          expect(shown.title).toMatch(title);
          for (const [index, text] of kept.entries())
            expect(shown.announced[index]).toContain(`: ${spoken(text).slice(0, 200)}`);
          if (surface.isWholePage) expect(shown.notified?.body).toBe(last.slice(0, 200));
        }),
      ]);
      await expectHarmless();
    });
  });

  it('names and messages that bypass the rules are shown as text', { timeout: 600_000 }, async () => {
    // Site and widget show them with the same components, so each has half of them.
    const texts = [...hostileTexts, ...markdownTexts, ...unruledTexts].filter(
      (_, index) => index % 2 === (surface.isWholePage ? 0 : 1),
    );
    const nameFor = new Map(texts.map((text, index) => [text, texts.at(index - 1) ?? '']));
    await eachOf(grouped(texts, 6), async (group) => {
      const planted = group.map((text) => nameFor.get(text) ?? '');
      const names = planted.map((name) => boundedName(name) ?? '');
      await plant(reader, planted.slice(-1), []);
      await plant(writer, planted, group);
      const check =
        (me: string | undefined) =>
        (shown: Shown): void => {
          areShown(group, shown);
          expect(shown.messages.map(({ author }) => author)).toEqual(names);
          expect(shown.people).toEqual(expect.arrayContaining(names));
          expect(shown.me).toBe(me);
        };
      await Promise.all([
        shows(writer, group.length, check(names[0])),
        shows(reader, group.length, check(names.at(-1))),
      ]);
      await expectHarmless();
    });
  });
});

it("the page's URL is shown as plain text", { timeout: 300_000 }, async () => {
  const texts = hostileTexts.filter((text) =>
    /^(?:<(?:script|img|iframe|svg)|"|javascript:|data:|\{)/.test(text),
  );
  expect(texts.length).toBeGreaterThan(30);
  // Component tests have all of them in what the page says about the connection.
  const chosen = texts.filter((_, index) => index % 5 === 0);
  const addresses = chosen.map((text, index) => [[index % 2 === 0 ? 'database' : 'uri', text]]);
  const visitor = await Visitor.arrive(browser, site, { bypassCSP: true });
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
