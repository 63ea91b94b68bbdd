import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { unique } from '../../spacetimedb/test/server.ts';
import type { SpacetimedbChatElement } from '../widget/spacetimedb-chat.d.ts';
import { Embedded } from '../tools/pages/embedder.ts';
import { SdkPerson } from '../tools/pages/sdk-person.ts';
import { context, script, setUpWidgets, site, visit } from '../tools/pages/widget-setup.ts';

setUpWidgets();

const inline = '<spacetimedb-chat></spacetimedb-chat>';
const launcher = '<spacetimedb-chat mode="launcher"></spacetimedb-chat>';

let other: SdkPerson;
beforeAll(async () => {
  other = await SdkPerson.join(site);
});
afterAll(() => other?.leave());

describe('an inline panel', () => {
  it("shows the room's messages, sends new ones and does not change the page", async () => {
    const host = await visit(`<p class="flex hidden panel">Mine</p>${inline}${script}`);
    await host.connected();
    const [mine, theirs] = [unique('from the widget'), unique('from elsewhere')];
    await host.write(mine);
    await other.sees(mine);
    await other.write(theirs);
    await host.messagesWith(theirs).waitFor();
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
    expect(host.complaints).toEqual([]);
  });

  it('completes emoji in its shadow root, and refuses dropped files', async () => {
    const host = await visit(inline + script);
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
    const host = await visit(`<div style="height: 5000px"></div>${inline}${script}`);
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
    const host = await visit(`<div style="height: 5000px"></div>${eager}${Embedded.listening}${script}`);
    await vi.waitFor(async () => expect(await host.told('ready')).toHaveLength(1), 60_000);
    await other.write('while it is out of sight');
    await vi.waitFor(
      async () => expect(await host.told('unread')).toEqual([{ count: 1, mentions: 0 }]),
      60_000,
    );
    await host.chat().scrollIntoViewIfNeeded();
    await vi.waitFor(
      async () => expect((await host.told('unread')).at(-1)).toEqual({ count: 0, mentions: 0 }),
      60_000,
    );
  });
});

describe('a launcher', () => {
  it('connects when opened, moves the focus in, returns it on closing, and fills a phone', async () => {
    const host = await visit(launcher + Embedded.listening + script);
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

    const phone = { width: 360, height: 740 };
    await host.page.setViewportSize(phone);
    await vi.waitFor(async () =>
      expect(await host.page.locator('[part=panel]').boundingBox()).toEqual({ x: 0, y: 0, ...phone }),
    );
  });

  it('shows and announces the number of unread messages until it is opened', async () => {
    const host = await visit(launcher.replace('mode', 'eager mode') + Embedded.listening + script);
    await vi.waitFor(async () => expect(await host.told('ready')).toHaveLength(1), 60_000);
    for (const text of ['one', 'two']) await other.write(text);
    await host.page.locator('[part=badge]').filter({ hasText: '2' }).waitFor();
    expect(await host.launcher.getAttribute('aria-label')).toBe('Open the chat, 2 new messages');
    expect((await host.chat().getByRole('status').textContent())?.trim()).toBe('2 new messages');
    expect(await host.chat().evaluate((chat: SpacetimedbChatElement) => chat.unread)).toBe(2);
    await host.launcher.click();
    await host.messagesWith('two').last().waitFor();
    await host.page.locator('[part=badge]').waitFor({ state: 'detached' });
    await host.page.getByRole('button', { name: 'Close the chat' }).click();
    await other.write('three');
    await host.page.locator('[part=badge]').filter({ hasText: '1' }).waitFor();
  });
});

describe("the page's interface to the widget", () => {
  it("sends, renames, dispatches events and rejects with the server's error", async () => {
    const host = await visit(launcher + Embedded.listening + script);
    const name = unique('Scripted');
    await host.page.evaluate(async (name) => {
      await customElements.whenDefined('spacetimedb-chat');
      await (document.querySelector('spacetimedb-chat') as SpacetimedbChatElement).setName(name);
    }, name);
    await vi.waitFor(async () => expect(await host.told('ready')).toHaveLength(1), 60_000);
    await host.chat().evaluate((chat: SpacetimedbChatElement) => chat.send('by script'));
    await vi.waitFor(async () => expect(await host.told('message')).toHaveLength(1), 60_000);
    expect(await host.told('message')).toEqual([
      expect.objectContaining({
        text: 'by script',
        mine: true,
        author: expect.objectContaining({ name }),
      }),
    ]);
    const states = (await host.told('statuschange')).map(({ status }) => status);
    expect(states).toEqual(['connecting', 'connected']);
    expect(await host.told('bubbled')).toEqual([]);
    expect(await host.chat().evaluate((chat: SpacetimedbChatElement) => chat.status)).toBe('connected');
    const refused = host
      .chat()
      .evaluate((chat: SpacetimedbChatElement) => chat.setName('').catch((error: Error) => error.message));
    expect(await refused).toBe('Names must not be empty');
  });

  it('lets the page replace the header, and accepts properties set before the script is loaded', async () => {
    const host = await visit(
      `<spacetimedb-chat><b slot="header">Ask us</b></spacetimedb-chat>${inline}
      <script>Object.assign(document.querySelectorAll('spacetimedb-chat')[1], { heading: 'Early', strings: { send: 'Go' } })</script>${script}`,
    );
    await host.chat(0).getByText('Ask us').waitFor();
    expect(await host.chat(0).getByRole('heading', { level: 2, name: 'Chat' }).isVisible()).toBe(false);
    await host.chat(1).scrollIntoViewIfNeeded();
    await host.chat(1).getByRole('heading', { name: 'Early' }).waitFor();
    await host.chat(1).getByRole('button', { name: 'Go', exact: true }).waitFor();
    expect(await host.chat(1).getAttribute('heading')).toBe('Early');
  });

  it('follows every attribute while it runs, and reports why it does not work', async () => {
    const host = await visit(inline + Embedded.listening + script);
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
    await vi.waitFor(async () => expect((await host.told('error')).length).toBeGreaterThan(0));
    await change({ database: 'Not a name' });
    await host.chat().getByText('This page is misconfigured').waitFor();
  });

  it('keeps the visitor signed in in this browser or only in this tab, as configured', async () => {
    const host = await visit(
      ['local', 'session']
        .map(
          (storage) =>
            `<spacetimedb-chat eager token-storage="${storage}" style="--chat-height: 20rem"></spacetimedb-chat>`,
        )
        .join('') + script,
    );
    const names = [unique('Local'), unique('Session')];
    for (const [index, name] of names.entries()) {
      await host.chat(index).scrollIntoViewIfNeeded();
      await host.connected(index);
      await host.chat(index).evaluate((chat: SpacetimedbChatElement, name) => chat.setName(name), name);
    }
    await host.page.reload();
    for (const [index, name] of names.entries()) {
      await host.chat(index).scrollIntoViewIfNeeded();
      await host.chat(index).getByText('Writing as').getByText(name).waitFor();
    }
    await vi.waitFor(async () => {
      const [local = [], session = []] = await storedKeys(host);
      expect(local.filter((key) => key.startsWith('spacetimedb:'))).toHaveLength(1);
      expect(local).toContainEqual(expect.stringMatching(/^spacetimedb-chat:welcomed:/));
      expect(session.filter((key) => key.startsWith('spacetimedb:'))).toHaveLength(1);
    });
  });

  it('stores nothing if configured so, and the visitor is new on each page', async () => {
    const host = await visit(`<spacetimedb-chat token-storage="none"></spacetimedb-chat>${script}`);
    await host.connected();
    const name = unique('Nowhere');
    await host.chat().evaluate((chat: SpacetimedbChatElement, name) => chat.setName(name), name);
    const writingAs = host.chat().getByText('Writing as').getByText(name);
    await writingAs.waitFor();
    await host.page.reload();
    await host.connected();
    await host.chat().getByText('Welcome!').waitFor();
    expect(await writingAs.isVisible()).toBe(false);
    expect(await storedKeys(host)).toEqual([[], []]);
  });
});

describe('several widgets', () => {
  it('share the script, however often it is loaded, and one connection per room and person', async () => {
    const again = script.replace('.js"', '.js?again"');
    const host = await visit(inline + inline + script + script + again);
    await host.connected(0);
    await host.chat(1).scrollIntoViewIfNeeded();
    await host.connected(1);
    expect(host.opened).toBe(1);
    const text = unique('said once');
    await host.write(text, 0);
    await host.messagesWith(text, 1).waitFor();
    expect(host.complaints).toEqual([]);
    await host.chat(1).evaluate((chat: SpacetimedbChatElement) => (chat.tokenStorage = 'none'));
    await vi.waitFor(() => expect(host.sockets).toBe(2));
    await host.chat(0).evaluate((chat) => chat.remove());
    await vi.waitFor(() => expect(host.sockets).toBe(1));
    await host.messagesWith(text).waitFor();
  });
});

describe('a widget removed from the page', () => {
  it('keeps its connection when it is only moved, closes it otherwise, and is restored when it is added again', async () => {
    const host = await visit(`${inline}<main></main>${script}`);
    await host.connected();
    await host.field().fill('half a sen');
    await host.chat().evaluate((chat) => document.querySelector('main')?.append(chat));
    expect(await host.field().inputValue()).toBe('half a sen');
    expect(host.opened).toBe(1);

    const text = unique('before');
    await host.write(text);
    const chat = await host.page.evaluateHandle(() => {
      const chat = document.querySelector('spacetimedb-chat') as SpacetimedbChatElement;
      chat.remove();
      return chat;
    });
    await vi.waitFor(() => expect(host.sockets).toBe(0));
    await chat.evaluate((chat) => document.body.append(chat));
    await host.connected();
    await host.messagesWith(text).waitFor();
    expect(host.complaints).toEqual([]);
  });

  it('leaves nothing behind', async () => {
    const counting = await context.addInitScript(countListeners);
    onTestFinished(() => counting.dispose());
    const host = await visit(script);
    const listeners: number[] = [];
    for (let round = 0; round < 3; round++) {
      await host.page.evaluate(() => {
        document.body.insertAdjacentHTML('beforeend', '<spacetimedb-chat></spacetimedb-chat>');
      });
      await host.connected();
      await host.toolsLoaded();
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
        expect(alive.slice(0, -1)).toEqual([false, false]);
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

/** The keys in the local and the session storage. */
function storedKeys({ page }: Embedded): Promise<string[][]> {
  return page.evaluate(() => [localStorage, sessionStorage].map((kept) => Object.keys(kept)));
}
