/** What people meet when they write fast, choose a name, or have none. */
import { randomUUID } from 'node:crypto';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { database, openOwnSite, type OwnSite } from '../tools/pages/site.ts';
import { launchBrowser, Visitor } from '../tools/pages/visitor.ts';

let browser: Browser;
let site: OwnSite;
let ada: Visitor;
let bob: Visitor;

const unique = (text: string): string => `${text} ${randomUUID().slice(0, 8)}`;

/** Calls a reducer as the owner. */
async function asOwner(reducer: string, ...args: unknown[]): Promise<void> {
  const answer = await fetch(`${site.url}/v1/database/${database}/call/${reducer}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${site.ownerToken}` },
    body: JSON.stringify(args),
  });
  expect(await answer.text()).toBe('');
}

beforeAll(async () => {
  [browser, site] = await Promise.all([launchBrowser(), openOwnSite()]);
});
afterAll(async () => {
  await site?.close();
});
beforeEach(async () => {
  const arrive = () => Visitor.arrive(browser, site, { reused: true });
  [ada, bob] = await Promise.all([arrive(), arrive()]);
  await Promise.all([ada.connected(), bob.connected()]);
});
afterEach(async () => {
  expect(ada.complaints).toEqual([]);
  expect(bob.complaints).toEqual([]);
  await Promise.all([ada.leave(), bob.leave()]);
});

describe('someone who writes fast', () => {
  it('twelve lines pasted quickly all arrive in order without red', async () => {
    // As by default for a newcomer, but with fewer at once, so that the limit is met whatever the machine does.
    await asOwner('set_flood_limits', 4, 120, 4, 120, 5, 3, 20);
    const topic = unique('line');
    const lines = Array.from({ length: 12 }, (_, n) => `${topic} #${n + 1}.`);
    await ada.skipWelcome();
    // What is red once, even for a moment, is noticed.
    await ada.page.evaluate(() => {
      const check = () => {
        if (document.body.textContent?.includes('Not sent.')) document.body.dataset['red'] = 'yes';
      };
      new MutationObserver(check).observe(document.body, {
        childList: true,
        subtree: true,
        characterData: true,
      });
    });
    // In the page, because a busy machine types more slowly than the limit lets messages through.
    await ada.messageField.evaluate(async (field, lines) => {
      field.focus();
      for (const line of lines) {
        document.execCommand('insertText', false, line);
        await new Promise(requestAnimationFrame);
        field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
        await new Promise(requestAnimationFrame);
      }
    }, lines);
    await ada.messagesWith(topic).getByText('Sending…').first().waitFor({ state: 'attached' });
    await bob.messagesWith(lines.at(-1) ?? '').waitFor({ timeout: 40_000 });
    const arrived = await bob.messagesWith(topic).allTextContents();
    expect(arrived.map((text) => /#\d+/.exec(text)?.[0])).toEqual(lines.map((_, n) => `#${n + 1}`));
    await ada
      .messagesWith(lines.at(-1) ?? '')
      .and(ada.page.locator(':not([aria-busy])'))
      .waitFor();
    expect(await ada.page.evaluate(() => document.body.dataset['red'])).toBeUndefined();
    await asOwner('set_flood_limits', 0, 0, 0, 0, 0, 0, 0);
  });
});

describe('a name', () => {
  it('a taken name offers a suggestion that works', async () => {
    const name = unique('Bobby');
    await ada.rename(name);
    await bob.nameField.fill(name);
    await bob.nameField.press('Enter');
    await bob.page.getByText(`${name} is taken.`).waitFor();
    await bob.page.getByRole('button', { name: /^Try Bobby/ }).click();
    const free = await bob.nameField.inputValue();
    expect(free).not.toBe(name);
    expect(await bob.nameField.evaluate((field) => field === document.activeElement)).toBe(true);
    await bob.nameField.press('Enter');
    await bob.page.getByText('Writing as').filter({ hasText: free }).waitFor();
    await ada.listed('Online', free).waitFor();
  });

  it('is free again after its owner has signed out', async () => {
    const name = unique('Carol');
    await ada.rename(name);
    await ada.page.getByRole('button', { name: 'Settings' }).click();
    const settings = ada.page.getByRole('dialog', { name: 'Settings' });
    await settings.getByRole('button', { name: 'Sign out', exact: true }).click();
    await settings.getByRole('button', { name: 'Sign out and forget this identity' }).click();
    await bob.listed('Offline', name).waitFor();
    await bob.rename(name);
    await ada.listed('Online', name).waitFor();
    expect(await ada.listed('Offline', name).count()).toBe(0);
  });
});

describe('people without a name', () => {
  const guestName = /[A-Z][a-z]+ [A-Z][a-z]+/;

  it('a nameless person has the same guest name on two pages', async () => {
    const text = unique('Who am I?');
    await ada.skipWelcome();
    await ada.write(text);
    const own = (await ada.page.getByText('Writing as').first().textContent()) ?? '';
    const [name = 'none'] = guestName.exec(own.replace('Writing as', '')) ?? [];
    expect(name).not.toBe('none');
    for (const visitor of [ada, bob]) {
      await visitor.listed('Online', name).waitFor();
      expect(await visitor.messagesWith(text).textContent()).toContain(name);
    }
    await ada.reload();
    await ada.connected();
    expect(await ada.messagesWith(text).textContent()).toContain(name);
  });

  it('nobody can take the guest name of somebody else', async () => {
    await ada.skipWelcome();
    await ada.write(unique('hello'));
    const own = (await ada.page.getByText('Writing as').first().textContent()) ?? '';
    const [name = ''] = guestName.exec(own.replace('Writing as', '')) ?? [];
    await bob.nameField.fill(name);
    await bob.nameField.press('Enter');
    await bob.page.getByText(`${name} is taken.`).waitFor();
  });
});
