import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openSite, type Site } from '../tools/pages/site.ts';
import { launchBrowser, Visitor, type Arrival } from '../tools/pages/visitor.ts';

let browser: Browser;
let site: Site;

beforeAll(async () => {
  [browser, site] = await Promise.all([launchBrowser(), openSite()]);
});

afterAll(async () => {
  await site?.close();
});

const arrive = (options: Arrival = {}): Promise<Visitor> =>
  Visitor.arrive(browser, site, { ...options, reused: true });
const banner = (visitor: Visitor): Locator => visitor.page.getByRole('region', { name: 'Connection' });

it('a missing database is named', async () => {
  const visitor = await arrive({ parameters: { database: 'no-such-room' } });
  await visitor.state.filter({ hasText: 'No such database' }).waitFor();
  expect(await banner(visitor).textContent()).toContain('has no database called “no-such-room”');
  await visitor.leave();
});

it('an unreachable server is named, and the banner stays in place while the page tries again', async () => {
  // Nothing listens on the discard port.
  const visitor = await arrive({ parameters: { uri: 'http://127.0.0.1:9' } });
  await banner(visitor).filter({ hasText: 'Can’t reach 127.0.0.1:9' }).waitFor();
  const countdown = banner(visitor).filter({ hasText: /Next try in \d+ s/ });
  await countdown.waitFor();
  await visitor.page.evaluate(() => {
    const region = document.querySelector('[aria-label="Connection"]');
    new MutationObserver(() => {
      if (!region?.isConnected) document.body.dataset['flickered'] = 'yes';
    }).observe(document.body, { childList: true, subtree: true });
  });
  for (let tries = 0; tries < 3; tries++) {
    const failed = visitor.page.waitForEvent('console', (message) => /failed|ERR_/.test(message.text()));
    await banner(visitor).getByRole('button', { name: 'Try now' }).click();
    await failed;
    await countdown.waitFor();
  }
  expect(await visitor.page.evaluate(() => document.body.dataset['flickered'])).toBeUndefined();
  await visitor.leave();
});

it('an invalid server address is explained, and no connection is opened', async () => {
  const visitor = await arrive({ parameters: { uri: 'localhost:3000' } });
  await visitor.page.getByText('This page is misconfigured').waitFor();
  await visitor.page.getByText(/not a web address: “localhost:3000”/).waitFor();
  expect(visitor.complaints).toEqual([]);
  await visitor.leave();
});

it('someone whose sign-in is refused becomes a new person only on request', async () => {
  const visitor = await arrive();
  await visitor.connected();
  await visitor.rename('Someone');
  await visitor.page.evaluate(() => {
    for (const key of Object.keys(localStorage)) localStorage.setItem(key, 'garbage');
  });
  await visitor.reload();
  await visitor.state.filter({ hasText: 'Sign-in refused' }).waitFor();
  await visitor.page.getByRole('button', { name: 'Continue as a new person' }).click();
  await visitor.connected();
  await visitor.page.getByText('Welcome!').or(visitor.page.getByText('Writing as')).waitFor();
  await visitor.listed('Offline', 'Someone').waitFor();
  await visitor.leave();
});

it('a page without scripts says that it needs them', async () => {
  const visitor = await Visitor.arrive(browser, site, { javaScriptEnabled: false });
  // Playwright does not search text in noscript.
  await visitor.page.locator('noscript p').waitFor();
  expect(await visitor.page.getByRole('button', { name: 'Send' }).isDisabled()).toBe(true);
  await visitor.leave();
});
