import { describe, expect, it, vi } from 'vitest';
import type { SpacetimedbChatElement } from '../widget/spacetimedb-chat.d.ts';
import { Embedded } from '../tools/pages/embedder.ts';
import { closeContext, openContext } from '../tools/browser/traces.ts';
import { Visitor } from '../tools/pages/visitor.ts';
import { browser, context, embedder, script, setUpWidgets, site } from '../tools/pages/widget-setup.ts';

setUpWidgets();

const inline = '<spacetimedb-chat></spacetimedb-chat>';
const launcher = '<spacetimedb-chat mode="launcher"></spacetimedb-chat>';

describe('an inline panel', () => {
  it("shows the room's messages and sends new ones", async () => {
    const visitor = await Visitor.arrive(browser, site);
    await visitor.connected();
    const host = await embedder.visit(context, inline + script);
    await host.connected();
    await host.write('from the widget');
    await visitor.messagesWith('from the widget').waitFor();
    await visitor.write('from the site');
    await host.messagesWith('from the site').waitFor();
    expect(host.complaints).toEqual([]);
    await visitor.leave();
  });

  it('completes emoji in its shadow root, and refuses dropped files', async () => {
    const host = await embedder.visit(context, inline + script);
    await host.connected();
    const { page } = host;
    const field = host.chat().getByRole('textbox', { name: 'Message' });
    await field.focus();
    await page.keyboard.type(':rocke');
    const option = host.chat().getByRole('option').filter({ hasText: ':rocket:' });
    await option.waitFor();
    expect(await field.getAttribute('aria-activedescendant')).toBe(await option.getAttribute('id'));
    await page.keyboard.press('Enter');
    expect(await field.inputValue()).toBe('🚀 ');
    await host.chat().getByRole('button', { name: 'Emoji' }).click();
    const picker = host.chat().getByRole('dialog', { name: 'Emoji' });
    await picker.getByRole('searchbox').press('ArrowDown');
    await page.keyboard.press('Escape');
    await picker.waitFor({ state: 'detached' });
    await page.keyboard.type('!');
    expect(await field.inputValue()).toBe('🚀 !');

    const isLeft = await field.evaluate((element) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File(['x'], 'picture.png', { type: 'image/png' }));
      const init = { dataTransfer, bubbles: true, composed: true, cancelable: true };
      return element.dispatchEvent(new DragEvent('drop', init));
    });
    expect(isLeft).toBe(false);
    await host.chat().getByText('This room takes text only.').waitFor();
    expect(host.complaints).toEqual([]);
  });

  it('connects when it scrolls into view, and not before', async () => {
    const host = await embedder.visit(context, `<div style="height: 5000px"></div>${inline}${script}`);
    await host.page.waitForFunction(() => document.querySelector('spacetimedb-chat')?.shadowRoot?.firstChild);
    // The widget's IntersectionObserver has fired when one created later has.
    await host.page.evaluate(
      () =>
        new Promise((done) =>
          new IntersectionObserver(done).observe(document.querySelector('spacetimedb-chat') as Element),
        ),
    );
    expect(host.opened).toBe(0);
    await host.chat().scrollIntoViewIfNeeded();
    await host.connected();
    expect(host.opened).toBe(1);
  });

  it('connects at once if eager, and counts unread messages', async () => {
    const eager = '<spacetimedb-chat eager></spacetimedb-chat>';
    const host = await embedder.visit(
      context,
      `<div style="height: 5000px"></div>${eager}${Embedded.listening}${script}`,
    );
    await vi.waitFor(async () => expect(await host.told('ready')).toHaveLength(1), 60_000);
    const visitor = await Visitor.arrive(browser, site);
    await visitor.connected();
    await visitor.write('while it is out of sight');
    await vi.waitFor(
      async () => expect(await host.told('unread')).toEqual([{ count: 1, mentions: 0 }]),
      60_000,
    );
    await host.chat().scrollIntoViewIfNeeded();
    await vi.waitFor(
      async () => expect((await host.told('unread')).at(-1)).toEqual({ count: 0, mentions: 0 }),
      60_000,
    );
    await visitor.leave();
  });

  it('leaves the page alone', async () => {
    const host = await embedder.visit(context, `<p class="flex hidden panel">Mine</p>${inline}${script}`);
    await host.connected();
    await host.write('?');
    await host.page.keyboard.press('?');
    const page = await host.page.evaluate(() => ({
      title: document.title,
      body: document.body.attributes.length,
      root: document.documentElement.outerHTML.slice(0, 20),
      sheets: document.styleSheets.length + document.adoptedStyleSheets.length,
      links: document.querySelectorAll('link, style').length,
      mine: getComputedStyle(document.querySelector('p') as Element).display,
    }));
    expect(page).toEqual({
      title: 'Host',
      body: 0,
      root: '<html lang="en"><hea',
      sheets: 0,
      links: 1,
      mine: 'block',
    });
  });
});

describe('a launcher', () => {
  it('connects when opened, moves the focus in and returns it on closing', async () => {
    const host = await embedder.visit(context, launcher + Embedded.listening + script);
    await host.launcher.waitFor();
    expect(await host.launcher.getAttribute('aria-expanded')).toBe('false');
    expect(host.opened).toBe(0);
    await host.launcher.click();
    await host.connected();
    expect(await host.launcher.getAttribute('aria-expanded')).toBe('true');
    await vi.waitFor(async () => expect(await host.field().evaluate(isFocused)).toBe(true));
    await host.write('kept');
    await host.field().fill('half a sen');
    await host.page.keyboard.press('Escape');
    await vi.waitFor(async () => expect(await host.launcher.evaluate(isFocused)).toBe(true));
    await host.page.locator('[part=panel]').waitFor({ state: 'hidden' });
    expect(await host.chat().getByRole('textbox').count()).toBe(0);
    await host.launcher.press('Enter');
    await vi.waitFor(async () => expect(await host.field().inputValue()).toBe('half a sen'));
    expect((await host.told('openedchange')).map(({ opened }) => opened)).toEqual([true, false, true]);
  });

  it('shows and announces the number of unread messages until it is opened', async () => {
    const host = await embedder.visit(
      context,
      launcher.replace('mode', 'eager mode') + Embedded.listening + script,
    );
    await vi.waitFor(async () => expect(await host.told('ready')).toHaveLength(1), 60_000);
    const visitor = await Visitor.arrive(browser, site);
    await visitor.connected();
    for (const text of ['one', 'two']) await visitor.write(text);
    await host.page.locator('[part=badge]').filter({ hasText: '2' }).waitFor();
    expect(await host.launcher.getAttribute('aria-label')).toBe('Open the chat, 2 new messages');
    expect((await host.chat().getByRole('status').textContent())?.trim()).toBe('2 new messages');
    expect(await host.chat().evaluate((chat: SpacetimedbChatElement) => chat.unread)).toBe(2);
    await host.launcher.click();
    await host.messagesWith('two').waitFor();
    await host.page.locator('[part=badge]').waitFor({ state: 'detached' });
    await host.page.getByRole('button', { name: 'Close the chat' }).click();
    await visitor.write('three');
    await host.page.locator('[part=badge]').filter({ hasText: '1' }).waitFor();
    await visitor.leave();
  });

  it('fills a phone', async () => {
    const phone = await openContext(browser, { viewport: { width: 360, height: 740 } });
    const host = await embedder.visit(phone, launcher + script, {
      head: '<meta name="viewport" content="width=device-width">',
    });
    await host.launcher.click();
    await host.connected();
    await vi.waitFor(async () =>
      expect(await host.page.locator('[part=panel]').boundingBox()).toEqual({
        x: 0,
        y: 0,
        width: 360,
        height: 740,
      }),
    );
    await closeContext(phone);
  });
});

describe("the page's interface to the widget", () => {
  it('sends, renames and dispatches events', async () => {
    const host = await embedder.visit(context, launcher + Embedded.listening + script);
    await host.page.evaluate(async () => {
      await customElements.whenDefined('spacetimedb-chat');
      await (document.querySelector('spacetimedb-chat') as SpacetimedbChatElement).setName('Scripted');
    });
    await vi.waitFor(async () => expect(await host.told('ready')).toHaveLength(1), 60_000);
    await host.chat().evaluate((chat: SpacetimedbChatElement) => chat.send('by script'));
    await vi.waitFor(async () => expect(await host.told('message')).toHaveLength(1), 60_000);
    expect(await host.told('message')).toEqual([
      expect.objectContaining({
        text: 'by script',
        mine: true,
        author: expect.objectContaining({ name: 'Scripted' }),
      }),
    ]);
    const states = (await host.told('statuschange')).map(({ status }) => status);
    expect(states).toEqual(['connecting', 'connected']);
    expect(await host.told('bubbled')).toEqual([]);
    expect(await host.chat().evaluate((chat: SpacetimedbChatElement) => chat.status)).toBe('connected');
  });

  it('reports why nothing works', async () => {
    const host = await embedder.visit(
      context,
      `<spacetimedb-chat database="no-such-room"></spacetimedb-chat>${Embedded.listening}${script}`,
    );
    await vi.waitFor(async () => expect((await host.told('error')).length).toBeGreaterThan(0), 60_000);
    await host.chat().getByText('No such database').first().waitFor();
    await host.chat().evaluate((chat: SpacetimedbChatElement) => (chat.database = 'Not a name'));
    await host.chat().getByText('This page is misconfigured').waitFor();
  });

  it("rejects with the server's error", async () => {
    const host = await embedder.visit(context, inline + script);
    await host.connected();
    const refused = host
      .chat()
      .evaluate((chat: SpacetimedbChatElement) => chat.setName('').catch((error: Error) => error.message));
    expect(await refused).toBe('Names must not be empty');
  });

  it('lets the page replace the header and the text of an empty room', async () => {
    const host = await embedder.visit(
      context,
      `<spacetimedb-chat><b slot="header">Ask us</b><i slot="empty">Nobody has asked yet</i></spacetimedb-chat>${script}`,
    );
    await host.chat().getByText('Ask us').waitFor();
    expect(await host.chat().getByRole('heading', { level: 2, name: 'Chat' }).isVisible()).toBe(false);
  });

  it('follows every attribute while it runs', async () => {
    const host = await embedder.visit(context, inline + script);
    await host.connected();
    const change = (parts: Partial<SpacetimedbChatElement>): Promise<unknown> =>
      host.chat().evaluate((chat, parts) => void Object.assign(chat, parts), parts);
    await change({ heading: 'Support', lang: 'de' });
    await host.chat().getByRole('heading', { name: 'Support' }).waitFor();
    await host.chat().getByText('Verbunden').waitFor();
    await change({ lang: 'ar' });
    await host.chat().getByText('متصل', { exact: true }).waitFor();
    expect(
      await host.page.locator('[part=panel]').evaluate((panel) => getComputedStyle(panel).direction),
    ).toBe('rtl');
    await change({ lang: 'en', strings: { send: 'Off it goes' } });
    await host.chat().getByRole('button', { name: 'Off it goes' }).waitFor();
    await change({ theme: 'dark' });
    const background = (): Promise<string> =>
      host.page.locator('[part=panel]').evaluate((panel) => getComputedStyle(panel).backgroundColor);
    const dark = await background();
    await change({ theme: 'light' });
    expect(await background()).not.toBe(dark);
    await change({ mode: 'launcher', label: 'Talk to us' });
    await host.page.getByRole('button', { name: 'Talk to us' }).click();
    await host.field().waitFor();
    expect(await host.chat().evaluate((chat) => chat.outerHTML)).toContain('opened');
    await change({ database: 'no-such-room' });
    await host.chat().getByText('No such database').first().waitFor();
    await vi.waitFor(() => expect(host.sockets).toBe(0));
  });

  it('accepts properties set before the script is loaded', async () => {
    const host = await embedder.visit(
      context,
      `${inline}<script>Object.assign(document.querySelector('spacetimedb-chat'), { heading: 'Early', strings: { send: 'Go' } })</script>${script}`,
    );
    await host.chat().getByRole('heading', { name: 'Early' }).waitFor();
    await host.chat().getByRole('button', { name: 'Go', exact: true }).waitFor();
    expect(await host.chat().getAttribute('heading')).toBe('Early');
  });

  it.each([
    ['local', true],
    ['session', true],
    ['none', false],
  ] as const)('stores the sign-in token where it is told to: %s', async (storage, keeps) => {
    const host = await embedder.visit(
      context,
      `<spacetimedb-chat token-storage="${storage}"></spacetimedb-chat>${script}`,
    );
    await host.connected();
    const name = `Kept in ${storage}`;
    await host.chat().evaluate((chat: SpacetimedbChatElement, name) => chat.setName(name), name);
    await host.page.reload();
    await host.connected();
    const kept = host.chat().getByText('Writing as').getByText(name);
    const welcome = host.chat().getByText('Welcome!');
    await (keeps ? kept : welcome).waitFor();
    expect(await kept.isVisible()).toBe(keeps);
    const keysNow = () =>
      host.page.evaluate(() => [localStorage, sessionStorage].map((kept) => Object.keys(kept)));
    if (storage === 'local') {
      const welcomed = expect.stringMatching(/^spacetimedb-chat:welcomed:/);
      await vi.waitFor(async () => expect((await keysNow())[0]).toContainEqual(welcomed));
    }
    const keys = await keysNow();
    const tokens = keys.map((kept) => kept.some((key) => key.startsWith('spacetimedb:')));
    expect(tokens).toEqual([storage === 'local', storage === 'session']);
    if (storage === 'none') expect(keys.flat()).toEqual([]);
  });
});

describe('several widgets', () => {
  it('share one connection per room and person, and open another one for another room', async () => {
    const host = await embedder.visit(context, inline + inline + script);
    await host.connected(0);
    await host.connected(1);
    expect(host.opened).toBe(1);
    await host.write('said once', 0);
    await host.messagesWith('said once', 1).waitFor();
    await host.chat(1).evaluate((chat: SpacetimedbChatElement) => (chat.tokenStorage = 'none'));
    await vi.waitFor(() => expect(host.sockets).toBe(2));
    await host.chat(0).evaluate((chat) => chat.remove());
    await vi.waitFor(() => expect(host.sockets).toBe(1));
    await host.messagesWith('said once').waitFor();
  });

  it('run the same script, however often it is loaded', async () => {
    const again = script.replace('.js"', '.js?again"');
    const host = await embedder.visit(context, inline + script + script + again);
    await host.connected();
    expect(host.complaints).toEqual([]);
  });
});

describe('a widget removed from the page', () => {
  it('closes its connection, and is restored when it is added again', async () => {
    const host = await embedder.visit(context, inline + script);
    await host.connected();
    await host.write('before');
    const chat = await host.page.evaluateHandle(() => {
      const chat = document.querySelector('spacetimedb-chat') as SpacetimedbChatElement;
      chat.remove();
      return chat;
    });
    await vi.waitFor(() => expect(host.sockets).toBe(0));
    await chat.evaluate((chat) => document.body.append(chat));
    await host.connected();
    await host.messagesWith('before').waitFor();
    expect(host.complaints).toEqual([]);
  });

  it('keeps its connection when it is only moved', async () => {
    const host = await embedder.visit(context, `${inline}<main></main>${script}`);
    await host.connected();
    await host.field().fill('half a sen');
    await host.chat().evaluate((chat) => document.querySelector('main')?.append(chat));
    expect(await host.field().inputValue()).toBe('half a sen');
    expect(host.opened).toBe(1);
  });

  it('leaves nothing behind', async () => {
    await context.addInitScript(countListeners);
    const host = await embedder.visit(context, script);
    const listeners: number[] = [];
    for (let round = 0; round < 4; round++) {
      await host.page.evaluate(() => {
        document.body.insertAdjacentHTML('beforeend', '<spacetimedb-chat></spacetimedb-chat>');
      });
      await host.connected();
      await host.write(`forget me ${round}`);
      listeners.push(
        await host.page.evaluate(() => {
          const { gone, listeners } = window as unknown as Counting;
          const chat = document.querySelector('spacetimedb-chat') as Element;
          chat.remove();
          gone.push(new WeakRef(chat));
          return listeners();
        }),
      );
      await vi.waitFor(() => expect(host.sockets).toBe(0));
    }
    expect(new Set(listeners).size).toBe(1);
    const devtools = await context.newCDPSession(host.page);
    await vi.waitFor(
      async () => {
        await devtools.send('HeapProfiler.collectGarbage');
        const alive = await host.page.evaluate(() =>
          (window as unknown as Counting).gone.map((chat) => chat.deref() !== undefined),
        );
        // Svelte keeps a reference to the last event until the next one.
        expect(alive.slice(0, -1)).toEqual([false, false, false]);
      },
      { timeout: 60_000, interval: 500 },
    );
  });
});

interface Counting {
  /** The removed elements. */
  gone: WeakRef<Element>[];
  /** The number of listeners on the window and the document. */
  listeners(): number;
}

function countListeners(): void {
  const known = new Set<string>();
  // Must not keep the listeners alive itself.
  const ids = new WeakMap<WeakKey, number>();
  let made = 0;
  const keyOf = (target: EventTarget, [type, listener, options]: unknown[]): string | undefined => {
    if (target !== window && target !== document) return undefined;
    const id = ids.get(listener as WeakKey) ?? made++;
    ids.set(listener as WeakKey, id);
    const capture =
      typeof options === 'object' ? (options as { capture?: boolean } | null)?.capture : options;
    return `${target === window} ${String(type)} ${id} ${Boolean(capture)}`;
  };
  const { addEventListener, removeEventListener } = EventTarget.prototype;
  EventTarget.prototype.addEventListener = function (...parts: Parameters<typeof addEventListener>) {
    const key = keyOf(this ?? window, parts);
    if (key !== undefined) known.add(key);
    return addEventListener.apply(this ?? window, parts);
  };
  EventTarget.prototype.removeEventListener = function (...parts: Parameters<typeof removeEventListener>) {
    const key = keyOf(this ?? window, parts);
    if (key !== undefined) known.delete(key);
    return removeEventListener.apply(this ?? window, parts);
  };
  Object.assign(window, { gone: [], listeners: () => known.size });
}

function isFocused(element: Element): boolean {
  return (element.getRootNode() as ShadowRoot).activeElement === element;
}
