import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { unique } from '../../spacetimedb/test/server.ts';
import { bundleSource } from '../../spacetimedb/host/src/testing/module-source.ts';
import { PLAIN_MODULE } from '../../spacetimedb/test/plain-module.ts';
import { violations } from '../tools/checks/axe.ts';
import { overflowing } from '../tools/checks/overflow.ts';
import { openOwnSite, type OwnSite } from '../tools/pages/site.ts';
import { launchBrowser, Visitor } from '../tools/pages/visitor.ts';

let browser: Browser;
let site: OwnSite;

beforeAll(async () => {
  [browser, site] = await Promise.all([launchBrowser(), openOwnSite()]);
});
afterAll(async () => {
  await site?.close();
});

async function arrive(name: string, options: Parameters<typeof Visitor.arrive>[2] = {}): Promise<Visitor> {
  const visitor = await Visitor.arrive(browser, site, options);
  await visitor.connected();
  await visitor.rename(name);
  return visitor;
}

const dialog = ({ page }: Visitor, name: string): Locator => page.getByRole('dialog', { name });

async function openLog(visitor: Visitor): Promise<Locator> {
  await visitor.page.getByRole('button', { name: 'Moderation' }).click();
  return dialog(visitor, 'Moderation');
}

async function moderate(visitor: Visitor, name: string): Promise<Locator> {
  await (await visitor.openCard(name)).getByRole('button', { name: `Moderate ${name}`, exact: true }).click();
  return dialog(visitor, 'Moderate');
}

async function closeDialog({ page }: Visitor): Promise<void> {
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
}

const isFocused = (locator: Locator): Promise<void> =>
  vi.waitFor(async () =>
    expect(await locator.evaluate((element) => element === document.activeElement)).toBe(true),
  );

/** Moves the focus from the newest message up to one with this text. */
async function toMessage({ page }: Visitor, text: string): Promise<void> {
  const focused = page.locator('article:focus');
  await page.getByRole('log').focus();
  for (let key: string | null = null; ;) {
    await page.keyboard.press('ArrowUp');
    key = await vi.waitFor(async () => {
      const now = await focused.getAttribute('data-key', { timeout: 1_000 });
      expect(now).not.toBe(key);
      return now;
    });
    if ((await focused.textContent())?.includes(text)) return;
  }
}

/** Expects no moderation tools on the page. */
async function seesNoTools({ page }: Visitor): Promise<void> {
  await vi.waitFor(async () => expect(await page.getByRole('button', { name: /^moderat/i }).count()).toBe(0));
}

describe('the owner, a moderator and visitors', () => {
  let owner: Visitor;
  let bob: Visitor;
  let eve: Visitor;
  const [annName, bobName, eveName] = [unique('Ann'), unique('Bob'), unique('Eve')];

  beforeAll(async () => {
    owner = await arrive(annName, { token: site.ownerToken });
    bob = await arrive(bobName);
    eve = await arrive(eveName, { colorScheme: 'dark', viewport: { width: 390, height: 800 } });
  });
  afterAll(() => Promise.all([owner, bob, eve].map((visitor) => visitor?.leave())));

  it('only moderators get moderation tools', async () => {
    await owner.page.getByRole('button', { name: 'Moderation' }).waitFor();
    // Everyone sees who runs the room.
    for (const visitor of [owner, bob]) {
      await visitor.listed('Online', annName).getByText('Owner', { exact: true }).waitFor();
    }
    await seesNoTools(bob);
    await seesNoTools(eve);

    const person = await moderate(owner, bobName);
    await person.getByRole('button', { name: 'Make moderator' }).click();
    await person.getByText('Moderator', { exact: true }).waitFor();
    expect(await person.getByRole('button', { name: 'Mute' }).count()).toBe(0);
    await closeDialog(owner);

    // The tools appear without a reload.
    await bob.page.getByRole('button', { name: 'Moderation' }).waitFor();
    await bob.listed('Online', bobName).getByText('Moderator', { exact: true }).waitFor();
    const ownersCard = await bob.openCard(annName);
    await ownersCard.getByText('Owner', { exact: true }).waitFor();
    expect(await ownersCard.getByRole('button', { name: /^Moderate/ }).count()).toBe(0);
    const card = await bob.openCard(eveName);
    await card.getByRole('button', { name: `Moderate ${eveName}`, exact: true }).waitFor();
    expect(await violations(bob.page)).toEqual([]);
    await bob.page.keyboard.press('Escape');
    await card.waitFor({ state: 'detached' });
    await isFocused(bob.listed('Online', eveName).getByRole('button'));
    await seesNoTools(eve);
  });

  it('a message can be deleted and restored by keyboard alone', async () => {
    const text = unique('rude');
    await eve.write(text);
    await bob.messagesWith(text).waitFor();
    await toMessage(bob, text);
    await bob.page.keyboard.press('Enter');
    const menu = bob.page.getByRole('menu');
    await menu.getByRole('menuitem', { name: 'Mute or ban…' }).waitFor();
    await bob.page.keyboard.press('End');
    await isFocused(menu.getByRole('menuitem', { name: 'Delete…' }));
    await bob.page.keyboard.press('Enter');
    const confirm = dialog(bob, 'Delete this message?');
    await confirm.getByRole('textbox', { name: 'Reason' }).focus();
    await bob.page.keyboard.type('be kind');
    expect(await violations(bob.page)).toEqual([]);
    await bob.page.keyboard.press('Enter');
    await confirm.waitFor({ state: 'detached' });
    for (const visitor of [owner, bob, eve]) await visitor.messagesWith(text).waitFor({ state: 'detached' });

    const record = await openLog(owner);
    const entry = record
      .getByRole('listitem')
      .filter({ hasText: `${bobName} deleted a message by ${eveName}` });
    await entry.getByText(text).waitFor();
    await entry.getByText('Reason: be kind').waitFor();
    await entry.getByRole('button', { name: `Restore: ${eveName}` }).click();
    await eve.messagesWith(text).waitFor();
    await entry.getByRole('button').waitFor({ state: 'detached' });
    await record.getByText(`${annName} restored a message by ${eveName}`).waitFor();
    await closeDialog(owner);
  });

  it('each list has one tab stop for the names, and arrow keys lead to the others', async () => {
    const text = unique('first');
    await eve.write(text);
    await bob.messagesWith(text).waitFor();
    const stops = (within: Locator): Promise<number> =>
      within.locator('button[tabindex="0"][aria-haspopup="dialog"]').count();
    const log = bob.page.getByRole('log');
    await vi.waitFor(async () => expect(await stops(log)).toBe(1));
    const people = bob.page.getByRole('complementary', { name: 'People' });
    expect(await people.getByRole('listitem').getByRole('button').count()).toBeGreaterThan(2);
    expect(await stops(people)).toBe(1);
    await log.focus();
    await bob.page.keyboard.press('Tab');
    await isFocused(log.getByRole('button', { name: eveName, exact: true }).last());
    expect(await violations(bob.page)).toEqual([]);
  });

  it('the focus moves to the next or previous message after a deletion', async () => {
    const texts = ['fine', 'rude', 'ruder'].map(unique) as [string, string, string];
    for (const text of texts) await eve.write(text);
    await bob.messagesWith(texts[2]).waitFor();
    const remove = async (text: string): Promise<void> => {
      await bob.page.keyboard.press('Delete');
      await dialog(bob, 'Delete this message?').getByRole('textbox', { name: 'Reason' }).focus();
      await bob.page.keyboard.press('Enter');
      await bob.messagesWith(text).waitFor({ state: 'detached' });
    };
    await toMessage(bob, texts[1]);
    await remove(texts[1]);
    await isFocused(bob.messagesWith(texts[2]));
    await remove(texts[2]);
    await isFocused(bob.messagesWith(texts[0]));
    // Closing the dialog returns the focus.
    await bob.page.keyboard.press('Delete');
    await closeDialog(bob);
    await isFocused(bob.messagesWith(texts[0]));
    // So does closing the person's dialog opened from it.
    await bob.page.keyboard.press('Delete');
    await dialog(bob, 'Delete this message?')
      .getByRole('button', { name: /^Mute or ban/ })
      .click();
    await dialog(bob, 'Moderate').getByRole('button', { name: 'Ban' }).waitFor();
    await bob.page.evaluate(() => new Promise(requestAnimationFrame));
    expect(await dialog(bob, 'Moderate').isVisible()).toBe(true);
    await closeDialog(bob);
    await isFocused(bob.messagesWith(texts[0]));
    // After the last message was deleted, the focus is in the message field.
    const messages = bob.page.getByRole('article');
    while ((await messages.count()) > 0) {
      const count = await messages.count();
      await bob.page.keyboard.press('Delete');
      await dialog(bob, 'Delete this message?').getByRole('button', { name: 'Delete' }).click();
      await vi.waitFor(async () => expect(await messages.count()).toBeLessThan(count));
      if (count > 1) await isFocused(messages.and(bob.page.locator(':focus')));
    }
    await isFocused(bob.messageField);
  });

  it('the tools fit a small phone', async () => {
    const { page } = owner;
    const wide = page.viewportSize();
    await page.setViewportSize({ width: 320, height: 568 });
    const title = page.getByRole('heading', { level: 1 });
    const cut = await title.evaluate(({ scrollWidth, clientWidth }) => [clientWidth, scrollWidth]);
    expect(cut[0]).toBeGreaterThan(64);
    expect(cut[0]).toBeLessThan(cut[1] ?? 0);
    expect(await title.evaluate((element) => getComputedStyle(element).textOverflow)).toBe('ellipsis');
    expect(await overflowing(page)).toEqual([]);
    const people = page.getByRole('button', { name: /^People/ });
    await people.click();
    await owner.listed('Online', eveName).waitFor();
    expect(await overflowing(page)).toEqual([]);
    await people.click();
    await openLog(owner);
    expect(await overflowing(page)).toEqual([]);
    await closeDialog(owner);
    if (wide) await page.setViewportSize(wide);
  });

  it('muted people see why and for how long, and when the mute ends', async () => {
    await eve.messageField.fill('half a sen');
    const person = await moderate(bob, eveName);
    await person.getByText('Other', { exact: true }).click();
    const form = person.getByRole('form', { name: `Mute ${eveName}` });
    await form.getByRole('button', { name: 'Mute' }).click();
    await form.getByText('Enter the number of minutes.').waitFor();
    await form.getByRole('textbox', { name: 'Minutes' }).fill('45');
    await form.getByRole('textbox', { name: 'Reason' }).fill('cool down');
    await form.getByRole('button', { name: 'Mute' }).click();
    await person.getByText(/^Muted until/).waitFor();
    expect(await violations(bob.page)).toEqual([]);
    // Finishing an action keeps the focus in the dialog.
    expect(await bob.page.evaluate(() => document.activeElement?.closest('dialog') !== null)).toBe(true);

    const notice = eve.page.getByText('You are muted for another 45 minutes', { exact: false }).first();
    await notice.waitFor();
    expect(await notice.textContent()).toContain('Reason: cool down');
    expect(await violations(eve.page)).toEqual([]);
    // The reason replaces the field, which keeps its text.
    await eve.messageField.waitFor({ state: 'hidden' });
    expect(await eve.page.getByRole('form', { name: 'Write a message' }).textContent()).toContain(
      'cool down',
    );
    expect(await eve.page.getByRole('button', { name: 'Send' }).isDisabled()).toBe(true);

    await person.getByRole('button', { name: 'Unmute' }).click();
    await notice.waitFor({ state: 'detached' });
    expect(await eve.messageField.inputValue()).toBe('half a sen');
    await eve.write(unique('thanks'));
    await closeDialog(bob);
  });

  it('banned people see why, at once and on later visits, and can return after the ban', async () => {
    const person = await moderate(owner, eveName);
    const form = person.getByRole('form', { name: `Ban ${eveName}` });
    await form.getByRole('textbox', { name: 'Reason' }).fill('x'.repeat(201));
    await form.getByRole('button', { name: 'Ban' }).click();
    await form.getByText('Reasons must not have more than 200 characters').waitFor();
    await form.getByRole('textbox', { name: 'Reason' }).fill('spam');
    await form.getByRole('button', { name: 'Ban' }).click();
    await person.getByText(/^Banned since/).waitFor();
    expect(await violations(owner.page)).toEqual([]);
    await closeDialog(owner);

    const refused = async (): Promise<void> => {
      await eve.state.filter({ hasText: 'Access denied' }).waitFor();
      await eve.page.getByText('You are banned from this room: spam').first().waitFor();
    };
    await refused();
    await owner.listed('Offline', eveName).getByText('banned').waitFor();
    // They do not receive what others write from now on.
    const text = unique('meanwhile');
    await owner.write(text);
    expect(await eve.messagesWith(text).count()).toBe(0);
    await eve.reload();
    await refused();
    // One socket per attempt, not more.
    let sockets = 0;
    eve.page.on('websocket', () => sockets++);
    await eve.page.getByRole('button', { name: 'Try now' }).click();
    await vi.waitFor(() => expect(sockets).toBe(1));
    await refused();
    expect(sockets).toBe(1);

    const record = await openLog(owner);
    await record.getByRole('button', { name: `Unban: ${eveName}` }).click();
    await record.getByText(`${annName} unbanned ${eveName}`).waitFor();
    await closeDialog(owner);
    await eve.page.getByRole('button', { name: 'Try now' }).click();
    await eve.connected();
    await eve.messagesWith(text).waitFor();
  });

  it('only the owner can change the room settings', async () => {
    const theirs = await openLog(bob);
    await theirs.getByText('Log', { exact: true }).waitFor();
    expect(await theirs.getByText('Room settings').count()).toBe(0);
    await closeDialog(bob);

    const text = [unique('older'), unique('newest')];
    for (const one of text) await eve.write(one);
    const record = await openLog(owner);
    await record.getByText('Room settings').click();
    expect(await violations(owner.page)).toEqual([]);
    const kept = record.getByRole('form', { name: 'Message history' });
    await kept.getByRole('textbox', { name: 'Newest messages' }).fill('1');
    await kept.getByRole('button', { name: 'Save' }).click();
    await kept.getByText('Tick the box to confirm').waitFor();
    await kept.getByRole('checkbox').check();
    await kept.getByRole('button', { name: 'Save' }).click();
    await kept.getByText('Saved.').waitFor();
    await eve.messagesWith(text[0] ?? '').waitFor({ state: 'detached' });
    await eve.messagesWith(text[1] ?? '').waitFor();

    const name = record.getByRole('form', { name: 'Room name' });
    await name.getByRole('textbox', { name: 'Room name' }).fill('x'.repeat(33));
    await name.getByRole('button', { name: 'Save' }).click();
    await name.getByText('Names must not have more than 32 characters').waitFor();
    await name.getByRole('textbox', { name: 'Room name' }).fill('Team lounge');
    await name.getByRole('button', { name: 'Save' }).click();
    await name.getByText('Saved.').waitFor();
    await eve.page.getByRole('heading', { level: 1, name: 'Team lounge' }).waitFor();
    await vi.waitFor(async () => expect(await eve.page.title()).toBe('Team lounge'));

    const limits = record.getByRole('form', { name: 'Limits per person' });
    await limits.getByRole('textbox', { name: 'The same text in a row' }).fill('1');
    await limits.getByRole('button', { name: 'Save' }).click();
    await limits.getByText('Saved.').waitFor();
    await vi.waitFor(async () =>
      expect(await kept.getByRole('textbox', { name: 'Newest messages' }).inputValue()).toBe('1'),
    );
    await eve.write('again');
    await eve.messageField.fill('again');
    await eve.messageField.press('Enter');
    await eve.page.getByText('You just sent that').first().waitFor();
    await closeDialog(owner);
  });

  it('newcomers can write once approved', async () => {
    const setPolicy = async (choice: string): Promise<void> => {
      const room = await openLog(owner);
      await room.getByText('Room settings').click();
      const form = room.getByRole('form', { name: 'Newcomers' });
      await form.getByText(choice).click();
      await form.getByRole('button', { name: 'Save' }).click();
      await form.getByText('Saved.').waitFor();
      await closeDialog(owner);
    };
    await setPolicy('After approval');

    const newcomer = await Visitor.arrive(browser, site, { reused: true });
    await newcomer.connected();
    await newcomer.page.getByText('Choose a name first. A moderator then lets you write').waitFor();
    const name = unique('New');
    await newcomer.rename(name);
    const notice = newcomer.page.getByText('You can write once a moderator approves you');
    await notice.waitFor();
    expect(await violations(newcomer.page)).toEqual([]);

    const room = await openLog(owner);
    await room.getByRole('button', { name: `Approve ${name}` }).click();
    await notice.waitFor({ state: 'detached' });
    await closeDialog(owner);
    await newcomer.write(unique('thanks'));
    await newcomer.leave();
    await setPolicy('Immediately');
  });

  it('moderators lose their tools with their role, without a reload', async () => {
    const person = await moderate(owner, bobName);
    await person.getByRole('button', { name: 'Remove as moderator' }).click();
    await person.getByRole('button', { name: 'Make moderator' }).waitFor();
    await seesNoTools(bob);
    expect(owner.complaints).toEqual([]);
    expect(bob.complaints).toEqual([]);
  });
});

describe('on a server with the plain module', () => {
  it('the tools stay hidden even from the owner, and nobody sees an error', async () => {
    const plain = await openOwnSite(await bundleSource(PLAIN_MODULE));
    try {
      let sockets = 0;
      let told = (): void => {};
      const asked = new Promise<void>((resolve) => (told = resolve));
      const countSockets = (page: Page): unknown =>
        page.on('websocket', (socket) => {
          sockets++;
          socket.on('framesent', ({ payload }) => {
            if (/FROM "?standing/.test(payload.toString())) socket.once('framereceived', () => told());
          });
        });
      const [ann, bob] = await Promise.all([
        Visitor.arrive(browser, plain, {
          token: plain.ownerToken,
          prepare: (context) => Promise.resolve(context.on('page', countSockets)),
        }),
        Visitor.arrive(browser, plain, { reused: true }),
      ]);
      await Promise.all([ann.connected(), bob.connected(), asked]);
      await ann.rename('Ann');
      await bob.rename('Bob');
      const text = unique('plain');
      await ann.write(text);
      await bob.messagesWith(text).waitFor();
      await ann.listed('Online', 'Bob').waitFor();
      for (const visitor of [ann, bob]) {
        await seesNoTools(visitor);
        expect(await visitor.page.getByRole('alert').filter({ hasText: /\S/ }).count()).toBe(0);
        expect(visitor.complaints).toEqual([]);
      }
      // A rejected query has not closed the connection.
      await bob.write(unique('still here'));
      expect(sockets).toBe(1);
      await Promise.all([ann.leave(), bob.leave()]);
    } finally {
      await plain.close();
    }
  });
});
