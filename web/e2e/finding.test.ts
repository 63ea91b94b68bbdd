import { randomUUID } from 'node:crypto';
import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { database, openOwnSite, openSeededSite, type OwnSite, type SeededSite } from '../tools/pages/site.ts';
import { tokenKey } from '../../adapters/src/tokens.ts';
import { launchBrowser, Visitor } from '../tools/pages/visitor.ts';

let browser: Browser;

const unique = (text: string): string => `${text} ${randomUUID().slice(0, 8)}`;

beforeAll(async () => {
  browser = await launchBrowser();
});

describe('a site with two rooms', () => {
  let site: OwnSite;
  const rooms = [
    { database, title: 'Lobby' },
    { database: 'help', title: 'Help desk' },
  ];
  beforeAll(async () => {
    site = await openOwnSite(undefined, { rooms });
    await site.publish('help');
  });
  afterAll(() => site?.close());

  const inRoom = async ({ page }: Visitor, title: string): Promise<void> => {
    await page.getByRole('heading', { level: 1, name: title }).waitFor();
    await page.getByRole('textbox', { name: 'Message' }).waitFor();
  };

  it('switching keeps the person, their name and each draft, and goes back in the history', async () => {
    const visitor = await Visitor.arrive(browser, site);
    const { page, messageField } = visitor;
    await visitor.connected();
    const name = unique('Ann');
    await visitor.rename(name);
    await messageField.fill('half a sentence');
    await page.evaluate(() => Object.assign(window, { isSamePage: true }));

    await page.getByRole('navigation', { name: 'Rooms' }).getByRole('link', { name: 'Help desk' }).click();
    await inRoom(visitor, 'Help desk');
    await page.getByText('Writing as').filter({ hasText: name }).waitFor();
    expect(new URL(page.url()).search).toBe('?room=help');
    expect(await page.title()).toBe('Help desk');
    expect(await messageField.inputValue()).toBe('');
    await vi.waitFor(
      async () => expect(await messageField.evaluate((field) => field === document.activeElement)).toBe(true),
      60_000,
    );
    const text = unique('help me');
    await visitor.write(text);

    await page.goBack();
    await inRoom(visitor, 'Lobby');
    await vi.waitFor(async () => expect(await messageField.inputValue()).toBe('half a sentence'), 60_000);
    expect(await visitor.messagesWith(text).count()).toBe(0);

    await page.keyboard.press('Alt+ArrowDown');
    await inRoom(visitor, 'Help desk');
    await visitor.messagesWith(text).waitFor();
    expect(await page.evaluate(() => 'isSamePage' in window)).toBe(true);
    await visitor.leave();
  });

  it('a link leads to its room, and a narrow screen has a menu of rooms', async () => {
    const visitor = await Visitor.arrive(browser, site, {
      parameters: { room: 'help' },
      viewport: { width: 390, height: 700 },
    });
    const { page } = visitor;
    await inRoom(visitor, 'Help desk');
    await visitor.connected();
    await page.getByRole('button', { name: 'Help desk' }).press('Enter');
    await page.getByRole('link', { name: 'Help desk' }).and(page.locator(':focus')).waitFor();
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await inRoom(visitor, 'Lobby');
    await visitor.connected();
    expect(await page.getByRole('navigation', { name: 'Rooms' }).count()).toBe(0);
    await visitor.leave();
  });

  const hide = ({ page }: Visitor, hidden: boolean): Promise<void> =>
    page.evaluate((hidden) => {
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
      document.dispatchEvent(new Event('visibilitychange'));
    }, hidden);

  /** Waits until the server knows that a visitor has read something in a room. */
  const marked = async ({ page }: Visitor, room: string): Promise<void> => {
    const key = tokenKey(site.url, database);
    const token = await page.evaluate((key) => localStorage.getItem(key), key);
    await vi.waitFor(async () => {
      const response = await fetch(new URL(`/v1/database/${room}/sql`, site.url), {
        method: 'POST',
        headers: { Authorization: `Bearer ${token}` },
        body: 'SELECT * FROM own_read_marks',
      });
      const [{ rows }] = (await response.json()) as [{ rows: unknown[] }];
      expect(rows).toHaveLength(1);
    }, 60_000);
  };

  it('counts what is unread in the other rooms, and who mentions the reader there', async () => {
    const [ann, ben] = [
      await Visitor.arrive(browser, site),
      await Visitor.arrive(browser, site, { parameters: { room: 'help' } }),
    ];
    const link = ann.page.getByRole('navigation', { name: 'Rooms' }).getByRole('link', { name: 'Help desk' });
    const [annName, benName] = [unique('Ann'), unique('Ben')];
    await ann.connected();
    await ann.rename(annName);
    await ben.connected();
    await ben.rename(benName);
    await ben.write(unique('first'));
    await link.click();
    await inRoom(ann, 'Help desk');
    await ann.messagesWith('first').last().waitFor();
    await marked(ann, 'help');
    await ann.page.goBack();
    await inRoom(ann, 'Lobby');
    await ann.connected();
    await ben.write(`@${annName} ${unique('are you there?')}`);
    await ben.write(unique('hello?'));
    await vi.waitFor(async () => {
      await hide(ann, false);
      expect((await link.textContent())?.replace(/\s+/g, ' ')).toContain(
        '1 mention of you @1 , 2 new messages',
      );
    }, 60_000);
    await link.click();
    await inRoom(ann, 'Help desk');
    expect(await link.textContent()).not.toContain('new messages');
    for (const person of [ann, ben]) {
      expect(person.complaints).toEqual([]);
      await person.leave();
    }
  });

  it('what was read on one device is not new on another', async () => {
    const [ann, ben] = [await Visitor.arrive(browser, site), await Visitor.arrive(browser, site)];
    const [before, after] = [unique('before'), unique('after')];
    for (const person of [ann, ben]) await person.connected();
    await ann.rename(unique('Ann'));
    await ben.rename(unique('Ben'));
    await ben.write(before);
    await ann.messagesWith(before).waitFor();
    await marked(ann, database);
    const key = tokenKey(site.url, database);
    const token = (await ann.page.evaluate((key) => localStorage.getItem(key), key)) ?? '';
    await ann.leave();
    await ben.write(after);

    const phone = await Visitor.arrive(browser, site, { token });
    const top = async (element: Locator): Promise<number> => (await element.boundingBox())?.y ?? NaN;
    const divider = phone.page.getByRole('log').getByText('New messages', { exact: true });
    await divider.waitFor();
    expect(await top(divider)).toBeGreaterThan(await top(phone.messagesWith(before)));
    expect(await top(divider)).toBeLessThan(await top(phone.messagesWith(after)));
    await phone.leave();
    await ben.leave();
  });

  it('an answer in the background marks the tab, and notifications are offered once', async () => {
    const ann = await Visitor.arrive(browser, site, { permissions: ['notifications'] });
    const ben = await Visitor.arrive(browser, site);
    const name = unique('Ann');
    await ann.connected();
    await ann.rename(name);
    await ben.connected();
    await ben.rename(unique('Ben'));
    await ann.write(unique('Anybody here?'));
    await ann.page.getByRole('button', { name: 'Search messages' }).waitFor();
    await hide(ann, true);
    await ben.write(`@${name} ${unique('yes')}`);
    await vi.waitFor(async () => expect(await ann.page.title()).toBe('(@1) Lobby'), 60_000);
    await hide(ann, false);
    await vi.waitFor(async () => expect(await ann.page.title()).toBe('Lobby'), 60_000);
    const offer = ann.page.getByRole('region', { name: 'Get notified of new messages' });
    await offer.getByRole('button', { name: 'Notify me' }).click();
    await offer.waitFor({ state: 'detached' });
    await ann.page.getByRole('button', { name: 'Settings' }).click();
    expect(await ann.page.getByRole('radio', { name: 'All messages' }).isChecked()).toBe(true);
    for (const person of [ann, ben]) await person.leave();
  });

  it('a link to a room that is not listed opens the first one and says so', async () => {
    const visitor = await Visitor.arrive(browser, site, { parameters: { room: 'attic' } });
    await inRoom(visitor, 'Lobby');
    await visitor.page.getByRole('alert').filter({ hasText: 'There is no room “attic” here.' }).waitFor();
    await visitor.leave();
  });
});

describe('a room with thousands of messages', () => {
  const COUNT = 3_000;
  const MINUTE = 60_000;
  let site: SeededSite;
  beforeAll(async () => {
    site = await openSeededSite();
    await site.seed({ count: COUNT, apart: MINUTE, age: MINUTE });
  });
  afterAll(() => site?.close());

  const arrive = async (options: Parameters<typeof Visitor.arrive>[2] = {}): Promise<Visitor> => {
    const visitor = await Visitor.arrive(browser, site, options);
    await visitor.connected();
    return visitor;
  };
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
    const visitor = await arrive({ viewport: { width: 1280, height: 720 } });
    const { page } = visitor;
    await page.getByRole('button', { name: 'Search messages' }).waitFor();
    await page.keyboard.press('Control+Shift+F');
    const field = page.getByRole('searchbox', { name: 'Search messages' });
    await field.fill('1201: BUILD green');
    const panel = page.getByRole('search');
    await panel.getByRole('status').filter({ hasText: '1 message found' }).waitFor();
    expect(await panel.locator('mark').allTextContents()).toEqual(['1201:', 'build', 'green']);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await inView(row(visitor, 1201));
    await row(visitor, 1201).and(page.locator(':focus')).waitFor();
    expect(await field.inputValue()).toBe('1201: BUILD green');
    await field.press('Escape');
    expect(await panel.count()).toBe(0);
    expect(visitor.complaints).toEqual([]);
    await visitor.leave();
  });

  it('a date leads to the first message of that day', async () => {
    const visitor = await arrive({ viewport: { width: 390, height: 720 } });
    const { page } = visitor;
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
    await visitor.leave();
  });

  it('a copied link opens at its message, in a browser that has never been here', async () => {
    const owner = await arrive({
      token: site.ownerToken,
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    const { page } = owner;
    await page.getByRole('button', { name: 'Search messages' }).click();
    await page.getByRole('searchbox').fill('100: morning');
    const result = page.getByRole('search').getByRole('button', { name: /\b100: / });
    await result.click();
    await inView(row(owner, 100));
    await row(owner, 100).hover();
    await page.getByRole('button', { name: /^More/ }).click();
    await page.getByRole('menuitem', { name: 'Copy link' }).click();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    await owner.leave();

    const visitor = await Visitor.arrive(browser, { url: link });
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

  it('a pinned message leads everyone there until a moderator unpins it', async () => {
    const [owner, visitor] = [await arrive({ token: site.ownerToken }), await arrive()];
    const pinned = ({ page }: Visitor): Locator => page.getByRole('region', { name: 'Pinned messages' });
    await row(owner, 2990).hover();
    await owner.page.getByRole('button', { name: /^More/ }).click();
    await owner.page.getByRole('menuitem', { name: 'Pin', exact: true }).click();
    await pinned(visitor).getByText('2990: ').click();
    await row(visitor, 2990).and(visitor.page.locator(':focus')).waitFor();

    await pinned(visitor).getByRole('button', { name: 'Show the pinned message' }).click();
    expect(await visitor.page.getByRole('button', { name: /^Unpin/ }).count()).toBe(0);
    await pinned(owner).getByRole('button', { name: 'Show the pinned message' }).click();
    await owner.page.getByRole('button', { name: /^Unpin this message/ }).click();
    await pinned(visitor).waitFor({ state: 'detached' });
    await owner.page.getByText('Nothing is pinned now.').waitFor();
    for (const person of [owner, visitor]) {
      expect(person.complaints).toEqual([]);
      await person.leave();
    }
  });
});
