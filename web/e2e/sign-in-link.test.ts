/** The link that `npm start` prints. */
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

const ownersOnly = ({ page }: Visitor) => page.getByRole('button', { name: 'Moderation' });

it('a sign-in link makes a new visitor the owner, and leaves no code in the address', async () => {
  const visitor = await Visitor.arrive(
    browser,
    { url: `${site.url}/#sign-in=${site.signInCode()}` },
    { reused: true },
  );
  await ownersOnly(visitor).waitFor();
  expect(visitor.page.url()).toBe(`${site.url}/`);
  await visitor.page.reload();
  await ownersOnly(visitor).waitFor();
  expect(visitor.complaints).toEqual([]);
  await visitor.leave();
});

it('a sign-in link asks a person with a name before it replaces them', async () => {
  const visitor = await Visitor.arrive(browser, site, { reused: true });
  await visitor.connected();
  await visitor.rename('Ann');
  const url = `${site.url}/#sign-in=${site.signInCode()}`;
  // As when the link is pasted into the address bar of the open page.
  await visitor.page.evaluate((url) => (location.href = url), url);
  const dialog = visitor.page.getByRole('dialog', { name: 'Sign in as the owner' });
  await dialog.getByText('You’re Ann in this browser', { exact: false }).waitFor();
  expect(await ownersOnly(visitor).count()).toBe(0);
  await dialog.getByRole('button', { name: 'Sign in as the owner' }).click();
  await ownersOnly(visitor).waitFor();
  await dialog.waitFor({ state: 'detached' });
  await visitor.leave();
});

it('a used sign-in link says so', async () => {
  const code = site.signInCode();
  const response = await fetch(`${site.url}/v1/identity/sign-in-code`, { method: 'POST', body: code });
  expect(response.status).toBe(200);
  const visitor = await Visitor.arrive(browser, { url: `${site.url}/#sign-in=${code}` }, { reused: true });
  await visitor.page.getByRole('alert').filter({ hasText: 'This sign-in link was already used' }).waitFor();
  await visitor.page.keyboard.press('Escape');
  await visitor.page.getByRole('dialog').waitFor({ state: 'detached' });
  await visitor.leave();
});
