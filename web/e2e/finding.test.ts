import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { unique } from '../../spacetimedb/test/server.ts';
import { openMessageMenu } from '../tools/pages/message-menu.ts';
import { SdkPerson } from '../tools/pages/sdk-person.ts';
import { setHidden } from '../tools/pages/set-hidden.ts';
import { database, openOwnSite, openSeededSite, type OwnSite, type SeededSite } from '../tools/pages/site.ts';
import { tokenKey } from '../../adapters/src/tokens.ts';
import { closeContext, openContext } from '../tools/browser/traces.ts';
import { launchBrowser, Visitor } from '../tools/pages/visitor.ts';
import { beforeSecondTry } from '../tools/setup/second-try.ts';

let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
});

describe('a site with two rooms', () => {
  let site: OwnSite;
  let ann: Visitor;
  let annName: string;
  const rooms = [
    { database, title: 'Lobby' },
    { database: 'help', title: 'Help desk' },
  ];

  async function arrive(): Promise<void> {
    ann = await Visitor.arrive(browser, site);
    await ann.connected();
    annName = unique('Ann');
    await ann.rename(annName);
  }
  beforeAll(async () => {
    site = await openOwnSite(undefined, { rooms });
    await site.publish('help');
    await arrive();
  });
  beforeSecondTry(async () => {
    await ann.leave();
    await arrive();
  });
  afterAll(async () => {
    await ann?.leave();
    await site?.close();
  });

  const inRoom = async ({ page }: Visitor, title: string): Promise<void> => {
    await page.getByRole('heading', { level: 1, name: title }).waitFor();
    await page.getByRole('textbox', { name: 'Message' }).waitFor();
  };
  const linkTo = (title: string): Locator =>
    ann.page.getByRole('navigation', { name: 'Rooms' }).getByRole('link', { name: title });
  /** Goes to a room without loading the page again. */
  const enter = async (title: string): Promise<void> => {
    await linkTo(title).click();
    await inRoom(ann, title);
    await ann.connected();
  };

  it('switching rooms keeps the person, their name and each draft, and works with the browser history', async () => {
    const { page, messageField } = ann;
    await messageField.fill('half a sentence');
    await page.evaluate(() => Object.assign(window, { isSamePage: true }));

    await linkTo('Help desk').click();
    await inRoom(ann, 'Help desk');
    await page.getByText('Writing as').filter({ hasText: annName }).waitFor();
    expect(new URL(page.url()).search).toBe('?room=help');
    expect(await page.title()).toBe('Help desk');
    expect(await messageField.inputValue()).toBe('');
    await vi.waitFor(
      async () => expect(await messageField.evaluate((field) => field === document.activeElement)).toBe(true),
      60_000,
    );
    const text = unique('help me');
    await ann.write(text);

    await page.goBack();
    await inRoom(ann, 'Lobby');
    await vi.waitFor(async () => expect(await messageField.inputValue()).toBe('half a sentence'), 60_000);
    expect(await ann.messagesWith(text).count()).toBe(0);

    await page.keyboard.press('Alt+ArrowDown');
    await inRoom(ann, 'Help desk');
    await ann.messagesWith(text).waitFor();
    expect(await page.evaluate(() => 'isSamePage' in window)).toBe(true);
  });

  it('tabs that open different rooms at the same time on a first visit are one person', async () => {
    const context = await openContext(browser);
    try {
      const open = async (room: string): Promise<void> => {
        const page = await context.newPage();
        const url = new URL(site.url);
        url.searchParams.set('room', room);
        await page.goto(url.href);
        const connected = page.getByRole('status').filter({ hasText: /^\s*Connected\s*$/ });
        await connected.waitFor({ timeout: 60_000 });
      };
      await Promise.all([open(database), open('help')]);
      const tokens = await context.pages()[0]?.evaluate(() =>
        Object.entries(localStorage)
          .filter(([key]) => key.startsWith('spacetimedb:'))
          .map(([, token]) => token as string),
      );
      expect(new Set(tokens).size).toBe(1);
    } finally {
      await closeContext(context);
    }
  });

  const hide = ({ page }: Visitor, hidden: boolean): Promise<void> => page.evaluate(setHidden, hidden);

  const tokenOf = async ({ page }: Visitor): Promise<string> =>
    (await page.evaluate((key) => localStorage.getItem(key), tokenKey(site.url, database))) ?? '';

  /** The server's record of what Ann has read in a room. */
  const marks = async (room: string): Promise<string> => {
    const response = await fetch(new URL(`/v1/database/${room}/sql`, site.url), {
      method: 'POST',
      headers: { Authorization: `Bearer ${await tokenOf(ann)}` },
      body: 'SELECT * FROM own_read_marks',
    });
    const [{ rows }] = (await response.json()) as [{ rows: unknown[] }];
    return JSON.stringify(rows);
  };
  /** Makes Ann, who is in the room, read the message from `write`, and waits until the server has recorded it. */
  const read = async (room: string, text: string, write: (text: string) => Promise<void>): Promise<void> => {
    const before = await marks(room);
    await write(text);
    await ann.messagesWith(text).waitFor();
    await vi.waitFor(async () => expect(await marks(room)).not.toBe(before), 60_000);
  };

  it('counts unread messages and mentions in the other rooms', async () => {
    const ben = await SdkPerson.join(site, unique('Ben'), 'help');
    await enter('Help desk');
    await read('help', unique('first'), ben.write);
    await enter('Lobby');
    await ben.write(`@${annName} ${unique('are you there?')}`);
    await ben.write(unique('hello?'));
    const link = linkTo('Help desk');
    await vi.waitFor(async () => {
      await hide(ann, false);
      expect((await link.textContent())?.replace(/\s+/g, ' ')).toContain(
        '1 mention of you @1 , 2 new messages',
      );
    }, 60_000);
    await link.click();
    await inRoom(ann, 'Help desk');
    await vi.waitFor(async () => expect(await link.textContent()).not.toContain('new messages'));
    expect(ann.complaints).toEqual([]);
    await ben.leave();
  });

  it('messages read on one device are not new on another', async () => {
    const ben = await SdkPerson.join(site, unique('Ben'));
    const [before, after] = [unique('before'), unique('after')];
    await enter('Lobby');
    await read(database, before, ben.write);
    await enter('Help desk');
    await ben.write(after);

    const phone = await Visitor.arrive(browser, site, { token: await tokenOf(ann) });
    const top = async (element: Locator): Promise<number> => (await element.boundingBox())?.y ?? NaN;
    const divider = phone.page.getByRole('log').getByText('New messages', { exact: true });
    await divider.waitFor();
    expect(await top(divider)).toBeGreaterThan(await top(phone.messagesWith(before)));
    expect(await top(divider)).toBeLessThan(await top(phone.messagesWith(after)));
    await phone.leave();
    await ben.leave();
  });

  const follow = (room: string): Promise<unknown> => {
    const url = new URL(site.url);
    url.searchParams.set('room', room);
    return ann.page.goto(url.href);
  };

  it('a link opens its room, and a narrow screen has a menu of rooms', async () => {
    const { page } = ann;
    const size = page.viewportSize();
    await page.setViewportSize({ width: 390, height: 700 });
    await follow('help');
    await inRoom(ann, 'Help desk');
    await ann.connected();
    await page.getByRole('button', { name: 'Help desk' }).press('Enter');
    await page.getByRole('link', { name: 'Help desk' }).and(page.locator(':focus')).waitFor();
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await inRoom(ann, 'Lobby');
    await ann.connected();
    expect(await page.getByRole('navigation', { name: 'Rooms' }).count()).toBe(0);
    if (size) await page.setViewportSize(size);
  });

  it('a link to a room that is not listed opens the first one and says so', async () => {
    await follow('attic');
    await inRoom(ann, 'Lobby');
    await ann.page.getByRole('alert').filter({ hasText: 'There is no room “attic” here.' }).waitFor();
  });
});

describe('a room with thousands of messages', () => {
  const COUNT = 3_000;
  const MINUTE = 60_000;
  let site: SeededSite;
  let owner: Visitor;

  async function arrive(): Promise<void> {
    owner = await Visitor.arrive(browser, site, {
      token: site.ownerToken,
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    await owner.connected();
  }
  beforeAll(async () => {
    site = await openSeededSite();
    await site.seed({ count: COUNT, apart: MINUTE, age: MINUTE });
    await arrive();
  });
  beforeSecondTry(async () => {
    await owner.leave();
    await arrive();
  });
  afterAll(async () => {
    await owner?.leave();
    await site?.close();
  });

  const row = ({ page }: Visitor, number: number): Locator =>
    page
      .getByRole('log')
      .getByRole('article')
      .filter({ hasText: new RegExp(`\\b${number}: `) });
  const inView = (element: Locator): Promise<void> =>
    vi.waitFor(async () => {
      const box = await element.boundingBox();
      const height = element.page().viewportSize()?.height ?? 0;
      expect(box && box.y > 0 && box.y + box.height < height).toBe(true);
    }, 60_000);

  it('search finds an old message by the keyboard, shows it in the room and keeps the results', async () => {
    const { page } = owner;
    await page.getByRole('button', { name: 'Search messages' }).waitFor();
    await page.keyboard.press('Control+Shift+F');
    const field = page.getByRole('searchbox', { name: 'Search messages' });
    await field.fill('1201: BUILD green');
    const panel = page.getByRole('search');
    await panel.getByRole('status').filter({ hasText: '1 message found' }).waitFor();
    expect(await panel.locator('mark').allTextContents()).toEqual(['1201:', 'build', 'green']);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await inView(row(owner, 1201));
    await row(owner, 1201).and(page.locator(':focus')).waitFor();
    expect(await field.inputValue()).toBe('1201: BUILD green');
    await field.press('Escape');
    expect(await panel.count()).toBe(0);
    expect(owner.complaints).toEqual([]);
  });

  it('a date jumps to the first message of that day on a narrow screen', async () => {
    const { page } = owner;
    const size = page.viewportSize();
    await page.setViewportSize({ width: 390, height: 720 });
    await page.getByRole('button', { name: 'Search messages' }).click();
    const day = await page.evaluate(() => {
      const date = new Date(Date.now() - 24 * 3_600_000);
      return `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, '0')}-${String(date.getDate()).padStart(2, '0')}`;
    });
    await page.getByLabel('Go to a date', { exact: true }).fill(day);
    await page.keyboard.press('Enter');
    const focused = page.getByRole('log').getByRole('article').and(page.locator(':focus'));
    await inView(focused);
    const sent = await focused.locator('time').first().getAttribute('datetime');
    const minutes = await page.evaluate((sent) => {
      const date = new Date(sent);
      return date.getHours() * 60 + date.getMinutes();
    }, sent ?? '');
    expect(minutes).toBeLessThan(2);
    if (size) await page.setViewportSize(size);
  });

  it('a copied link opens at its message, even in a new browser', async () => {
    const { page } = owner;
    const field = page.getByRole('searchbox', { name: 'Search messages' });
    if (!(await field.isVisible())) await page.getByRole('button', { name: 'Search messages' }).click();
    await field.fill('100: morning');
    const result = page.getByRole('search').getByRole('button', { name: /\b100: / });
    await result.click();
    await inView(row(owner, 100));
    const menu = await openMessageMenu(row(owner, 100));
    await menu.getByRole('menuitem', { name: 'Copy link' }).click();
    const link = await page.evaluate(() => navigator.clipboard.readText());

    const visitor = await Visitor.arrive(browser, { url: link }, { reused: true });
    await inView(row(visitor, 100));
    await row(visitor, 100).and(visitor.page.locator(':focus')).waitFor();
    await visitor.page.evaluate(() => (location.hash = '#m=hol3e32aag-000000000000'));
    await visitor.page.getByRole('alert').filter({ hasText: 'This message was deleted' }).waitFor();
    await visitor.page.goBack();
    await visitor.page
      .getByRole('alert')
      .filter({ hasText: 'This message was deleted' })
      .waitFor({ state: 'hidden' });
    expect(visitor.complaints).toEqual([]);
    await visitor.leave();
  });

  it('everyone can jump to a pinned message until a moderator unpins it', async () => {
    const visitor = await Visitor.arrive(browser, site, { reused: true });
    await visitor.connected();
    const pinned = ({ page }: Visitor): Locator => page.getByRole('region', { name: 'Pinned messages' });
    const unpin = async (): Promise<void> => {
      await pinned(owner).getByRole('button', { name: 'Show the pinned message' }).click();
      await owner.page.getByRole('button', { name: /^Unpin this message/ }).click();
      await pinned(owner).waitFor({ state: 'detached' });
    };
    // A first try may have left it.
    if (await pinned(owner).isVisible()) await unpin();
    await owner.page.keyboard.press('Alt+l');
    const menu = await openMessageMenu(row(owner, 2990));
    await menu.getByRole('menuitem', { name: 'Pin', exact: true }).click();
    await pinned(visitor).getByText('2990: ').click();
    await row(visitor, 2990).and(visitor.page.locator(':focus')).waitFor();

    await pinned(visitor).getByRole('button', { name: 'Show the pinned message' }).click();
    expect(await visitor.page.getByRole('button', { name: /^Unpin/ }).count()).toBe(0);
    await unpin();
    await pinned(visitor).waitFor({ state: 'detached' });
    await owner.page.getByText('Nothing is pinned now.').waitFor();
    for (const person of [owner, visitor]) expect(person.complaints).toEqual([]);
    await visitor.leave();
  });
});
