import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { unique } from '../../spacetimedb/test/server.ts';
import { SdkPerson } from '../tools/pages/sdk-person.ts';
import { setHidden } from '../tools/pages/set-hidden.ts';
import { openOwnSite, type OwnSite } from '../tools/pages/site.ts';
import { launchBrowser, Visitor } from '../tools/pages/visitor.ts';
import { beforeSecondTry } from '../tools/setup/second-try.ts';

let browser: Browser;
let site: OwnSite;
/** The visitor in all tests that do not need a new one. */
let visitor: Visitor;

async function arrive(): Promise<void> {
  visitor = await Visitor.arrive(browser, site, {
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  await visitor.connected();
  await visitor.skipWelcome();
}

/** Calls `run` with a new visitor. */
async function withNewVisitor(run: (newcomer: Visitor) => Promise<void>): Promise<void> {
  const newcomer = await Visitor.arrive(browser, site, { reused: true });
  await newcomer.connected();
  await run(newcomer);
  await newcomer.leave();
}

beforeAll(async () => {
  [browser, site] = await Promise.all([launchBrowser(), openOwnSite()]);
  await arrive();
});
beforeSecondTry(async () => {
  await visitor.leave();
  await arrive();
});
afterAll(async () => {
  await visitor?.leave();
  await site?.close();
});

async function openSettings({ page }: Visitor): Promise<Locator> {
  await page.getByRole('button', { name: 'Settings' }).click();
  const dialog = page.getByRole('dialog', { name: 'Settings' });
  await dialog.waitFor();
  return dialog;
}

it('the focus is first in the name field, and then always in the message field', () =>
  withNewVisitor(async (newcomer) => {
    const { page, nameField, messageField } = newcomer;
    const expectFocus = (field: Locator): Promise<void> =>
      vi.waitFor(
        async () => expect(await field.evaluate((element) => element === document.activeElement)).toBe(true),
        60_000,
      );
    await expectFocus(nameField);
    const name = unique('Ann');
    await page.keyboard.type(name);
    await page.keyboard.press('Enter');
    await page.getByText('Writing as').filter({ hasText: name }).waitFor();
    await expectFocus(messageField);
    await page.keyboard.type('Hello everyone');
    await page.keyboard.press('Enter');
    // A message that the server has not confirmed would be restored as a draft.
    await newcomer.messagesWith('Hello everyone').and(page.locator(':not([aria-busy])')).last().waitFor();

    await newcomer.reload();
    await newcomer.connected();
    await expectFocus(messageField);
    await page.getByRole('log').click({ position: { x: 20, y: 20 } });
    await expectFocus(messageField);
    await page.getByRole('button', { name: 'Settings' }).focus();
    await page.keyboard.type('next, sir');
    expect(await messageField.inputValue()).toBe('next, sir');
    expect(await page.getByRole('dialog').count()).toBe(0);
  }));

describe('drafts and messages', () => {
  it('a message with formatting is shown formatted, and stored as typed', async () => {
    const { page, messageField } = visitor;
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

  it('a draft survives a reload, each tab has its own, and a new tab restores the draft of a closed one', async () => {
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
    await openAgain();
    await vi.waitFor(async () => expect(await field.inputValue()).toBe(two));
    expect(await visitor.messageField.inputValue()).toBe(one);
    await page.close();
    await visitor.reload();
    await visitor.connected();
    await vi.waitFor(async () => expect(await visitor.messageField.inputValue()).toBe(`${one}\n${two}`));
    await visitor.messageField.fill('');
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
});

const hide = (hidden: boolean): Promise<void> => visitor.page.evaluate(setHidden, hidden);

it("the tab's title and icon show unread messages", async () => {
  const other = await SdkPerson.join(site);
  await hide(true);
  await other.write(unique('unseen'));
  await vi.waitFor(async () => expect(await visitor.page.title()).toMatch(/^\(1\) /));
  const icon = visitor.page.locator('link[rel="icon"]');
  expect(await icon.getAttribute('href')).toContain('favicon-unread.svg');
  await visitor.page.getByRole('log').getByText('New messages', { exact: true }).waitFor();
  await hide(false);
  await vi.waitFor(async () => expect(await visitor.page.title()).not.toContain('('));
  expect(await icon.getAttribute('href')).not.toContain('unread');
  await other.leave();
});

it('joins are shown quietly between messages unless switched off', async () => {
  const name = unique('Guest');
  // The line appears between messages.
  await visitor.write(unique('who is there?'));
  const other = await SdkPerson.join(site);
  await other.rename(name);
  // The line shows the name they have chosen since.
  await visitor.page.getByText(`${name} joined`).waitFor();
  expect(await visitor.page.getByText(`is now called ${name}`).count()).toBe(0);
  const dialog = await openSettings(visitor);
  await dialog.getByRole('switch', { name: 'Joins, leaves and renames' }).click();
  await visitor.page.getByText(`${name} joined`).waitFor({ state: 'detached' });
  await visitor.page.keyboard.press('Escape');
  await other.leave();
});

/** The browser's theme colour for the page. */
const colourAround = ({ page }: Visitor): Promise<string | undefined> =>
  page.evaluate(() => {
    const colours = document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]');
    return [...colours].find(({ media }) => matchMedia(media).matches)?.content;
  });

/** The colour scheme and the background of the page. */
const lookOf = ({ page }: Visitor): Promise<readonly [string, string]> =>
  page.evaluate(() => {
    const { colorScheme, backgroundColor } = getComputedStyle(document.documentElement);
    return [colorScheme, backgroundColor] as const;
  });
const around = { light: '#ffffff', dark: '#121b17' };

describe('settings', () => {
  it('start without notifications, follow the theme at once, reject a wrong address and survive a reload', () =>
    withNewVisitor(async (newcomer) => {
      const { page } = newcomer;
      const dialog = await openSettings(newcomer);
      expect(await dialog.getByRole('radio', { name: 'Nothing' }).isChecked()).toBe(true);
      expect(await dialog.getByRole('switch', { name: 'Sound' }).isChecked()).toBe(false);
      for (const [choice, colour] of [
        ['Dark', around.dark],
        ['Light', around.light],
        ['Dark', around.dark],
        ['System', around.light],
      ] as const) {
        await dialog.getByText(choice, { exact: true }).first().click();
        await vi.waitFor(async () => expect(await colourAround(newcomer)).toBe(colour));
      }
      await page.emulateMedia({ colorScheme: 'dark' });
      expect(await colourAround(newcomer)).toBe(around.dark);
      await page.emulateMedia({ colorScheme: 'light' });

      await dialog.getByText('Dark', { exact: true }).click();
      await dialog.getByText('24 h', { exact: true }).click();
      const look = await lookOf(newcomer);
      expect(look[0]).toBe('dark');
      await dialog.getByRole('textbox', { name: 'Address' }).fill('nonsense');
      await dialog.getByRole('button', { name: 'Save', exact: true }).click();
      await dialog.getByText(/in your settings is not a web address: “nonsense”/).waitFor();
      await newcomer.reload();
      await newcomer.connected();
      expect(await lookOf(newcomer)).toEqual(look);
      const again = await openSettings(newcomer);
      expect(await again.getByRole('radio', { name: '24 h' }).isChecked()).toBe(true);
    }));

  it("accept a database, unless the page's URL names one", () =>
    withNewVisitor(async (newcomer) => {
      const dialog = await openSettings(newcomer);
      await dialog.getByRole('textbox', { name: 'Database' }).fill('another-room');
      await dialog.getByRole('button', { name: 'Save', exact: true }).click();
      await newcomer.state.filter({ hasText: 'No such database' }).waitFor();
      const url = new URL(site.url);
      url.searchParams.set('database', 'quickstart-chat');
      await newcomer.page.goto(url.href);
      await newcomer.connected();
    }));

  it('open the list of shortcuts instead of the dialog', async () => {
    const dialog = await openSettings(visitor);
    await dialog.getByRole('button', { name: 'Keyboard shortcuts' }).click();
    const keys = visitor.page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await keys.waitFor();
    await dialog.waitFor({ state: 'detached' });
    await visitor.page.evaluate(() => new Promise(requestAnimationFrame));
    expect(await keys.isVisible()).toBe(true);
    await visitor.page.keyboard.press('Escape');
    await keys.waitFor({ state: 'detached' });
  });

  it('apply the theme from the first frame, whatever theme the system has', async () => {
    let letCome = (): void => {};
    const held = new Promise<void>((resolve) => (letCome = resolve));
    const key = 'spacetimedb-chat:preferences';
    const guest = await Visitor.arrive(browser, site, {
      colorScheme: 'light',
      waitUntil: 'commit',
      prepare: async (context) => {
        await context.addInitScript(
          ([key, value]) => localStorage.getItem(key) ?? localStorage.setItem(key, value),
          [key, JSON.stringify({ theme: 'dark' })] as const,
        );
        await context.route('**/*.js', async (route) => {
          await held;
          // The first page is closed.
          await route.continue().catch(() => {});
        });
      },
    });
    const { page } = guest;
    /** The first frame, before any of the page's scripts have run. */
    const firstLook = async (): Promise<readonly [string, string]> => {
      await page.waitForFunction(() => performance.getEntriesByName('first-paint').length > 0);
      return lookOf(guest);
    };
    expect((await firstLook())[0]).toBe('dark');
    expect(await colourAround(guest)).toBe(around.dark);

    await page.evaluate(([key, value]) => localStorage.setItem(key, value), [
      key,
      JSON.stringify({ theme: 'light' }),
    ] as const);
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.goto(site.url, { waitUntil: 'commit' });
    const first = await firstLook();
    expect(first[0]).toBe('light');
    expect(await colourAround(guest)).toBe(around.light);
    letCome();
    await guest.connected();
    expect(await lookOf(guest)).toEqual(first);
    expect(guest.complaints).toEqual([]);
    await guest.leave();
  });
});

describe('identity', () => {
  it('can be moved to another browser and signed out', async () => {
    const name = unique('Traveller');
    await visitor.rename(name);
    const dialog = await openSettings(visitor);
    await dialog.getByRole('button', { name: 'Copy sign-in key' }).click();
    const token = await dialog.getByRole('textbox', { name: 'Your sign-in key' }).inputValue();
    await dialog.getByRole('button', { name: 'Sign out', exact: true }).click();
    await dialog.getByRole('button', { name: 'Sign out and forget this identity' }).click();
    await dialog.waitFor({ state: 'detached' });
    await visitor.listed('Offline', name).waitFor();

    const again = await openSettings(visitor);
    await again.getByRole('button', { name: 'Use another key' }).click();
    await again.getByRole('textbox', { name: 'Sign-in key' }).fill('not a token');
    await again.getByRole('button', { name: 'Switch' }).click();
    await again.getByText('That doesn’t look like a sign-in key.', { exact: false }).waitFor();
    // The server refuses it, and the error is shown at the field.
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
