/** The languages of the site. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { languageNames, languages, loadStrings, type Language } from '../lib/i18n/languages.ts';
import type { Strings } from '../lib/i18n/strings.ts';
import { overflowing } from '../tools/checks/overflow.ts';
import { textsOf } from '../tools/checks/texts.ts';
import { database, openOwnSite, type OwnSite } from '../tools/pages/site.ts';
import { launchBrowser, Visitor } from '../tools/pages/visitor.ts';

let browser: Browser;
let site: OwnSite;
beforeAll(async () => {
  [browser, site] = await Promise.all([launchBrowser(), openOwnSite()]);
});
afterAll(async () => {
  await site?.close();
});

const others = languages.filter((language): language is Exclude<Language, 'en'> => language !== 'en');

/** Changes the browser's language from the next visit on. */
async function speak(page: Page, locale: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const userAgent = await page.evaluate(() => navigator.userAgent);
  await session.send('Emulation.setUserAgentOverride', { userAgent, acceptLanguage: locale });
}

/** Opens the page in a browser of this language and waits for the connection. */
async function reopen(visitor: Visitor, locale: string): Promise<Strings> {
  await speak(visitor.page, locale);
  // A second try would start with the language chosen by the first one.
  await visitor.page.evaluate(() => localStorage.removeItem('spacetimedb-chat:preferences'));
  await visitor.reload();
  const t = await loadStrings(locale, [locale]);
  await connected(visitor, t);
  return t;
}

async function connected({ page }: Visitor, t: Strings): Promise<void> {
  const state = new RegExp(`^\\s*${t.connected}\\s*$`);
  await page.getByRole('status').filter({ hasText: state }).waitFor();
}

/** Opens every part of the page in turn and returns its texts. */
async function allTexts(page: Page, t: Strings): Promise<string[]> {
  const texts: string[] = [];
  const note = async (): Promise<void> => void texts.push(...(await textsOf(page)));
  const dialog = page.getByRole('dialog');
  const close = async (): Promise<void> => {
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  };
  await page.getByRole('log').getByText('bonjour').first().waitFor();
  await note();
  await page.getByRole('button', { name: t.settings, exact: true }).click();
  await dialog.waitFor();
  for (const button of await dialog.locator('[aria-expanded]').all()) {
    await button.click();
    await note();
  }
  expect(await overflowing(page)).toEqual([]);
  await close();
  await page.keyboard.press('?');
  await dialog.waitFor();
  await note();
  await close();
  // The owner's tools load after the messages, and are placed before the settings.
  const tools = page.getByRole('banner').locator('button:not([aria-expanded]):has(svg)');
  await tools.nth(1).waitFor();
  const message = page.getByRole('article').first();
  await message.hover();
  await message.locator('[aria-haspopup=menu]').last().click();
  await page.getByRole('menu').waitFor();
  await note();
  // Deletes the message, after a confirmation.
  await page.getByRole('menuitem').last().click();
  await dialog.waitFor();
  await note();
  await dialog.locator('p button').click();
  await dialog.locator('section').first().waitFor();
  await dialog.locator('label:has(input[type=radio])').last().click();
  await note();
  expect(await overflowing(page)).toEqual([]);
  await close();
  await tools.first().click();
  await dialog.locator('summary').click();
  await note();
  await dialog.locator('label:has(input[type=radio])').nth(1).click();
  await note();
  expect(await overflowing(page)).toEqual([]);
  await close();
  return texts;
}

/** Texts that are the same in several languages, or not part of the page. */
const common = [
  database,
  'bonjour',
  'Élise',
  'Zoé',
  'Système',
  ...Object.values(languageNames),
  ...[
    'Chat',
    'Server',
    'Moderation',
    'Moderator',
    'System',
    'Online',
    'Offline',
    'OK',
    'Reason',
    '12 h',
    '24 h',
  ],
  ...['Minutes', 'Moderador', '10 min', 'Messages', 'Message', 'Sign-in key', 'Escape', 'Enter', 'Delete'],
  ...['Shift + Enter', 'Shift', 'https://chat.example.com', 'Emoji', '`code`'],
];

/** Someone whose name is taken. */
async function nameSomeone(name: string): Promise<void> {
  const answer = await fetch(`${site.url}/v1/identity`, { method: 'POST' });
  const { token } = (await answer.json()) as { token: string };
  await call(token, 'set_name', name);
  await call(token, 'send_message', 'bonjour');
}

async function call(token: string, reducer: string, text: string): Promise<void> {
  const answer = await fetch(`${site.url}/v1/database/${database}/call/${reducer}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify([text]),
  });
  expect(answer.status, await answer.text()).toBe(200);
}

describe('in a browser of each language', () => {
  /** The owner, whose page all tests reuse. */
  let visitor: Visitor;
  let english: Set<string>;
  beforeAll(async () => {
    await nameSomeone('Élise');
    // Guest names are the same in all languages.
    await call(site.ownerToken, 'set_name', 'Zoé');
    visitor = await Visitor.arrive(browser, site, { locale: 'en-US', token: site.ownerToken });
    const t = await loadStrings('en', ['en-US']);
    await connected(visitor, t);
    english = new Set(await allTexts(visitor.page, t));
    expect(english.size).toBeGreaterThan(100);
  });
  afterAll(() => visitor?.leave());

  it.each(others)('every text of the page is in the language of the browser: %s', async (language) => {
    const t = await reopen(visitor, language);
    expect(await visitor.page.evaluate(() => navigator.languages)).toEqual([language]);
    const texts = await allTexts(visitor.page, t);
    // Words only: numbers, times, keys and identities are the same everywhere.
    const words = texts.filter(
      (text) => /\p{L}{3}/u.test(text) && !/^[0-9a-f]{4,}|^(?:Alt|Ctrl) \+/.test(text),
    );
    expect(words.filter((text) => english.has(text) && !common.includes(text))).toEqual([]);
    expect(visitor.complaints.splice(0)).toEqual([]);
  });

  it('the language in the settings changes the whole page at once, with its direction, and is remembered', async () => {
    const t = await reopen(visitor, 'en-US');
    const { page } = visitor;
    await page.getByRole('button', { name: t.settings }).click();
    const choice = page.getByRole('combobox');
    expect(await choice.inputValue()).toBe('auto');
    await choice.selectOption('ar');
    await page.getByRole('dialog', { name: 'الإعدادات' }).waitFor();
    expect(await page.locator('html').getAttribute('dir')).toBe('rtl');
    expect(await page.locator('html').getAttribute('lang')).toBe('ar');
    // The people are at the inline end: on the left.
    expect(await overflowing(page)).toEqual([]);
    expect((await page.getByRole('complementary').boundingBox())?.x).toBe(0);
    await choice.selectOption('de');
    await page.getByRole('dialog', { name: 'Einstellungen' }).getByText('Farbschema').waitFor();
    expect(await page.locator('html').getAttribute('dir')).toBe('ltr');
    await visitor.reload();
    await page.getByRole('status').filter({ hasText: 'Verbunden' }).waitFor();

    // The server's refusals are in the language of the page, too.
    await page.getByRole('button', { name: (await loadStrings('de', ['de'])).changeName }).click();
    const field = page.locator('input[name=name]');
    await field.fill('Élise');
    await field.press('Enter');
    await page.getByRole('alert').filter({ hasText: 'vergeben' }).waitFor();
    await field.press('Escape');

    await page.getByRole('button', { name: 'Einstellungen' }).click();
    await page.getByRole('combobox').selectOption('auto');
    await page.getByRole('dialog', { name: 'Settings' }).waitFor();
    await page.keyboard.press('Escape');
  });
});

describe('before the texts are loaded', () => {
  /** The path of each language's file. */
  const files = new Map<string, string>();
  let visitor: Visitor;
  /** The scripts that the page has requested. */
  let asked: string[] = [];
  /** Decides whether each script is delivered. */
  let decide: (path: string) => Promise<boolean> | boolean = () => true;

  beforeAll(async () => {
    const [, list = ''] = /data-languages="([^"]*)"/.exec(await (await fetch(site.url)).text()) ?? [];
    list.split(' ').forEach((file, index) => files.set(languages[index] ?? '', file));
    expect(new Set(files.values()).size).toBe(languages.length);
    visitor = await Visitor.arrive(browser, site, {
      locale: 'en-GB',
      waitUntil: 'commit',
      prepare: (context) =>
        context.route('**/_app/immutable/**/*.js', async (route) => {
          const path = new URL(route.request().url()).pathname.slice(1);
          asked.push(path);
          if (await decide(path)) await route.continue();
          else await route.abort();
        }),
    });
  });
  afterAll(() => visitor?.leave());
  beforeEach(() => {
    asked = [];
  });
  it('the page shows no English, and requests them before its own scripts have arrived', async () => {
    let letCome = (): void => {};
    const held = new Promise<boolean>((resolve) => (letCome = () => resolve(true)));
    decide = () => held;
    const { page } = visitor;
    await speak(page, 'de-AT');
    await page.goto(site.url, { waitUntil: 'commit' });
    await vi.waitFor(() => expect(asked).toContain(files.get('de')), 20_000);
    const title = page.getByRole('heading', { level: 1 });
    const colour = (): Promise<string> => title.evaluate((element) => getComputedStyle(element).color);
    expect(await page.locator('html').getAttribute('lang')).toBe('de');
    expect(await colour()).toBe('rgba(0, 0, 0, 0)');
    letCome();
    await page.getByRole('status').filter({ hasText: 'Verbunden' }).waitFor();
    expect(await colour()).not.toBe('rgba(0, 0, 0, 0)');
    expect(asked.filter((path) => path === files.get('de'))).toHaveLength(1);
  });

  it('the page is in English if they cannot be loaded', async () => {
    decide = (path) => path !== files.get('de');
    await speak(visitor.page, 'de');
    await visitor.reload();
    await visitor.connected();
    const page = visitor.page.locator('html');
    expect(asked).toContain(files.get('de'));
    expect(await page.getAttribute('lang')).toBe('en');
    expect(await page.getAttribute('data-untranslated')).toBeNull();
  });

  it('an English page requests no language', async () => {
    decide = () => true;
    await speak(visitor.page, 'en-GB');
    await visitor.reload();
    await visitor.connected();
    expect(await visitor.page.locator('html').getAttribute('data-untranslated')).toBeNull();
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.filter((path) => [...files.values()].includes(path))).toEqual([]);
  });
});

it('from right to left, everything fits on a phone', async () => {
  const visitor = await Visitor.arrive(browser, site, {
    locale: 'ar-EG',
    viewport: { width: 360, height: 740 },
    isMobile: true,
    hasTouch: true,
  });
  await connected(visitor, await loadStrings('ar-EG', ['ar-EG']));
  expect(await overflowing(visitor.page)).toEqual([]);
  await visitor.leave();
});
