import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openSite, type Site } from '../tools/pages/site.ts';
import { launchBrowser, Visitor } from '../tools/pages/visitor.ts';

let browser: Browser;
let site: Site;

beforeAll(async () => {
  [browser, site] = await Promise.all([launchBrowser(), openSite()]);
});

afterAll(async () => {
  await browser?.close();
  await site?.close();
});

const banner = (visitor: Visitor): Locator => visitor.page.getByRole('region', { name: 'Connection' });

it('names a database that the server does not have', async () => {
  const visitor = await Visitor.arrive(browser, site, { parameters: { database: 'no-such-room' } });
  await visitor.state.filter({ hasText: 'No such database' }).waitFor();
  expect(await banner(visitor).textContent()).toContain('has no database called “no-such-room”');
  await visitor.leave();
});

it('names a server that cannot be reached, and tries again', async () => {
  // Nothing listens on the port of the discard protocol.
  const visitor = await Visitor.arrive(browser, site, { parameters: { uri: 'http://127.0.0.1:9' } });
  await banner(visitor).filter({ hasText: '127.0.0.1:9 cannot be reached' }).waitFor();
  await banner(visitor)
    .filter({ hasText: /Next try in \d+ s/ })
    .waitFor();
  await visitor.leave();
});

it('keeps its words in place from one try to the next', async () => {
  const visitor = await Visitor.arrive(browser, site, { parameters: { uri: 'http://127.0.0.1:9' } });
  const retry = banner(visitor).getByRole('button', { name: 'Try now' });
  await retry.waitFor();
  await visitor.page.evaluate(() => {
    const region = document.querySelector('[aria-label="Connection"]');
    new MutationObserver(() => {
      if (!region?.isConnected) document.body.dataset['flickered'] = 'yes';
    }).observe(document.body, { childList: true, subtree: true });
  });
  for (let tries = 0; tries < 3; tries++) {
    const failed = visitor.page.waitForEvent('console', (message) => /failed|ERR_/.test(message.text()));
    await retry.click();
    await failed;
    await banner(visitor)
      .filter({ hasText: /Next try in \d+ s/ })
      .waitFor();
  }
  expect(await visitor.page.evaluate(() => document.body.dataset['flickered'])).toBeUndefined();
  await visitor.leave();
});

it('explains a server address that is none, and opens no connection', async () => {
  const visitor = await Visitor.arrive(browser, site, { parameters: { uri: 'localhost:3000' } });
  await visitor.page.getByText('This page is not set up right').waitFor();
  await visitor.page.getByText(/not a web address: “localhost:3000”/).waitFor();
  expect(visitor.complaints).toEqual([]);
  await visitor.leave();
});

it('makes someone whose sign-in is refused a new person, but only when they ask for it', async () => {
  const visitor = await Visitor.arrive(browser, site);
  await visitor.connected();
  await visitor.rename('Someone');
  await visitor.page.evaluate(() => {
    for (const key of Object.keys(localStorage)) localStorage.setItem(key, 'garbage');
  });
  await visitor.reload();
  await visitor.state.filter({ hasText: 'Sign-in refused' }).waitFor();
  await visitor.page.getByRole('button', { name: 'Continue as a new person' }).click();
  await visitor.connected();
  await visitor.page.getByText('Welcome!').or(visitor.page.getByText('You have no name yet')).waitFor();
  await visitor.listed('Offline', 'Someone').waitFor();
  await visitor.leave();
});

it('says what it needs where scripts are not allowed', async () => {
  const visitor = await Visitor.arrive(browser, site, { javaScriptEnabled: false });
  // Playwright does not look for text in there.
  await visitor.page.locator('noscript p').waitFor();
  expect(await visitor.page.getByRole('button', { name: 'Send' }).isDisabled()).toBe(true);
  await visitor.leave();
});
