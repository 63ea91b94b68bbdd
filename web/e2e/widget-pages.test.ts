/** Pages that make it hard for a widget, and what the widget must not do to them. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import type { SpacetimedbChatElement } from '../widget/spacetimedb-chat.d.ts';
import { violations } from '../tools/checks/axe.ts';
import { scriptOf, type Embedded } from '../tools/pages/embedder.ts';
import { context, embedder, script, setUpWidgets, site } from '../tools/pages/widget-setup.ts';

setUpWidgets();

const inline = '<spacetimedb-chat></spacetimedb-chat>';

describe("what is typed in the chat does not reach the page's shortcuts", () => {
  const types = ['keydown', 'keypress', 'keyup', 'beforeinput', 'input', 'paste', 'copy'];
  /** Records what the page hears of, and opens a search at `/`, as many pages do. */
  const listening = `<input id="search" hidden><script>
    window.heard = [];
    for (const target of [window, document, document.body])
      for (const type of ${JSON.stringify(types)})
        target.addEventListener(type, (event) => heard.push(type + ' ' + (event.key ?? '')));
    addEventListener('keydown', ({ key }) => { if (key === '/') document.querySelector('#search').hidden = false; });
  </script>`;
  const heard = ({ page }: Embedded): Promise<string[]> =>
    page.evaluate(() => (window as unknown as { heard: string[] }).heard);

  it('neither in the message field nor in the field for the name', async () => {
    const host = await embedder.visit(context, inline + listening + script);
    await host.connected();
    const name = host.chat().getByRole('textbox', { name: 'Your name' });
    await name.click();
    await host.page.keyboard.type('a/b');
    await host.page.keyboard.press('Enter');
    await name.waitFor({ state: 'detached' });
    await host.field().click();
    await host.page.keyboard.type('ab/c');
    await host.page.keyboard.press('ControlOrMeta+a');
    await host.page.keyboard.press('ControlOrMeta+c');
    await host.page.keyboard.press('End');
    await host.page.keyboard.press('ControlOrMeta+v');
    expect(await host.field().inputValue()).toBe('ab/cab/c');
    await host.page.keyboard.press('Shift+Enter');
    await host.page.keyboard.press('Enter');
    await host.messagesWith('ab/cab/c').waitFor();
    expect(await heard(host)).toEqual([]);
    expect(await host.page.locator('#search').isVisible()).toBe(false);
  });

  it('except Tab, and an Escape that the chat has no use for', async () => {
    const host = await embedder.visit(
      context,
      `<spacetimedb-chat mode="launcher"></spacetimedb-chat>${listening}${script}`,
    );
    await host.launcher.click();
    await host.connected();
    await host.field().click();
    await host.page.keyboard.press('Escape');
    await host.page.locator('[part=panel]').waitFor({ state: 'hidden' });
    expect(await heard(host)).toEqual([]);
    await host.page.keyboard.press('Escape');
    await host.page.keyboard.press('Tab');
    expect((await heard(host)).filter((key) => key.startsWith('keydown'))).toEqual(
      ['Escape', 'Tab'].flatMap((key) => Array.from({ length: 3 }, () => `keydown ${key}`)),
    );
  });

  it("but what is typed in the page's own elements inside the chat does", async () => {
    const host = await embedder.visit(
      context,
      `<spacetimedb-chat><input slot="header" aria-label="Mine"></spacetimedb-chat>${listening}${script}`,
    );
    await host.connected();
    await host.page.getByRole('textbox', { name: 'Mine' }).click();
    await host.page.keyboard.press('x');
    expect(await heard(host)).toContain('keydown x');
  });
});

describe('the launcher', () => {
  const launcher = (attributes: string): string =>
    `<spacetimedb-chat mode="launcher" ${attributes}></spacetimedb-chat>`;
  const sender = (): Promise<Embedded> =>
    embedder.visit(context, `<spacetimedb-chat token-storage="none"></spacetimedb-chat>${script}`);

  it('carries a text, which is also its name', async () => {
    const host = await embedder.visit(context, launcher('launcher-text="Ask us"') + script);
    const button = host.page.getByRole('button', { name: 'Ask us' });
    await button.getByText('Ask us').waitFor();
    await button.click();
    await host.connected();
    await button.getByText('Ask us').waitFor({ state: 'hidden' });
    await host.chat().evaluate((chat: SpacetimedbChatElement) => {
      chat.close();
      chat.launcherText = 'Talk';
    });
    await host.page.getByRole('button', { name: 'Talk' }).getByText('Talk').waitFor();
  });

  it('shows the newest unread message, which opens the chat', async () => {
    const page = `<main><h1>Host</h1>${launcher('eager')}</main>${script}`;
    const host = await embedder.visit(context, page);
    const other = await sender();
    await other.connected();
    for (const text of ['one', 'the newest']) await other.write(text);
    const teaser = host.page.locator('[part=teaser]');
    await teaser.getByText('the newest').waitFor();
    expect(await teaser.getByText('one', { exact: true }).count()).toBe(0);
    await host.page.waitForFunction(
      () => document.querySelector('spacetimedb-chat')?.shadowRoot?.getAnimations().length === 0,
    );
    expect(await violations(host.page)).toEqual([]);
    await teaser.getByRole('button').first().click();
    await host.messagesWith('the newest').waitFor();
    await teaser.waitFor({ state: 'detached' });
    await vi.waitFor(async () =>
      expect(await host.field().evaluate((field) => field.matches(':focus'))).toBe(true),
    );
  });

  it('shows no more messages once they are dismissed, until the chat was opened', async () => {
    const host = await embedder.visit(context, launcher('eager') + script);
    const other = await sender();
    await other.connected();
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
    await vi.waitFor(async () =>
      expect(await host.chat().evaluate((chat: SpacetimedbChatElement) => chat.status)).toBe('connected'),
    );
    await other.write('second again');
    await host.page.locator('[part=badge]').waitFor();
    expect(await teaser.count()).toBe(0);
    await host.launcher.click();
    await host.messagesWith('second again').waitFor();
    await host.page.locator('[part=badge]').waitFor({ state: 'detached' });
    await host.page.getByRole('button', { name: 'Close the chat' }).click();
    await other.write('third');
    await teaser.getByText('third').waitFor();
  });

  it('moves nothing for a reader who prefers reduced motion', async () => {
    const host = await embedder.visit(context, launcher('eager') + script);
    await host.page.emulateMedia({ reducedMotion: 'reduce' });
    const other = await sender();
    await other.connected();
    await other.write('still');
    const teaser = host.page.locator('[part=teaser]');
    await teaser.waitFor();
    const durations = await host.page
      .locator('[part=teaser], [part=launcher], [part=panel]')
      .evaluateAll((parts) => parts.map((part) => getComputedStyle(part).transitionProperty));
    expect(new Set(durations)).toEqual(new Set(['none']));
  });
});

describe('the panel', () => {
  it('is called Chat, and shows the state of the connection only if it is not good', async () => {
    const host = await embedder.visit(context, inline + script);
    await host.connected();
    await host.chat().getByRole('heading', { level: 2, name: 'Chat', exact: true }).waitFor();
    const state = host.chat().getByRole('status').first();
    expect((await state.boundingBox())?.width).toBeLessThanOrEqual(1);
    await context.setOffline(true);
    await host.page.evaluate(() => dispatchEvent(new Event('offline')));
    await host.chat().getByText('Offline', { exact: true }).first().waitFor();
    await vi.waitFor(async () => expect((await state.boundingBox())?.width).toBeGreaterThan(20));
    await context.setOffline(false);
  });

  it('greets with what the page puts into the slot, and with nothing otherwise', async () => {
    const host = await embedder.visit(
      context,
      `<spacetimedb-chat><p slot="greeting">We answer from 9 to 5.</p></spacetimedb-chat>${inline}${script}`,
    );
    await host.connected(0);
    await host.page.getByText('We answer from 9 to 5.').waitFor();
    const greeting = host.chat(1).locator('[part=greeting]');
    await host.chat(1).scrollIntoViewIfNeeded();
    await host.connected(1);
    expect(await greeting.isVisible()).toBe(false);
    await host
      .chat(1)
      .evaluate((chat) => chat.insertAdjacentHTML('beforeend', '<b slot="greeting">Late</b>'));
    await greeting.waitFor();
  });
});

/** What old libraries replace. */
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
    const host = await embedder.visit(context, inline + script, { head: `<script>${replacement}</script>` });
    await host.connected();
    await host.write('works anyway');
    await host.chat().getByRole('button', { name: 'People' }).click();
    await host.chat().getByRole('listitem').first().waitFor();
    expect(host.complaints).toEqual([]);
  });

  it.each(['allow-scripts allow-same-origin', 'allow-scripts'])(
    'in a frame without forms: sandbox="%s"',
    async (sandbox) => {
      const inner = `${inline}${script}`.replaceAll('"', '&quot;');
      const host = await embedder.visit(
        context,
        `<iframe sandbox="${sandbox}" srcdoc="${inner}" width="600" height="600"></iframe>`,
      );
      const frame = host.page.frameLocator('iframe');
      const name = frame.getByRole('textbox', { name: 'Your name' });
      await name.fill(`Framed ${sandbox.length}`);
      await name.press('Enter');
      await name.waitFor({ state: 'detached' });
      const field = frame.getByRole('textbox', { name: 'Message', exact: true });
      await field.fill('by key');
      await field.press('Enter');
      await frame.getByRole('article').filter({ hasText: 'by key' }).last().waitFor();
      const text = `by button in ${sandbox.length}`;
      await field.fill(text);
      await frame.getByRole('button', { name: 'Send' }).click();
      await frame.getByRole('article').filter({ hasText: text }).waitFor();
      expect(host.complaints.filter((text) => /form/i.test(text))).toEqual([]);
    },
  );

  it('whose script comes from another server by a redirect: the chat is where the page says', async () => {
    // Passes the widget's files on, and nothing else.
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
    const host = await embedder.visit(context, inline + script);
    await host.connected();
    await host.write('found');
    expect(host.complaints).toEqual([]);
    cdn.close();
    cdn.closeAllConnections();
  });

  it("again from the browser's cache", async () => {
    const host = await embedder.visit(context, inline + script);
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
