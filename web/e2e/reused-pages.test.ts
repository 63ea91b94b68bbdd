/** Tests a test tool: a reused page must not differ from a new one. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openOwnSite, type OwnSite } from '../tools/pages/site.ts';
import { launchBrowser, Visitor } from '../tools/pages/visitor.ts';

let browser: Browser;
let site: OwnSite;

beforeAll(async () => {
  [browser, site] = await Promise.all([launchBrowser(), openOwnSite()]);
});
afterAll(async () => {
  await site?.close();
});

it('a visitor on a reused page is new, and sees nothing that the previous visitor left', async () => {
  const arrive = () =>
    Visitor.arrive(browser, site, { reused: true, permissions: ['clipboard-read'], serviceWorkers: 'allow' });
  const first = await arrive();
  const { page } = first;
  await first.connected();
  await first.rename('Ada');
  await first.messageField.fill('half a sentence');
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await page.route('**/*', (route) => route.abort());
  await page.setViewportSize({ width: 400, height: 400 });
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
  await page.context().addCookies([{ name: 'left', value: 'behind', url: site.url }]);
  await page.context().grantPermissions(['notifications']);
  await page.context().setOffline(true);
  await page.evaluate(() => {
    localStorage.setItem('left', 'behind');
    sessionStorage.setItem('left', 'behind');
  });
  await (await page.context().newPage()).goto(site.url).catch(() => {});
  await first.leave();
  const heard = first.complaints.length;

  const second = await arrive();
  expect(second.page).toBe(page);
  await second.connected();
  expect(await second.nameField.inputValue()).toBe('');
  expect(await second.messageField.inputValue()).toBe('');
  expect(page.context().pages()).toEqual([page]);
  expect(page.viewportSize()).toEqual({ width: 1280, height: 720 });
  const seen = await page.evaluate(async () => ({
    left: [localStorage.getItem('left'), sessionStorage.getItem('left'), document.cookie],
    dark: matchMedia('(prefers-color-scheme: dark), (prefers-reduced-motion: reduce)').matches,
    permissions: await Promise.all(
      (['notifications', 'clipboard-read'] as PermissionName[]).map(
        async (name) => (await navigator.permissions.query({ name })).state,
      ),
    ),
  }));
  expect(seen).toEqual({
    left: [null, null, ''],
    dark: false,
    permissions: [expect.not.stringMatching('granted'), 'granted'],
  });
  expect(second.complaints).toEqual([]);
  expect(first.complaints).toHaveLength(heard);
  await second.listed('Offline', 'Ada').waitFor();
  await second.leave();
});

it('visitors with other options, or at the same time, have their own pages', async () => {
  const [one, two, phone] = await Promise.all([
    Visitor.arrive(browser, site, { reused: true }),
    Visitor.arrive(browser, site, { reused: true }),
    Visitor.arrive(browser, site, { reused: true, hasTouch: true }),
  ]);
  expect(new Set([one.page, two.page, phone.page]).size).toBe(3);
  await Promise.all([one.leave(), two.leave(), phone.leave()]);
});
