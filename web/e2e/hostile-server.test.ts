import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { startHost, type StartedHost } from 'spacetimedb-host';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { overflowing } from '../tools/checks/overflow.ts';
import { openOwnSite, type OwnSite } from '../tools/pages/site.ts';
import { launchBrowser, Visitor } from '../tools/pages/visitor.ts';

/** What visitors see when a link leads to a hostile server, and how a site can prevent it. */

const patient = { timeout: 60_000, interval: 100 };
const hostileModule = fileURLToPath(new URL('../tools/modules/hostile', import.meta.url));
let browser: Browser;
let site: OwnSite;
/** A site that allows only one other server, which is not the hostile one. */
let restricted: OwnSite;
let hostile: StartedHost;
let dataDir: string;
let evil: string;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'hostile-'));
  [browser, site, restricted, hostile] = await Promise.all([
    launchBrowser(),
    openOwnSite(),
    openOwnSite(undefined, { servers: ['https://other.example'] }),
    startHost({ module: hostileModule, name: 'quickstart-chat', dataDir }),
  ]);
  evil = new URL(hostile.uri).host;
});
afterAll(async () => {
  await Promise.all([site?.close(), restricted?.close(), hostile?.stop()]);
  await rm(dataDir, { recursive: true, force: true });
});

it('the page names the foreign server', async () => {
  const visitor = await Visitor.arrive(browser, site, {
    parameters: { uri: hostile.uri },
    reused: true,
  });
  await visitor.connected();
  await visitor.page.locator('header').getByText(`on ${evil}`).waitFor();
  expect(await visitor.page.title()).toBe(`quickstart-chat · on ${evil}`);
  await visitor.leave();
  const home = await Visitor.arrive(browser, site, { reused: true });
  await home.connected();
  expect(await home.page.locator('header').getByText(/^on /).count()).toBe(0);
  await home.leave();
});

it('a narrow page names the foreign server in full, however long its name is', async () => {
  const { port } = new URL(hostile.uri);
  const uri = `http://chat.example.com.${'long-label.'.repeat(12)}localhost:${port}`;
  const visitor = await Visitor.arrive(browser, site, {
    parameters: { uri },
    reused: true,
  });
  await visitor.page.setViewportSize({ width: 320, height: 568 });
  const name = visitor.page.locator('header').getByText(`on ${new URL(uri).host}`);
  await name.waitFor();
  // An element that cuts its text off is narrower than its content.
  expect(await name.evaluate(({ scrollWidth, clientWidth }) => scrollWidth <= clientWidth)).toBe(true);
  expect(await overflowing(visitor.page)).toEqual([]);
  await visitor.leave();
});

it('a site that restricts its servers refuses another one, sends nothing to it and offers the way back', async () => {
  const visitor = await Visitor.arrive(browser, restricted, {
    parameters: { uri: hostile.uri },
    reused: true,
  });
  await visitor.page.getByText('This server is not allowed here').waitFor();
  await visitor.page.getByText(`This site does not allow the server ${evil}`).waitFor();
  expect([...visitor.origins]).toEqual([new URL(restricted.url).origin]);
  await visitor.page.getByRole('button', { name: 'Use this site’s own server' }).click();
  await visitor.connected();
  expect(new URL(visitor.page.url()).search).toBe('');
  await visitor.leave();

  const embedded = await Visitor.arrive(
    browser,
    { url: new URL('embed/', restricted.url).href },
    { parameters: { uri: hostile.uri }, reused: true },
  );
  await embedded.page.getByRole('alert').filter({ hasText: evil }).waitFor();
  expect(await embedded.page.locator('spacetimedb-chat').count()).toBe(0);
  expect([...embedded.origins]).toEqual([new URL(restricted.url).origin]);
  await embedded.leave();

  const open = await Visitor.arrive(
    browser,
    { url: new URL('embed/', site.url).href },
    { parameters: { uri: hostile.uri }, reused: true },
  );
  await open.page.getByText(`Chat on ${evil}`).waitFor();
  await open.leave();
});

it('a room with impossible times and endless texts stays usable', async () => {
  hostile.call('write_at', [2n ** 63n - 1n, 'at the end of time']);
  hostile.call('write_at', [-(2n ** 63n), 'before all time']);
  hostile.call('write_at', [8_640_000_000_000_001_000n, 'beyond all dates']);
  hostile.call('write_at', [BigInt(Date.now()) * 1000n, 'x'.repeat(3_000_000)]);
  hostile.call('write_at', [BigInt(Date.now()) * 1000n, 'an ordinary one']);
  const visitor = await Visitor.arrive(browser, site, {
    parameters: { uri: hostile.uri },
    reused: true,
  });
  await visitor.connected();
  await visitor.messagesWith('an ordinary one').last().waitFor();
  await visitor.page.getByText('4 messages cannot be shown.').waitFor();
  await visitor.write('and mine');
  hostile.call('write_at', [2n ** 63n - 2n, 'once more']);
  await visitor.page.getByText('5 messages cannot be shown.').waitFor();
  await visitor.write('and another');
  await visitor.connected();
  expect(visitor.complaints).toEqual([]);
  await visitor.leave();
});

it('visitors can type while a crowd joins and messages flood in', async () => {
  for (let first = 0; first < 20_000; first += 5_000) hostile.call('crowd', [first, 5_000]);
  const visitor = await Visitor.arrive(browser, site, {
    parameters: { uri: hostile.uri },
    reused: true,
  });
  visitor.page.setDefaultTimeout(30_000);
  await visitor.connected();
  let written = 0;
  const flood = setInterval(() => {
    for (let n = 0; n < 3; n++) hostile.call('burst', [1, `flood ${written++}`]);
  }, 10);
  try {
    const text = 'typed in a flood';
    await visitor.messageField.pressSequentially(text, { delay: 100 });
    expect(await visitor.messageField.inputValue()).toBe(text);
  } finally {
    clearInterval(flood);
  }
  expect(written).toBeGreaterThan(50);
  await visitor.messagesWith(`flood ${written - 1}`).waitFor();
  // Announced as a few numbers.
  const told = await visitor.page.locator('[aria-live=polite] p').allTextContents();
  expect(told.length).toBeLessThanOrEqual(5);
  expect(visitor.complaints).toEqual([]);
  await visitor.leave();
});

it('a database with other tables is reported as not a chat, without automatic retry', async () => {
  const other = await startHost({
    module: fileURLToPath(new URL('../tools/modules/other-types', import.meta.url)),
    name: 'quickstart-chat',
  });
  try {
    const visitor = await Visitor.arrive(browser, site, {
      parameters: { uri: other.uri },
      reused: true,
    });
    await visitor.state.filter({ hasText: 'Not a chat' }).waitFor();
    await visitor.page.getByText(/The database “quickstart-chat” at .* is not a chat/).waitFor();
    let tries = 0;
    const onSocket = (): unknown => tries++;
    visitor.page.on('websocket', onSocket);
    await visitor.page.getByRole('button', { name: 'Try now' }).click();
    await vi.waitFor(() => expect(tries).toBe(1), patient);
    await visitor.state.filter({ hasText: 'Not a chat' }).waitFor();
    visitor.page.off('websocket', onSocket);
    await visitor.leave();
  } finally {
    await other.stop();
  }
});
