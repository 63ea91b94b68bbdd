import { randomUUID } from 'node:crypto';
import type { Browser, Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openSeededSite, type SeededSite } from '../tools/pages/site.ts';
import { launchBrowser, Visitor } from '../tools/pages/visitor.ts';

let browser: Browser;
let site: SeededSite;
let visitor: Visitor;

const unique = (text: string): string => `${text} ${randomUUID().slice(0, 8)}`;

beforeAll(async () => {
  [browser, site] = await Promise.all([launchBrowser(), openSeededSite()]);
});
afterAll(async () => {
  await site?.close();
});

beforeEach(async () => {
  visitor = await Visitor.arrive(browser, site, {
    permissions: ['clipboard-read', 'clipboard-write'],
    reused: true,
  });
  await visitor.connected();
});
afterEach(() => visitor.leave());

const settings = async (): Promise<Locator> => {
  await visitor.page.getByRole('button', { name: 'Settings' }).click();
  const dialog = visitor.page.getByRole('dialog', { name: 'Settings' });
  await dialog.waitFor();
  return dialog;
};

describe('the keyboard focus', () => {
  const focused = (field: Locator): Promise<boolean> =>
    field.evaluate((element) => element === document.activeElement);
  const expectFocus = (field: Locator): Promise<void> =>
    vi.waitFor(async () => expect(await focused(field)).toBe(true), 60_000);

  it('is where a visitor wants to type: the name first, then always the message', async () => {
    const { page, nameField, messageField } = visitor;
    await expectFocus(nameField);
    const name = unique('Ann');
    await page.keyboard.type(name);
    await page.keyboard.press('Enter');
    await page.getByText('Writing as').filter({ hasText: name }).waitFor();
    await expectFocus(messageField);
    await page.keyboard.type('Hello everyone');
    await page.keyboard.press('Enter');
    // A message that the server has not confirmed would come back as a draft.
    await visitor.messagesWith('Hello everyone').and(page.locator(':not([aria-busy])')).waitFor();

    await visitor.reload();
    await visitor.connected();
    await expectFocus(messageField);
    await page.getByRole('log').click({ position: { x: 20, y: 20 } });
    await expectFocus(messageField);
    await page.getByRole('button', { name: 'Settings' }).focus();
    await page.keyboard.type('next, sir');
    expect(await messageField.inputValue()).toBe('next, sir');
    expect(await page.getByRole('dialog').count()).toBe(0);
  });

  it('stays out of fields on a touch screen, where it would open the keyboard', async () => {
    const phone = await Visitor.arrive(browser, site, { hasTouch: true, isMobile: true, reused: true });
    await phone.connected();
    expect(await phone.page.evaluate(() => document.activeElement === document.body)).toBe(true);
    await phone.skipWelcome();
    expect(await focused(phone.messageField)).toBe(false);
    await phone.leave();
  });
});

describe('drafts and messages', () => {
  it('a message with formatting is shown formatted, and stored as typed', async () => {
    const { page, messageField } = visitor;
    await visitor.skipWelcome();
    await visitor.write(unique('before'));
    const code = "const greeting = 'Hello';\n  greet(greeting);";
    const text = `${unique('Try')} **this**:\n\`\`\`ts\n${code}\n\`\`\`\n> or not`;
    await messageField.fill(text);
    await messageField.press('Enter');
    const message = page.getByRole('article').last();
    await message.locator('strong', { hasText: 'this' }).waitFor();
    await message.locator('blockquote', { hasText: 'or not' }).waitFor();
    // Coloured once the highlighter is loaded.
    await message.locator('pre span', { hasText: 'const' }).waitFor();
    await message.locator('pre').hover();
    await message.getByRole('button', { name: 'Copy code' }).click();
    await message.getByText('Copied').first().waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(code);
    // The list is still at its end, although the message has grown.
    const fromEnd = () =>
      page.getByRole('log').evaluate((log) => log.scrollHeight - log.scrollTop - log.clientHeight);
    await vi.waitFor(async () => expect(await fromEnd()).toBeLessThan(2));

    const answer = await fetch(new URL('/v1/database/quickstart-chat/sql', site.url), {
      method: 'POST',
      headers: { authorization: `Bearer ${site.ownerToken}` },
      body: 'SELECT text FROM message',
    });
    expect(await answer.text()).toContain(JSON.stringify(text).slice(1, -1));
  });

  it('a draft survives a reload', async () => {
    await visitor.messageField.fill('half a sen');
    await visitor.reload();
    await visitor.connected();
    await vi.waitFor(async () => expect(await visitor.messageField.inputValue()).toBe('half a sen'));
  });

  it('each tab has its own draft, and a new tab restores the draft of a closed one', async () => {
    const [one, two] = [unique('from one'), unique('from two')];
    await visitor.messageField.fill(one);
    const page = await visitor.page.context().newPage();
    const field = page.getByRole('textbox', { name: 'Message' });
    const openAgain = async (): Promise<void> => {
      await page.goto(site.url);
      await page
        .getByRole('status')
        .filter({ hasText: /^\s*Connected\s*$/ })
        .waitFor();
    };
    await openAgain();
    await field.fill(two);
    await visitor.reload();
    await visitor.connected();
    await vi.waitFor(async () => expect(await visitor.messageField.inputValue()).toBe(one));
    await openAgain();
    await vi.waitFor(async () => expect(await field.inputValue()).toBe(two));
    await page.close();
    await visitor.reload();
    await visitor.connected();
    await vi.waitFor(async () => expect(await visitor.messageField.inputValue()).toBe(`${one}\n${two}`));
  });

  it('messages can be sent as fast as someone types', async () => {
    const [one, two] = [unique('one'), unique('two')];
    await visitor.messageField.focus();
    await visitor.page.keyboard.type(one);
    await visitor.page.keyboard.press('Enter');
    await visitor.page.keyboard.type(two);
    await visitor.page.keyboard.press('Enter');
    await visitor.messagesWith(one).waitFor();
    await visitor.messagesWith(two).waitFor();
    expect(await visitor.messagesWith(two).textContent()).not.toContain(one);
    await vi.waitFor(async () => expect(await visitor.messageField.inputValue()).toBe(''));
  });

  it('a message written offline is sent once, when the connection is back', async () => {
    const text = unique('patient');
    await site.outage.stop();
    try {
      await visitor.state.filter({ hasText: 'Reconnecting…' }).waitFor();
      await visitor.messageField.fill(text);
      await visitor.messageField.press('Enter');
      await visitor.messagesWith(text).getByText('Will send when you’re back online.').waitFor();
    } finally {
      await site.outage.start();
    }
    await visitor.connected();
    await vi.waitFor(async () =>
      expect(await visitor.messagesWith(text).getAttribute('aria-busy')).toBeNull(),
    );
    expect(await visitor.messagesWith(text).count()).toBe(1);
  });

  it('remaining characters are shown near the limit', async () => {
    await visitor.messageField.fill('x'.repeat(1950));
    await visitor.page.getByText('50 characters left').waitFor();
    await visitor.messageField.fill('x'.repeat(2005));
    await visitor.page.getByText('5 characters too many').waitFor();
  });
});

/** A test's browser is never in the background, so the page is told that it is. */
const hide = (hidden: boolean): Promise<void> =>
  visitor.page.evaluate((hidden) => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
    document.dispatchEvent(new Event('visibilitychange'));
  }, hidden);

it("the tab's title and icon show unread messages", async () => {
  const other = await Visitor.arrive(browser, site, { reused: true });
  await other.connected();
  const text = unique('unseen');
  await hide(true);
  await other.write(text);
  await vi.waitFor(async () => expect(await visitor.page.title()).toMatch(/^\(1\) /));
  const icon = visitor.page.locator('link[rel="icon"]');
  expect(await icon.getAttribute('href')).toContain('favicon-unread.svg');
  await visitor.page.getByText('New messages').waitFor();
  await hide(false);
  await vi.waitFor(async () => expect(await visitor.page.title()).not.toContain('('));
  expect(await icon.getAttribute('href')).not.toContain('unread');
  await other.leave();
});

describe('while the page is in the background', () => {
  interface Alerts {
    shown: Notification[];
    tones: AudioContextState[];
    focused: number;
  }
  /** The used part of a service worker's global scope, whose types conflict with those of a page. */
  interface WorkerScope {
    registration: ServiceWorkerRegistration;
    WindowClient: { prototype: { url: string; focus(): Promise<unknown> } };
    NotificationEvent: new (type: string, init: { notification: Notification | undefined }) => Event;
  }
  type Watched = typeof globalThis & { alerts: Alerts };

  /** Runs in the page: records notifications and sounds. */
  function watch(): void {
    const alerts: Alerts = { shown: [], tones: [], focused: 0 };
    Object.assign(globalThis, { alerts });
    globalThis.Notification = class extends Notification {
      constructor(title: string, options?: NotificationOptions) {
        super(title, options);
        alerts.shown.push(this);
      }
    };
    const { start } = OscillatorNode.prototype;
    OscillatorNode.prototype.start = function (...when) {
      alerts.tones.push((this.context as AudioContext).state);
      start.apply(this, when);
    };
    window.focus = () => void alerts.focused++;
  }

  async function arriveAlert(prepare: () => void): Promise<string> {
    await visitor.leave();
    visitor = await Visitor.arrive(browser, site, {
      permissions: ['notifications'],
      prepare: (context) => context.addInitScript(prepare),
    });
    await visitor.connected();
    const dialog = await settings();
    await dialog.getByText('All messages', { exact: true }).click();
    await dialog.getByRole('switch', { name: 'Sound' }).click();
    await visitor.page.keyboard.press('Escape');
    const other = await Visitor.arrive(browser, site, { reused: true });
    await other.connected();
    const text = unique('Are you there?');
    await hide(true);
    await other.write(text);
    await other.leave();
    return text;
  }

  it('new messages show a notification and play a sound once enabled, and a click leads back', async () => {
    const text = await arriveAlert(watch);
    const alerts = () =>
      visitor.page.evaluate(() => {
        const { shown, tones, focused } = (globalThis as Watched).alerts;
        return { shown: shown.map(({ title, body }) => ({ title, body })), tones, focused };
      });
    await vi.waitFor(async () => {
      const { shown, tones } = await alerts();
      expect(shown).toEqual([{ title: expect.stringContaining('quickstart-chat') as string, body: text }]);
      expect(tones).toEqual(['running', 'running']);
    });
    await visitor.page.evaluate(() =>
      (globalThis as Watched).alerts.shown[0]?.dispatchEvent(new Event('click')),
    );
    expect((await alerts()).focused).toBe(1);
    expect(visitor.complaints).toEqual([]);
  });

  it('the service worker shows notifications where pages may not, as on phones', async () => {
    const text = await arriveAlert(() => {
      globalThis.Notification = new Proxy(Notification, {
        construct: () => {
          throw new TypeError(
            'Illegal constructor. Use ServiceWorkerRegistration.showNotification() instead.',
          );
        },
      });
    });
    const shown = (): Promise<string[]> =>
      visitor.page.evaluate(async () => {
        const registration = await navigator.serviceWorker.ready;
        return (await registration.getNotifications()).map(({ body }) => body);
      });
    await vi.waitFor(async () => expect(await shown()).toEqual([text]));
    const [worker] = visitor.page.context().serviceWorkers();
    // Browsers let a worker focus a page only after a real click, which a test cannot make.
    const focused = await worker?.evaluate(async () => {
      const scope = globalThis as unknown as WorkerScope;
      const [notification] = await scope.registration.getNotifications();
      return new Promise<string>((resolve) => {
        scope.WindowClient.prototype.focus = function () {
          resolve(this.url);
          return Promise.resolve(this);
        };
        dispatchEvent(new scope.NotificationEvent('notificationclick', { notification }));
      });
    });
    // The page may have followed the link to the message by now.
    expect(focused).toBe(visitor.page.url().split('#')[0]);
    await vi.waitFor(async () => expect(await shown()).toEqual([]));
  });
});

it('joins are shown quietly between messages unless switched off', async () => {
  const name = unique('Guest');
  // The line appears between messages.
  await visitor.write(unique('who is there?'));
  const other = await Visitor.arrive(browser, site, { reused: true });
  await other.connected();
  await other.rename(name);
  // The line shows the name they have chosen since.
  await visitor.page.getByText(`${name} joined`).waitFor();
  expect(await visitor.page.getByText(`is now called ${name}`).count()).toBe(0);
  const dialog = await settings();
  await dialog.getByRole('switch', { name: 'Joins, leaves and renames' }).click();
  await visitor.page.getByText(`${name} joined`).waitFor({ state: 'detached' });
  await other.leave();
});

/** The browser's theme colour for the page. */
const colourAround = ({ page }: Visitor): Promise<string | undefined> =>
  page.evaluate(() => {
    const colours = document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]');
    return [...colours].find(({ media }) => matchMedia(media).matches)?.content;
  });
const around = { light: '#ffffff', dark: '#121b17' };

describe('settings', () => {
  it("the browser's theme colour follows the theme", async () => {
    const dialog = await settings();
    for (const [choice, colour] of [
      ['Dark', around.dark],
      ['Light', around.light],
      ['Dark', around.dark],
      ['System', around.light],
    ] as const) {
      await dialog.getByText(choice, { exact: true }).first().click();
      await vi.waitFor(async () => expect(await colourAround(visitor)).toBe(colour));
    }
    await visitor.page.emulateMedia({ colorScheme: 'dark' });
    expect(await colourAround(visitor)).toBe(around.dark);
  });

  it('are kept across reloads', async () => {
    const dialog = await settings();
    await dialog.getByText('Dark', { exact: true }).click();
    await dialog.getByText('24 h', { exact: true }).click();
    const scheme = (): Promise<string> =>
      visitor.page.evaluate(() => getComputedStyle(document.documentElement).colorScheme);
    expect(await scheme()).toBe('dark');
    await visitor.reload();
    await visitor.connected();
    expect(await scheme()).toBe('dark');
    const again = await settings();
    expect(await again.getByRole('radio', { name: '24 h' }).isChecked()).toBe(true);
  });

  it.each([
    ['dark', 'light'],
    ['light', 'dark'],
  ] as const)("apply the %s theme from the first frame where the system's is %s", async (theme, system) => {
    let letCome = (): void => {};
    const held = new Promise<void>((resolve) => (letCome = resolve));
    const guest = await Visitor.arrive(browser, site, {
      colorScheme: system,
      waitUntil: 'commit',
      prepare: async (context) => {
        const kept = JSON.stringify({ theme });
        await context.addInitScript(
          (kept) => localStorage.setItem('spacetimedb-chat:preferences', kept),
          kept,
        );
        await context.route('**/*.js', async (route) => {
          await held;
          await route.continue();
        });
      },
    });
    const look = (): Promise<string[]> =>
      guest.page.evaluate(() => {
        const { colorScheme, backgroundColor } = getComputedStyle(document.documentElement);
        return [colorScheme, backgroundColor];
      });
    // The first frame is painted and none of the page's scripts have run.
    await guest.page.waitForFunction(() => performance.getEntriesByName('first-paint').length > 0);
    const first = await look();
    expect(first[0]).toBe(theme);
    expect(await colourAround(guest)).toBe(around[theme]);
    letCome();
    await guest.connected();
    expect(await look()).toEqual(first);
    expect(guest.complaints).toEqual([]);
    await guest.leave();
  });

  it('open the list of shortcuts in place of the dialog', async () => {
    const dialog = await settings();
    await dialog.getByRole('button', { name: 'Keyboard shortcuts' }).click();
    const keys = visitor.page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await keys.waitFor();
    await dialog.waitFor({ state: 'detached' });
    await visitor.page.evaluate(() => new Promise(requestAnimationFrame));
    expect(await keys.isVisible()).toBe(true);
  });

  it('leave notifications and sound off by default without asking for permission', async () => {
    const dialog = await settings();
    expect(await dialog.getByRole('radio', { name: 'Nothing' }).isChecked()).toBe(true);
    expect(await dialog.getByRole('switch', { name: 'Sound' }).isChecked()).toBe(false);
  });

  it('reject an invalid server address and change nothing', async () => {
    const dialog = await settings();
    await dialog.getByRole('textbox', { name: 'Address' }).fill('nonsense');
    await dialog.getByRole('button', { name: 'Save', exact: true }).click();
    await dialog.getByText(/in your settings is not a web address: “nonsense”/).waitFor();
    await visitor.reload();
    await visitor.connected();
  });

  it("take a database, over which the page's URL has precedence", async () => {
    const dialog = await settings();
    await dialog.getByRole('textbox', { name: 'Database' }).fill('another-room');
    await dialog.getByRole('button', { name: 'Save', exact: true }).click();
    await visitor.state.filter({ hasText: 'No such database' }).waitFor();
    const url = new URL(site.url);
    url.searchParams.set('database', 'quickstart-chat');
    await visitor.page.goto(url.href);
    await visitor.connected();
  });
});

describe('identity', () => {
  it('can be moved to another browser and signed out', async () => {
    const name = unique('Traveller');
    await visitor.rename(name);
    const dialog = await settings();
    await dialog.getByRole('button', { name: 'Copy sign-in key' }).click();
    const token = await dialog.getByRole('textbox', { name: 'Your sign-in key' }).inputValue();
    await dialog.getByRole('button', { name: 'Sign out', exact: true }).click();
    await dialog.getByRole('button', { name: 'Sign out and forget this identity' }).click();
    await dialog.waitFor({ state: 'detached' });
    await visitor.listed('Offline', name).waitFor();

    const again = await settings();
    await again.getByRole('button', { name: 'Use another key' }).click();
    await again.getByRole('textbox', { name: 'Sign-in key' }).fill('not a token');
    await again.getByRole('button', { name: 'Switch' }).click();
    await again.getByText('That doesn’t look like a sign-in key.', { exact: false }).waitFor();
    // The server is asked, and the error is at the field.
    await again.getByRole('textbox', { name: 'Sign-in key' }).fill('e30.e30.e30');
    await again.getByRole('button', { name: 'Switch' }).click();
    const refusal = again.getByText('The server doesn’t accept this key.', { exact: false });
    await refusal.waitFor();
    expect(await refusal.evaluate((element) => element.getBoundingClientRect().bottom)).toBeLessThan(
      (await again.boundingBox().then((box) => box && box.y + box.height)) ?? 0,
    );
    await visitor.state.filter({ hasText: /^\s*Connected\s*$/ }).waitFor();
    await again.getByRole('textbox', { name: 'Sign-in key' }).fill(token);
    await again.getByRole('button', { name: 'Switch' }).click();
    await visitor.page.getByText('Writing as').filter({ hasText: name }).waitFor();
    expect(await visitor.listed('Online', name).textContent()).toContain('you');
  });

  it('is on the card of a person and copied in full', async () => {
    const name = unique('Copied');
    await visitor.rename(name);
    const card = await visitor.openCard(name);
    const [id = ''] = /[0-9a-f]{64}/.exec((await card.textContent()) ?? '') ?? [];
    expect(id).not.toBe('');
    expect(await visitor.listed('Online', name).textContent()).not.toContain(id.slice(0, 8));
    await card.getByRole('button', { name: 'Copy ID' }).click();
    await vi.waitFor(async () =>
      expect(await visitor.page.evaluate(() => navigator.clipboard.readText())).toBe(id),
    );
  });
});
