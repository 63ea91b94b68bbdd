/** The languages of the site. */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { languageNames, languages, loadStrings, type Language } from '../lib/i18n/languages.ts';
import type { Strings } from '../lib/i18n/strings.ts';
import { overflowing } from '../tools/checks/overflow.ts';
import { textsOf } from '../tools/checks/texts.ts';
import { database, openOwnSite, type OwnSite } from '../tools/pages/site.ts';
import { launchBrowser, Visitor, type Arrival } from '../tools/pages/visitor.ts';

let browser: Browser;
let site: OwnSite;
beforeAll(async () => {
  [browser, site] = await Promise.all([launchBrowser(), openOwnSite()]);
});
afterAll(async () => {
  await site?.close();
});

const others = languages.filter((language): language is Exclude<Language, 'en'> => language !== 'en');

/** Opens the site in a browser of this language and waits for the connection. */
async function arrive(locale: string, options: Arrival = {}): Promise<{ visitor: Visitor; t: Strings }> {
  const t = await loadStrings(locale, [locale]);
  const visitor = await Visitor.arrive(browser, site, { locale, ...options });
  await visitor.page
    .getByRole('status')
    .filter({ hasText: new RegExp(`^\\s*${t.connected}\\s*$`) })
    .waitFor();
  return { visitor, t };
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
  // The owner's tools load after the messages, and stand before the settings.
  const tools = page.getByRole('banner').locator('button:not([aria-expanded]):has(svg)');
  await tools.nth(1).waitFor();
  const message = page.getByRole('article').first();
  await message.hover();
  await message.locator('[aria-haspopup=menu]').last().click();
  await page.getByRole('menu').waitFor();
  await note();
  // Deletes the message, after a question.
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

/** Texts that are the same in several languages, or not of the page. */
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

const owner = (locale: string): Promise<{ visitor: Visitor; t: Strings }> =>
  arrive(locale, { token: site.ownerToken });

describe('every text of the page is in the language of the browser', () => {
  let english: Set<string>;
  beforeAll(async () => {
    const author = await Visitor.arrive(browser, site, { locale: 'en' });
    await author.connected();
    await author.rename('Élise');
    await author.write('bonjour');
    await author.leave();
    // Guest names are the same in all languages.
    await fetch(`${site.url}/v1/database/${database}/call/set_name`, {
      method: 'POST',
      headers: { authorization: `Bearer ${site.ownerToken}`, 'content-type': 'application/json' },
      body: '["Zoé"]',
    });
    const { visitor, t } = await owner('en');
    english = new Set(await allTexts(visitor.page, t));
    await visitor.leave();
    expect(english.size).toBeGreaterThan(100);
  });

  it.each(others)('%s', async (language) => {
    const { visitor, t } = await owner(language);
    const texts = await allTexts(visitor.page, t);
    // Words only: numbers, times, keys and identities are the same everywhere.
    const words = texts.filter(
      (text) => /\p{L}{3}/u.test(text) && !/^[0-9a-f]{4,}|^(?:Alt|Ctrl) \+/.test(text),
    );
    expect(words.filter((text) => english.has(text) && !common.includes(text))).toEqual([]);
    expect(visitor.complaints).toEqual([]);
    await visitor.leave();
  });
});

/** Lets the test decide about each script of the page. */
function onScripts(decide: (path: string) => Promise<unknown> | boolean): Arrival {
  return {
    // The service worker loads all languages, to have them offline.
    serviceWorkers: 'block',
    waitUntil: 'commit',
    prepare: (context) =>
      context.route('**/_app/immutable/**/*.js', async (route) => {
        if ((await decide(new URL(route.request().url()).pathname.slice(1))) === false) await route.abort();
        else await route.continue();
      }),
  };
}

describe('before the texts are loaded', () => {
  /** The path of each language's file. */
  const files = new Map<string, string>();
  beforeAll(async () => {
    const [, list = ''] = /data-languages="([^"]*)"/.exec(await (await fetch(site.url)).text()) ?? [];
    list.split(' ').forEach((file, index) => files.set(languages[index] ?? '', file));
    expect(new Set(files.values()).size).toBe(languages.length);
  });

  it('the page shows no English, and asks for them before its own scripts have arrived', async () => {
    let letCome = (): void => {};
    const held = new Promise<void>((resolve) => (letCome = resolve));
    const asked: string[] = [];
    const visitor = await Visitor.arrive(browser, site, {
      locale: 'de-AT',
      ...onScripts(async (path) => {
        asked.push(path);
        await held;
      }),
    });
    const { page } = visitor;
    await vi.waitFor(() => expect(asked).toContain(files.get('de')), 20_000);
    const title = page.getByRole('heading', { level: 1 });
    const colour = (): Promise<string> => title.evaluate((element) => getComputedStyle(element).color);
    expect(await page.locator('html').getAttribute('lang')).toBe('de');
    expect(await colour()).toBe('rgba(0, 0, 0, 0)');
    letCome();
    await page.getByRole('status').filter({ hasText: 'Verbunden' }).waitFor();
    expect(await colour()).not.toBe('rgba(0, 0, 0, 0)');
    expect(asked.filter((path) => path === files.get('de'))).toHaveLength(1);
    await visitor.leave();
  });

  it('the page is in English if they cannot be loaded', async () => {
    const visitor = await Visitor.arrive(browser, site, {
      locale: 'de',
      ...onScripts((path) => path !== files.get('de')),
    });
    await visitor.connected();
    const page = visitor.page.locator('html');
    expect(await page.getAttribute('lang')).toBe('en');
    expect(await page.getAttribute('data-untranslated')).toBeNull();
    await visitor.leave();
  });

  it('an English page asks for no language', async () => {
    const asked: string[] = [];
    const visitor = await Visitor.arrive(browser, site, {
      locale: 'en-GB',
      ...onScripts((path) => {
        asked.push(path);
        return true;
      }),
    });
    await visitor.connected();
    expect(await visitor.page.locator('html').getAttribute('data-untranslated')).toBeNull();
    expect(asked.filter((path) => [...files.values()].includes(path))).toEqual([]);
    await visitor.leave();
  });
});

describe('the language in the settings', () => {
  it('changes the whole page at once, with its direction, and is remembered', async () => {
    const { visitor, t } = await arrive('en-US');
    const { page } = visitor;
    await page.getByRole('button', { name: t.settings }).click();
    const choice = page.getByRole('combobox');
    expect(await choice.inputValue()).toBe('auto');
    await choice.selectOption('ar');
    await page.getByRole('dialog', { name: 'الإعدادات' }).waitFor();
    expect(await page.locator('html').getAttribute('dir')).toBe('rtl');
    expect(await page.locator('html').getAttribute('lang')).toBe('ar');
    await choice.selectOption('de');
    await page.getByRole('dialog', { name: 'Einstellungen' }).getByText('Farbschema').waitFor();
    expect(await page.locator('html').getAttribute('dir')).toBe('ltr');
    await visitor.reload();
    await page.getByRole('status').filter({ hasText: 'Verbunden' }).waitFor();
    await page.getByRole('button', { name: 'Einstellungen' }).click();
    await page.getByRole('combobox').selectOption('auto');
    await page.getByRole('dialog', { name: 'Settings' }).waitFor();
    await visitor.leave();
  });
});

describe("the server's refusals", () => {
  it('are in the language of the page', async () => {
    const taken = await Visitor.arrive(browser, site, { locale: 'en' });
    await taken.connected();
    await taken.rename('Ampel');
    const { visitor, t } = await arrive('de');
    const field = visitor.page.getByRole('textbox', { name: t.yourName });
    await field.fill('Ampel');
    await field.press('Enter');
    await visitor.page.getByRole('alert').filter({ hasText: 'vergeben' }).waitFor();
    await Promise.all([visitor.leave(), taken.leave()]);
  });
});

describe('from right to left', () => {
  const sizes: [string, BrowserContextOptions][] = [
    ['a desktop', { viewport: { width: 1280, height: 800 } }],
    ['a phone', { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true }],
  ];
  it.each(sizes)('everything fits on %s', async (_, options) => {
    const { visitor } = await arrive('ar-EG', options);
    const { page } = visitor;
    expect(await overflowing(page)).toEqual([]);
    // The people are at the end of the line: on the left.
    const people = page.getByRole('complementary');
    if (await people.isVisible()) expect((await people.boundingBox())?.x).toBe(0);
    await visitor.leave();
  });
});
