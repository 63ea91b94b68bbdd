/** What people see when they write fast, choose a name, or have none. */
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { unique } from '../../spacetimedb/test/server.ts';
import { SdkPerson } from '../tools/pages/sdk-person.ts';
import { database, openOwnSite, type OwnSite } from '../tools/pages/site.ts';
import { launchBrowser, Visitor } from '../tools/pages/visitor.ts';
import { beforeSecondTry } from '../tools/setup/second-try.ts';

let browser: Browser;
let site: OwnSite;
/** Has no name, except in the last test. */
let ada: Visitor;

/** Calls a reducer as the owner. */
async function asOwner(reducer: string, ...args: unknown[]): Promise<void> {
  const answer = await fetch(`${site.url}/v1/database/${database}/call/${reducer}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${site.ownerToken}` },
    body: JSON.stringify(args),
  });
  expect(await answer.text()).toBe('');
}

async function arrive(): Promise<void> {
  ada = await Visitor.arrive(browser, site, { reused: true });
  await ada.connected();
  await ada.skipWelcome();
}

beforeAll(async () => {
  [browser, site] = await Promise.all([launchBrowser(), openOwnSite()]);
  await arrive();
});
beforeSecondTry(async () => {
  await ada.leave();
  await arrive();
});
afterEach(() => {
  expect(ada.complaints).toEqual([]);
});
afterAll(async () => {
  await ada?.leave();
  await site?.close();
});

describe('someone who writes fast', () => {
  it('twelve lines pasted quickly all arrive in order without an error', async () => {
    // As by default for a newcomer, but with fewer at once, so that the limit is met whatever the machine does.
    await asOwner('set_flood_limits', 4, 120, 4, 120, 5, 3, 20);
    try {
      const bob = await SdkPerson.join(site);
      const topic = unique('line');
      const lines = Array.from({ length: 12 }, (_, n) => `${topic} #${n + 1}.`);
      // Records every error, even if it shows only for a moment.
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
      await ada.paste(lines);
      await ada.messagesWith(topic).getByText('Sending…').first().waitFor({ state: 'attached' });
      await vi.waitFor(() => expect(bob.heard(topic)).toEqual(lines), 60_000);
      await ada
        .messagesWith(lines.at(-1) ?? '')
        .and(ada.page.locator(':not([aria-busy])'))
        .waitFor();
      const shown = await ada.messagesWith(topic).allTextContents();
      expect(shown.map((text) => /#\d+/.exec(text)?.[0])).toEqual(lines.map((_, n) => `#${n + 1}`));
      expect(await ada.page.evaluate(() => document.body.dataset['red'])).toBeUndefined();
      await bob.leave();
    } finally {
      await asOwner('set_flood_limits', 0, 0, 0, 0, 0, 0, 0);
    }
  });
});

describe('names', () => {
  const guestName = /[A-Z][a-z]+ [A-Z][a-z]+/;

  it('a nameless person has the same guest name everywhere, and nobody can take it or another name in use', async () => {
    const text = unique('Who am I?');
    const bob = await Visitor.arrive(browser, site, { reused: true });
    await bob.connected();
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

    await bob.nameField.fill(name);
    await bob.nameField.press('Enter');
    await bob.page.getByText(`${name} is taken.`).waitFor();

    const taken = unique('Bobby');
    const bobby = await SdkPerson.join(site, taken);
    await bob.nameField.fill(taken);
    await bob.nameField.press('Enter');
    await bob.page.getByText(`${taken} is taken.`).waitFor();
    await bob.page.getByRole('button', { name: /^Try Bobby/ }).click();
    const free = await bob.nameField.inputValue();
    expect(free).not.toBe(taken);
    expect(await bob.nameField.evaluate((field) => field === document.activeElement)).toBe(true);
    await bob.nameField.press('Enter');
    await bob.page.getByText('Writing as').filter({ hasText: free }).waitFor();
    await ada.listed('Online', free).waitFor();
    expect(bob.complaints).toEqual([]);
    await Promise.all([bob.leave(), bobby.leave()]);
  });

  it('a name is free again after its owner has signed out', async () => {
    const name = unique('Carol');
    await ada.rename(name);
    await ada.page.getByRole('button', { name: 'Settings' }).click();
    const settings = ada.page.getByRole('dialog', { name: 'Settings' });
    await settings.getByRole('button', { name: 'Sign out', exact: true }).click();
    await settings.getByRole('button', { name: 'Sign out and forget this identity' }).click();
    await ada.listed('Offline', name).waitFor();
    const bob = await SdkPerson.join(site, name);
    await ada.listed('Online', name).waitFor();
    expect(await ada.listed('Offline', name).count()).toBe(0);
    await bob.leave();
  });
});
