/** Pages that make it hard for a widget, and side effects that the widget must not have on them. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { unique } from '../../spacetimedb/test/server.ts';
import type { SpacetimedbChatElement } from '../widget/spacetimedb-chat.d.ts';
import { violations } from '../tools/checks/axe.ts';
import { Embedded, scriptOf } from '../tools/pages/embedder.ts';
import { SdkPerson } from '../tools/pages/sdk-person.ts';
import { context, script, setUpWidgets, site, visit } from '../tools/pages/widget-setup.ts';

setUpWidgets();

const inline = '<spacetimedb-chat></spacetimedb-chat>';

it("keys pressed in the chat do not reach the page's shortcuts, except Tab, an Escape that the chat does not use, and keys pressed in the page's own elements", async () => {
  const types = ['keydown', 'keypress', 'keyup', 'beforeinput', 'input', 'paste', 'copy'];
  /** Records the keys that the page receives, and opens a search at `/`, as many pages do. */
  const listening = `<input id="search" hidden><script>
    window.heard = [];
    for (const target of [window, document, document.body])
      for (const type of ${JSON.stringify(types)})
        target.addEventListener(type, (event) => heard.push(type + ' ' + (event.key ?? '')));
    addEventListener('keydown', ({ key }) => { if (key === '/') document.querySelector('#search').hidden = false; });
  </script>`;
  const host = await visit(
    `<spacetimedb-chat mode="launcher"><input slot="header" aria-label="Mine"></spacetimedb-chat>${listening}${script}`,
  );
  const { page } = host;
  const heard = (): Promise<string[]> =>
    page.evaluate(() => (window as unknown as { heard: string[] }).heard);
  await host.launcher.click();
  await host.connected();

  const name = host.chat().getByRole('textbox', { name: 'Your name' });
  await name.click();
  await page.keyboard.type(`a/${unique('b')}`);
  await page.keyboard.press('Enter');
  await name.waitFor({ state: 'detached' });
  await host.field().click();
  await page.keyboard.type('ab/c');
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.press('ControlOrMeta+c');
  await page.keyboard.press('End');
  await page.keyboard.press('ControlOrMeta+v');
  expect(await host.field().inputValue()).toBe('ab/cab/c');
  await page.keyboard.press('Shift+Enter');
  await page.keyboard.press('Enter');
  await host.messagesWith('ab/cab/c').last().waitFor();
  await page.keyboard.press('Escape');
  await page.locator('[part=panel]').waitFor({ state: 'hidden' });
  expect(await heard()).toEqual([]);
  expect(await page.locator('#search').isVisible()).toBe(false);

  // The focus is on the launcher now.
  await page.keyboard.press('Escape');
  await page.keyboard.press('Tab');
  expect((await heard()).filter((key) => key.startsWith('keydown'))).toEqual(
    ['Escape', 'Tab'].flatMap((key) => Array.from({ length: 3 }, () => `keydown ${key}`)),
  );

  await host.launcher.click();
  await page.getByRole('textbox', { name: 'Mine' }).click();
  await page.keyboard.press('x');
  expect(await heard()).toContain('keydown x');
});

describe('the launcher', () => {
  const launcher = (attributes: string): string =>
    `<spacetimedb-chat mode="launcher" ${attributes}></spacetimedb-chat>`;
  let other: SdkPerson;
  beforeAll(async () => {
    other = await SdkPerson.join(site);
  });
  afterAll(() => other?.leave());

  it('has a text that is also its name, and shows the newest unread message, which opens the chat', async () => {
    const host = await visit(
      `<main><h1>Host</h1>${launcher('eager launcher-text="Ask us"')}</main>${Embedded.listening}${script}`,
    );
    const { page } = host;
    const button = page.getByRole('button', { name: 'Ask us' });
    await button.getByText('Ask us').waitFor();
    await vi.waitFor(async () => expect(await host.told('ready')).toHaveLength(1), 60_000);
    for (const text of ['one', 'the newest']) await other.write(text);
    const teaser = page.locator('[part=teaser]');
    await teaser.getByText('the newest').waitFor();
    expect(await teaser.getByText('one', { exact: true }).count()).toBe(0);
    await page.waitForFunction(
      () => document.querySelector('spacetimedb-chat')?.shadowRoot?.getAnimations().length === 0,
    );
    expect(await violations(page)).toEqual([]);

    // A reader who prefers reduced motion.
    await page.emulateMedia({ reducedMotion: 'reduce' });
    const moving = await page
      .locator('[part=teaser], [part=launcher], [part=panel]')
      .evaluateAll((parts) => parts.map((part) => getComputedStyle(part).transitionProperty));
    expect(new Set(moving)).toEqual(new Set(['none']));

    await teaser.getByRole('button').first().click();
    await host.messagesWith('the newest').last().waitFor();
    await teaser.waitFor({ state: 'detached' });
    await button.getByText('Ask us').waitFor({ state: 'hidden' });
    await vi.waitFor(async () =>
      expect(await host.field().evaluate((field) => field.matches(':focus'))).toBe(true),
    );
    await host.chat().evaluate((chat: SpacetimedbChatElement) => {
      chat.close();
      chat.launcherText = 'Talk';
    });
    await page.getByRole('button', { name: 'Talk' }).getByText('Talk').waitFor();
  });

  it('shows no more messages once they are dismissed, until the chat was opened', async () => {
    const host = await visit(launcher('eager') + Embedded.listening + script);
    await vi.waitFor(async () => expect(await host.told('ready')).toHaveLength(1), 60_000);
    await other.write('first');
    const teaser = host.page.locator('[part=teaser]');
    await teaser.getByText('first').waitFor();
    await teaser.getByRole('button', { name: 'Dismiss' }).press('Enter');
    await teaser.waitFor({ state: 'detached' });
    expect(await host.launcher.evaluate((button) => button.matches(':focus'))).toBe(true);
    await other.write('second');
    await host.page.locator('[part=badge]').filter({ hasText: '2' }).waitFor();
    expect(await teaser.count()).toBe(0);
    // Also on the next page.
    await host.page.reload();
    await vi.waitFor(async () => expect(await host.told('ready')).toHaveLength(1), 60_000);
    await other.write('second again');
    await host.page.locator('[part=badge]').waitFor();
    expect(await teaser.count()).toBe(0);
    await host.launcher.click();
    await host.messagesWith('second again').last().waitFor();
    await host.page.locator('[part=badge]').waitFor({ state: 'detached' });
    await host.page.getByRole('button', { name: 'Close the chat' }).click();
    await other.write('third');
    await teaser.getByText('third').waitFor();
  });
});

it('the panel is named Chat, greets with the content of the slot, and shows the connection state only if there is a problem', async () => {
  const host = await visit(
    `<spacetimedb-chat><p slot="greeting">We answer from 9 to 5.</p></spacetimedb-chat>${inline}${script}`,
  );
  await host.connected(0);
  await host.page.getByText('We answer from 9 to 5.').waitFor();
  await host.chat(0).getByRole('heading', { level: 2, name: 'Chat', exact: true }).waitFor();
  const greeting = host.chat(1).locator('[part=greeting]');
  await host.chat(1).scrollIntoViewIfNeeded();
  await host.connected(1);
  expect(await greeting.isVisible()).toBe(false);
  await host.chat(1).evaluate((chat) => chat.insertAdjacentHTML('beforeend', '<b slot="greeting">Late</b>'));
  await greeting.waitFor();

  const state = host.chat(1).getByRole('status').first();
  expect((await state.boundingBox())?.width).toBeLessThanOrEqual(1);
  await context.setOffline(true);
  await host.page.evaluate(() => dispatchEvent(new Event('offline')));
  await host.chat(1).getByText('Offline', { exact: true }).first().waitFor();
  await vi.waitFor(async () => expect((await state.boundingBox())?.width).toBeGreaterThan(20));
});

/** Replacements by old libraries. */
const replacements: Record<string, string> = {
  // Prototype 1.7: `$A`, `toArray` and other methods of arrays.
  'as Prototype does': `
    Array.from = function (iterable) {
      if (!iterable) return [];
      if ('toArray' in Object(iterable)) return iterable.toArray();
      var length = iterable.length || 0, results = new Array(length);
      while (length--) results[length] = iterable[length];
      return results;
    };
    Array.prototype.toArray = function () { return this.slice(); };
    Array.prototype.entries = Array.prototype.toArray;
    Array.prototype.each = function (run, context) {
      var index = 0;
      this.forEach(function (item) { run.call(context, item, index++); });
      return this;
    };
    Array.prototype.map = function (run, context) {
      var results = [];
      this.each(function (item, index) { results.push(run.call(context, item, index)); });
      return results;
    };
    Array.prototype.filter = function (run, context) {
      var results = [];
      this.each(function (item, index) { if (run.call(context, item, index)) results.push(item); });
      return results;
    };
    Array.prototype.find = function (run, context) { return this.filter(run, context)[0]; };
    Array.prototype.some = function (run, context) { return this.filter(run, context).length > 0; };
    Array.prototype.every = function (run, context) { return this.filter(run, context).length === this.length; };
    String.prototype.sub = function (pattern, text) { return this.replace(pattern, text); };
    Array.prototype._reverse = Array.prototype.reverse;
    Array.prototype.reverse = function (inline) { return (inline === false ? this.slice() : this)._reverse(); };
    Object.values = function (object) { var found = []; for (var key in object) found.push(object[key]); return found; };`,
  // MooTools 1.5.
  'as MooTools does': `
    Array.from = function (item) {
      if (item == null) return [];
      return typeof item === 'object' && typeof item.length === 'number' ? [].slice.call(item) : [item];
    };
    Array.prototype.contains = Array.prototype.includes;
    Function.prototype.extend = function (key, value) { this[key] = value; return this; };`,
};

describe('works on a page', () => {
  it.each(Object.entries(replacements))('that replaces parts of JavaScript, %s', async (_, replacement) => {
    const host = await visit(inline + script, { head: `<script>${replacement}</script>` });
    await host.connected();
    await host.write('works anyway');
    await host.chat().getByRole('button', { name: 'People' }).click();
    await host.chat().getByRole('listitem').first().waitFor();
    expect(host.complaints).toEqual([]);
  });

  it('in a frame without forms, with and without an origin', async () => {
    const inner = `${inline}${script}`.replaceAll('"', '&quot;');
    const sandboxes = ['allow-scripts allow-same-origin', 'allow-scripts'];
    const host = await visit(
      sandboxes
        .map((sandbox) => `<iframe sandbox="${sandbox}" srcdoc="${inner}" width="480" height="600"></iframe>`)
        .join(''),
    );
    for (const [index, sandbox] of sandboxes.entries()) {
      const frame = host.page.frameLocator('iframe').nth(index);
      const name = frame.getByRole('textbox', { name: 'Your name' });
      await name.fill(unique('Framed'));
      await name.press('Enter');
      await name.waitFor({ state: 'detached' });
      const field = frame.getByRole('textbox', { name: 'Message', exact: true });
      await field.fill('by key');
      await field.press('Enter');
      await frame.getByRole('article').filter({ hasText: 'by key' }).last().waitFor();
      const text = unique(`by button in ${sandbox.length}`);
      await field.fill(text);
      await frame.getByRole('button', { name: 'Send' }).click();
      await frame.getByRole('article').filter({ hasText: text }).waitFor();
    }
    expect(host.complaints.filter((text) => /form/i.test(text))).toEqual([]);
  });

  it('that gets the script from another server by a redirect: the chat uses the server in the page', async () => {
    // Serves only the widget's files.
    const cdn = createServer((request, response) => {
      void fetch(new URL(request.url ?? '', site.url)).then(async (file) => {
        response.setHeader('access-control-allow-origin', '*');
        response.setHeader('content-type', file.headers.get('content-type') ?? '');
        response.end(Buffer.from(await file.arrayBuffer()));
      });
    });
    await new Promise<void>((resolve) => cdn.listen(0, '127.0.0.1', resolve));
    const { port } = cdn.address() as AddressInfo;
    const { origin, pathname } = new URL(scriptOf(site));
    const headers = { location: `http://127.0.0.1:${port}${pathname}`, 'access-control-allow-origin': '*' };
    await context.route(`${origin}${pathname}`, (route) => route.fulfill({ status: 302, headers }));
    const host = await visit(inline + script);
    await host.connected();
    await host.write('found');
    expect(host.complaints).toEqual([]);
    cdn.close();
    cdn.closeAllConnections();
  });

  it("again from the browser's cache", async () => {
    const host = await visit(inline + script);
    await host.connected();
    const devtools = await context.newCDPSession(host.page);
    let fromCache = 0;
    devtools.on('Network.requestServedFromCache', () => fromCache++);
    devtools.on('Network.responseReceived', ({ response }) => (fromCache += Number(response.fromDiskCache)));
    await devtools.send('Network.enable');
    await host.page.reload();
    await host.connected();
    expect(fromCache).toBeGreaterThan(0);
    expect(host.complaints).toEqual([]);
  });
});
