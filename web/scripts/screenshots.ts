/** `npm run screenshots`: makes the pictures in the README, of a short conversation on a host of their own. */
import path from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { failInOneLine, startHost } from 'spacetimedb-host';
import { tokenKey } from '../../adapters/src/tokens.ts';
import { findBrowser } from '../e2e/find-browser.ts';
import { launch } from '../e2e/launch-browser.ts';
import { SITE, buildSiteIfStale } from './build-site.ts';
import { ROOT } from './environment.ts';

const PICTURES = path.join(ROOT, 'web', 'screenshots');
const DATABASE = 'quickstart-chat';
const DESKTOP: BrowserContextOptions = { viewport: { width: 1280, height: 800 } };
const PHONE: BrowserContextOptions = {
  viewport: { width: 360, height: 740 },
  isMobile: true,
  hasTouch: true,
};

class Person {
  readonly #page: Page;

  /** @param token of someone they are; by default they are someone new */
  static async arrive(
    browser: Browser,
    uri: string,
    options: BrowserContextOptions,
    token?: string,
  ): Promise<Person> {
    const page = await (await browser.newContext({ ...options, locale: 'en-GB' })).newPage();
    if (token !== undefined) {
      const key = tokenKey(uri, DATABASE);
      await page.addInitScript(([key, token]) => localStorage.setItem(key, token), [key, token] as const);
    }
    await page.goto(uri);
    return new Person(page);
  }

  private constructor(page: Page) {
    this.#page = page;
  }

  async rename(name: string): Promise<void> {
    // The first visit asks for it by itself.
    const field = this.#page.getByRole('textbox', { name: 'Your name' });
    await field.fill(name);
    await field.press('Enter');
    await this.#page.getByText('Writing as').filter({ hasText: name }).waitFor();
  }

  async write(text: string): Promise<void> {
    const field = this.#page.getByRole('textbox', { name: 'Message' });
    await field.fill(text);
    await field.press('Enter');
    await this.sees(text.split('\n')[0] ?? text);
  }

  async sees(text: string): Promise<void> {
    await this.#page.getByRole('log').getByRole('article').filter({ hasText: text }).waitFor();
  }

  async photograph(name: string): Promise<void> {
    await this.#page.screenshot({ path: path.join(PICTURES, `${name}.png`) });
  }

  /** Mutes somebody for ten minutes, and looks at the record. */
  async mute(name: string, reason: string): Promise<void> {
    await this.#page.getByRole('button', { name: `Moderate ${name}` }).click();
    const form = this.#page.getByRole('form', { name: `Mute ${name}` });
    await form.getByRole('textbox', { name: 'Reason' }).fill(reason);
    await form.getByRole('button', { name: 'Mute' }).click();
    await this.#page.getByText(/^Muted until/).waitFor();
    await this.#page.keyboard.press('Escape');
  }

  async deletes(text: string, reason: string): Promise<void> {
    const message = this.#page.getByRole('article').filter({ hasText: text });
    await message.getByRole('button', { name: /^Moderate/ }).click();
    await this.#page.getByRole('textbox', { name: 'Reason' }).fill(reason);
    await this.#page.getByRole('button', { name: 'Delete', exact: true }).click();
    await message.waitFor({ state: 'detached' });
  }

  async openRecord(): Promise<void> {
    await this.#page.getByRole('button', { name: 'Moderation' }).click();
    await this.#page.getByRole('dialog').waitFor();
  }

  leave(): Promise<void> {
    return this.#page.context().close();
  }
}

async function conversation(browser: Browser, uri: string): Promise<void> {
  const ann = await Person.arrive(browser, uri, DESKTOP);
  const bob = await Person.arrive(browser, uri, { ...PHONE, colorScheme: 'dark' });
  const cleo = await Person.arrive(browser, uri, { ...DESKTOP, colorScheme: 'dark' });
  await ann.rename('Ann Lee');
  await bob.rename('Bob');
  await cleo.rename('Cleo Müller');
  await ann.write('Good morning! Is the new build up?');
  await bob.write('Yes, since a minute ago. Open it in two browsers and you are two people.');
  await ann.write('It is. What is left to do:\n1. the reconnect banner\n2. a paragraph in the README');
  await cleo.write('I take the README.');
  await bob.write('Then the banner is mine. Restart the host while you are at it: nothing gets lost.');
  const dan = await Person.arrive(browser, uri, DESKTOP);
  await dan.rename('Dan');
  await dan.leave();
  const last = 'Just did. Both pages came back by themselves.';
  await ann.write(last);
  await Promise.all([bob.sees(last), cleo.sees(last)]);
  await ann.photograph('desktop-light');
  await cleo.photograph('desktop-dark');
  await bob.photograph('phone-dark');
}

async function moderation(browser: Browser, uri: string, ownerToken: string): Promise<void> {
  const owner = await Person.arrive(browser, uri, DESKTOP, ownerToken);
  await owner.rename('Olga');
  const seller = await Person.arrive(browser, uri, DESKTOP);
  await seller.rename('Best Deals');
  const text = 'Cheap watches, only today! Write to me.';
  await seller.write(text);
  await owner.sees(text);
  await owner.deletes(text, 'advertising');
  await owner.mute('Best Deals', 'No advertising, please.');
  await owner.openRecord();
  await owner.photograph('moderation');
}

try {
  await buildSiteIfStale();
  const host = await startHost({
    module: path.join(ROOT, 'spacetimedb'),
    name: DATABASE,
    staticDir: SITE,
  });
  const browser = await launch(findBrowser().path);
  await conversation(browser, host.uri);
  await moderation(browser, host.uri, host.ownerToken);
  await browser.close();
  await host.stop();
} catch (error) {
  failInOneLine(error);
}
