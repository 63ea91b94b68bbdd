import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { violations } from '../tools/checks/axe.ts';
import { overflowing } from '../tools/checks/overflow.ts';
import { openOwnSite, type OwnSite } from '../tools/pages/site.ts';
import { surfaces } from '../tools/pages/surfaces.ts';
import { openMessageMenu } from '../tools/pages/message-menu.ts';
import { launchBrowser, Visitor } from '../tools/pages/visitor.ts';

let browser: Browser;
let site: OwnSite;
/** Owns the room, with a mouse and a keyboard. */
let ann: Visitor;
/** Has a small phone. */
let bob: Visitor;
/** Elements that had the focus on Bob's phone: on arrival, and after he has stayed anonymous. */
const focusedOnPhone: (string | undefined)[] = [];

beforeAll(async () => {
  [browser, site] = await Promise.all([launchBrowser(), openOwnSite()]);
  ann = await Visitor.arrive(browser, site, { token: site.ownerToken });
  bob = await Visitor.arrive(browser, site, {
    viewport: { width: 320, height: 640 },
    isMobile: true,
    hasTouch: true,
  });
  await bob.connected();
  const focused = () => bob.page.evaluate(() => document.activeElement?.localName);
  focusedOnPhone.push(await focused());
  await bob.skipWelcome();
  focusedOnPhone.push(await focused());
  for (const [visitor, name] of [
    [ann, 'Ann'],
    [bob, 'Bob'],
  ] as const) {
    await visitor.connected();
    await visitor.rename(name);
  }
  await ann.write('Is the build up?');
});
afterAll(async () => {
  await Promise.all([ann, bob].map((visitor) => visitor?.leave()));
  await site?.close();
});

const menu = ({ page }: Visitor): Locator => page.getByRole('menu');
const field = ({ page }: Visitor): Locator => page.getByRole('textbox', { name: 'Message', exact: true });

const isFocused = (locator: Locator): Promise<void> =>
  vi.waitFor(async () =>
    expect(await locator.evaluate((element) => element === document.activeElement)).toBe(true),
  );

/** Opens the menu of a message with the mouse. */
function openByMouse(visitor: Visitor, text: string): Promise<Locator> {
  // Replies quote it below.
  return openMessageMenu(visitor.messagesWith(text).first());
}

/** Opens the menu of a message with a finger. */
async function openByTouch(visitor: Visitor, text: string): Promise<Locator> {
  const paragraph = visitor.messagesWith(text).getByText(text);
  await paragraph.scrollIntoViewIfNeeded();
  const box = await paragraph.boundingBox();
  if (!box) throw new Error(`“${text}” is not shown.`);
  const touches = await visitor.page.context().newCDPSession(visitor.page);
  const at = { x: box.x + 10, y: box.y + box.height / 2 };
  await touches.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [at] });
  await menu(visitor).waitFor();
  await touches.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  await touches.detach();
  return menu(visitor);
}

it('the focus stays out of fields on a touch screen, where it would open the keyboard', () => {
  expect(focusedOnPhone[0]).toBe('body');
  expect(focusedOnPhone).not.toContain('textarea');
});

describe('two people', () => {
  it('react, and see who did', async () => {
    const theirs = bob.messagesWith('Is the build up?');
    await (
      await openByTouch(bob, 'Is the build up?')
    )
      .getByRole('menuitemcheckbox', { name: 'React with 🎉' })
      .tap();
    await menu(bob).waitFor({ state: 'detached' });
    await theirs.getByRole('button', { name: '1 person reacted with 🎉: you' }).waitFor();
    const button = ann
      .messagesWith('Is the build up?')
      .getByRole('button', { name: /reacted with 🎉: Bob$/ });
    expect(await button.getAttribute('aria-pressed')).toBe('false');
    await button.click();
    await theirs.getByRole('button', { name: '2 people reacted with 🎉: Ann and you' }).waitFor();
    // Announced only to the author.
    await ann.page.getByText('Bob reacted to your message with 🎉').waitFor();
    expect(await bob.page.getByText('reacted to your message').count()).toBe(0);
    expect(await violations(ann.page)).toEqual([]);
  });

  it('reply, and jump to the answered message', async () => {
    const sheet = await openByTouch(bob, 'Is the build up?');
    expect(await overflowing(bob.page)).toEqual([]);
    expect(await violations(bob.page)).toEqual([]);
    await sheet.getByRole('menuitem', { name: 'Reply' }).tap();
    await bob.page.getByText('Replying to Ann').waitFor();
    await bob.write('Since a minute ago');
    const quote = ann
      .messagesWith('Since a minute ago')
      .getByRole('button', { name: 'In reply to Ann: Is the build up?' });
    await quote.click();
    await isFocused(ann.messagesWith('Is the build up?').first());
  });

  it('edit their messages, which others see', async () => {
    await field(bob).press('ArrowUp');
    await vi.waitFor(async () => expect(await field(bob).inputValue()).toBe('Since a minute ago'));
    await field(bob).fill('Since two minutes ago');
    await field(bob).press('Enter');
    const edited = ann.messagesWith('Since two minutes ago');
    await edited.getByText('(edited)').waitFor();
    expect(await field(bob).inputValue()).toBe('');
    // Moderators see the earlier text.
    await (
      await openByMouse(ann, 'Since two minutes ago')
    )
      .getByRole('menuitem', { name: 'Edit history' })
      .click();
    const dialog = ann.page.getByRole('dialog', { name: 'Edit history' });
    await dialog.getByText('Since a minute ago').waitFor();
    await ann.page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });

  it('delete their messages, and replies say so', async () => {
    const entry = (await openByMouse(ann, 'Is the build up?')).getByRole('menuitem', { name: 'Delete' });
    await entry.click();
    await ann.page
      .getByRole('dialog', { name: 'Delete this message?' })
      .getByRole('button', { name: 'Delete' })
      .click();
    await bob.page.getByRole('article').getByText('Message deleted').waitFor();
    await ann.page.getByRole('article').getByText('Message deleted').waitFor();
  });

  it('report a message and block its author, and undo it', async () => {
    await bob.write('Buy my coins');
    await (await openByMouse(ann, 'Buy my coins')).getByRole('menuitem', { name: 'Report…' }).click();
    const dialog = ann.page.getByRole('dialog', { name: 'Report this message' });
    expect(await violations(ann.page)).toEqual([]);
    await dialog.getByRole('textbox').fill('advertising');
    await dialog.getByRole('button', { name: 'Report' }).click();
    await ann.page.getByText('Thank you. The moderators will look at it.').waitFor();

    await (await openByMouse(ann, 'Buy my coins')).getByRole('menuitem', { name: 'Block Bob' }).click();
    await ann.page.getByText('Message from a blocked person').first().waitFor();
    expect(await ann.messagesWith('Buy my coins').count()).toBe(0);
    expect(await violations(ann.page)).toEqual([]);
    await ann.page.getByRole('button', { name: 'Undo' }).click();
    await ann.messagesWith('Buy my coins').waitFor();
  });
});

describe('the keyboard alone', () => {
  it('reaches a message, its menu and all actions', async () => {
    for (const text of ['alpha', 'beta', 'gamma']) await ann.write(text);
    const { page } = ann;
    const { keyboard } = page;
    await page.getByRole('log').focus();
    await keyboard.press('ArrowUp');
    await isFocused(ann.messagesWith('gamma'));
    await keyboard.press('ArrowUp');
    await isFocused(ann.messagesWith('beta'));
    await keyboard.press('Enter');
    await isFocused(menu(ann).getByRole('menuitem', { name: 'Reply' }));
    expect(await violations(page)).toEqual([]);
    await keyboard.press('Escape');
    await isFocused(ann.messagesWith('beta'));

    await keyboard.press('+');
    const picker = page.getByRole('dialog', { name: 'Emoji' });
    await picker.getByRole('searchbox').fill('tada');
    await keyboard.press('Enter');
    await ann.messagesWith('beta').getByRole('button', { name: '1 person reacted with 🎉: you' }).waitFor();
    await isFocused(ann.messagesWith('beta'));

    await keyboard.press('e');
    await vi.waitFor(async () => expect(await field(ann).inputValue()).toBe('beta'));
    await keyboard.press('Escape');
    await vi.waitFor(async () => expect(await field(ann).inputValue()).toBe(''));

    await page.getByRole('log').focus();
    await keyboard.press('ArrowUp');
    await isFocused(ann.messagesWith('gamma'));
    await keyboard.press('ArrowUp');
    await isFocused(ann.messagesWith('beta'));
    await keyboard.press('Delete');
    await page.getByRole('dialog', { name: 'Delete this message?' }).waitFor();
    await keyboard.press('Enter');
    // The focus stays among the messages.
    await isFocused(ann.messagesWith('gamma'));
    expect(await ann.messagesWith('beta').count()).toBe(0);
  });
});

it('the menu works in the widget, inside another page', async () => {
  const widget = await surfaces.find(({ name }) => name === 'the widget')?.open(site);
  if (!widget) throw new Error('There is no widget to open.');
  const guest = await Visitor.arrive(browser, widget, { viewport: { width: 320, height: 640 } });
  try {
    const row = guest.page.getByRole('article').filter({ hasText: 'gamma' });
    const opened = await openMessageMenu(row);
    await opened.getByRole('menuitemcheckbox', { name: 'React with 👍' }).click();
    // A second try uses a new person.
    await row.getByRole('button', { name: /reacted with 👍: (?:.* and )?you$/ }).waitFor();
    await openMessageMenu(row);
    expect(await overflowing(guest.page)).toEqual([]);
    await guest.page.keyboard.press('Escape');
    await opened.waitFor({ state: 'detached' });
    expect(guest.complaints).toEqual([]);
  } finally {
    await guest.leave();
    await widget.close();
  }
});
