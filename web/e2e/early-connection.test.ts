/** The connection that is started while the page's scripts load. */
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { openOwnSite, type OwnSite } from '../tools/pages/site.ts';
import { closeContext, openContext } from '../tools/browser/traces.ts';
import { launchBrowser } from '../tools/pages/visitor.ts';

let browser: Browser;
let site: OwnSite;
let context: BrowserContext;
beforeAll(async () => {
  [browser, site] = await Promise.all([launchBrowser(), openOwnSite()]);
});
afterAll(async () => {
  await site?.close();
});
beforeEach(async () => {
  context = await openContext(browser);
});
afterEach(() => closeContext(context));

/** Opens the page and returns its requests to the server, in order, until it is connected. */
async function visit(url = site.url) {
  const page = await context.newPage();
  const asked: string[] = [];
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (/config\.json$|websocket-token$/.test(pathname)) asked.push(pathname);
  });
  page.on('websocket', (socket) => asked.push(new URL(socket.url()).pathname));
  await page.goto(url);
  await page
    .getByRole('status')
    .filter({ hasText: /^\s*Connected\s*$/ })
    .waitFor();
  await page.getByRole('button', { name: /^(?:Stay anonymous|Choose a name|Change your name)$/ }).waitFor();
  const me = await page.evaluate(() =>
    Object.entries(localStorage).find(([key]) => key.startsWith('spacetimedb:')),
  );
  return { page, asked, token: me?.[1] };
}

const socket = '/v1/database/quickstart-chat/subscribe';

it('the early connection is the only one, on the first visit and on later ones', async () => {
  const first = await visit();
  expect(first.asked).toEqual(['/config.json', socket]);
  const next = await visit();
  expect(next.asked).toEqual(['/config.json', '/v1/identity/websocket-token', socket]);
  expect(next.token).toBe(first.token);
});

it('tabs opened at the same time become the same person', async () => {
  const tabs = await Promise.all([visit(), visit(), visit()]);
  expect(new Set(tabs.map(({ token }) => token)).size).toBe(1);
  expect(tabs[0]?.token).toBeDefined();
});

it("the connection starts before the page's scripts arrive, and is opened again if it is lost until then", async () => {
  let letCome = (): void => {};
  const held = new Promise<void>((resolve) => (letCome = resolve));
  await context.route('**/_app/immutable/**/*.js', async (route) => {
    await held;
    await route.continue();
  });
  const page = await context.newPage();
  const begun = page.waitForEvent('websocket');
  await page.goto(site.url, { waitUntil: 'commit' });
  const early = await begun;
  expect(new URL(early.url()).pathname).toBe(socket);
  await site.outage.stop();
  // `waitForEvent` would reject if the socket fails instead of being closed.
  if (!early.isClosed()) await new Promise((resolve) => early.once('close', resolve));
  await site.outage.start();
  letCome();
  await page
    .getByRole('status')
    .filter({ hasText: /^\s*Connected\s*$/ })
    .waitFor();
});

it("no connection is started to a server named in the page's URL", async () => {
  const url = new URL(site.url);
  url.searchParams.set('uri', 'http://127.0.0.1:9');
  await context.route('**/_app/immutable/**/*.js', (route) => route.abort());
  const page = await context.newPage();
  let sockets = 0;
  page.on('websocket', () => sockets++);
  const config = page.waitForResponse('**/config.json');
  await page.goto(url.href);
  await config;
  const isDecided = await page.evaluate(async () => (await globalThis.earlyChat?.connection) === undefined);
  expect([isDecided, sockets]).toEqual([true, 0]);
});

it('no connection is started where storage is unavailable', async () => {
  await context.addInitScript(() =>
    Object.defineProperty(window, 'localStorage', {
      get: () => {
        throw new DOMException('forbidden', 'SecurityError');
      },
    }),
  );
  const page = await context.newPage();
  await page.goto(site.url);
  await page
    .getByRole('status')
    .filter({ hasText: /^\s*Connected\s*$/ })
    .waitFor();
});

it("the page's script carries V8's compile hint", async () => {
  const folder = fileURLToPath(new URL('../../build/_app/immutable/chunks/', import.meta.url));
  const scripts = (await readdir(folder)).filter((name) => name.endsWith('.js'));
  const starts = await Promise.all(
    scripts.map(async (name) => (await readFile(folder + name, 'utf8')).split('\n', 1)[0]),
  );
  expect(starts.filter((line) => line === '//# allFunctionsCalledOnLoad')).toHaveLength(1);
});
