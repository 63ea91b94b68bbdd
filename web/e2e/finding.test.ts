import { randomUUID } from 'node:crypto';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { database, openOwnSite, type OwnSite } from '../tools/pages/site.ts';
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

  it('a link to a room that is not listed opens the first one and says so', async () => {
    const visitor = await Visitor.arrive(browser, site, { parameters: { room: 'attic' } });
    await inRoom(visitor, 'Lobby');
    await visitor.page.getByRole('alert').filter({ hasText: 'There is no room “attic” here.' }).waitFor();
    await visitor.leave();
  });
});
