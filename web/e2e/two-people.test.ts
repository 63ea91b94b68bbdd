import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { unique } from '../../spacetimedb/test/server.ts';
import { overflowing } from '../tools/checks/overflow.ts';
import { SdkPerson } from '../tools/pages/sdk-person.ts';
import { openSite, type Site } from '../tools/pages/site.ts';
import { launchBrowser, Visitor } from '../tools/pages/visitor.ts';

let browser: Browser;
let site: Site;
let ada: Visitor;
let bob: Visitor;

/** A shared server may contain other messages and people. */
const [adaName, bobName] = [unique('Ada'), unique('Bob')];

beforeAll(async () => {
  [browser, site] = await Promise.all([launchBrowser(), openSite()]);
  [ada, bob] = await Promise.all([Visitor.arrive(browser, site), Visitor.arrive(browser, site)]);
  await Promise.all([ada.connected(), bob.connected()]);
});

afterAll(async () => {
  await site?.close();
});

afterEach(() => {
  expect(ada.complaints).toEqual([]);
  expect(bob.complaints).toEqual([]);
});

describe('two people', () => {
  it("choose names and see each other's", async () => {
    await ada.rename(adaName);
    await bob.listed('Online', adaName).waitFor();
    await bob.rename(bobName);
    await ada.listed('Online', bobName).waitFor();
    expect(await ada.listed('Online', adaName).textContent()).toContain('you');
    expect(await ada.listed('Online', bobName).textContent()).not.toContain('you');
  });

  it('exchange messages with author and time', async () => {
    const [question, answer] = [unique('How are you?'), unique('Fine.')];
    const before = Date.now();
    await ada.write(question);
    await bob.messagesWith(question).waitFor();
    await bob.write(answer);
    await ada.messagesWith(answer).waitFor();
    const seen = bob.messagesWith(question);
    expect(await seen.textContent()).toContain(adaName);
    const sent = await seen.locator('time').getAttribute('datetime');
    expect(await seen.locator('time').isVisible()).toBe(true);
    expect(Date.parse(sent ?? '')).toBeGreaterThanOrEqual(before);
    expect(Date.parse(sent ?? '')).toBeLessThanOrEqual(Date.now());
  });

  it("see each other's messages in the order of sending", async () => {
    const texts = ['one', 'two', 'three', 'four'].map(unique);
    for (const [index, text] of texts.entries()) {
      const [writer, reader] = index % 2 === 0 ? [ada, bob] : [bob, ada];
      await writer.write(text);
      await reader.messagesWith(text).waitFor();
    }
    for (const { page } of [ada, bob]) {
      const shown = await page.getByRole('log').getByRole('article').locator('[dir=auto]').allTextContents();
      expect(shown.slice(-texts.length)).toEqual(texts);
    }
  });

  it('see the author once above consecutive messages, while screen readers name the author of each', async () => {
    const [first, second] = [unique('first'), unique('second')];
    await bob.write('in between');
    await ada.write(first);
    await ada.write(second);
    await bob.messagesWith(second).waitFor();
    const widthOf = async (text: string): Promise<number> => {
      const author = bob.messagesWith(text).locator('bdi');
      expect(await author.textContent()).toBe(adaName);
      return (await author.boundingBox())?.width ?? NaN;
    };
    expect(await widthOf(first)).toBeGreaterThan(10);
    expect(await widthOf(second)).toBeLessThanOrEqual(1);
  });

  it('see a new name on earlier messages', async () => {
    const text = unique('before');
    await bob.write(text);
    await bob.rename(`${bobName} II`);
    await ada
      .messagesWith(text)
      .filter({ hasText: `${bobName} II` })
      .waitFor();
    await bob.rename(bobName);
    await ada.listed('Online', bobName).waitFor();
  });

  it('see others leave', async () => {
    const name = unique('Guest');
    const guest = await SdkPerson.join(site, name);
    await ada.listed('Online', name).waitFor();
    await bob.listed('Online', name).waitFor();
    await guest.leave();
    await ada.listed('Offline', name).waitFor();
    await bob.listed('Offline', name).waitFor();
  });

  it('keep their identity and history across reloads', async () => {
    const text = unique('still here');
    await ada.write(text);
    const people = await ada.peopleCount();
    await ada.reload();
    await ada.connected();
    await ada.messagesWith(text).waitFor();
    expect(await ada.listed('Online', adaName).textContent()).toContain('you');
    expect(await ada.peopleCount()).toBe(people);
    await bob.listed('Online', adaName).waitFor();
  });
});

it('mentions and emoji are completed while one person types, and the other sees who is typing', async () => {
  const { page, messageField } = ada;
  const options = page.getByRole('listbox', { name: 'Suggestions' }).getByRole('option');
  await messageField.focus();
  // Typing before the page is fully loaded is not sent.
  await vi.waitFor(async () => {
    await messageField.fill('');
    await page.keyboard.type('hi');
    await bob.page.getByText(`${adaName} is typing…`).waitFor({ timeout: 4_000 });
  }, 60_000);
  await page.keyboard.type(` @${bobName.slice(0, -2)}`);
  await options.filter({ hasText: bobName }).waitFor();
  // The list is not clipped by the composer, which scrolls.
  const list = await options.first().boundingBox();
  const field = await messageField.boundingBox();
  expect((list?.y ?? NaN) + (list?.height ?? NaN)).toBeLessThan(field?.y ?? NaN);
  await page.keyboard.press('Enter');
  expect(await messageField.inputValue()).toBe(`hi @${bobName} `);
  await page.keyboard.type(':tada:');
  await vi.waitFor(async () => expect(await messageField.inputValue()).toBe(`hi @${bobName} 🎉`));
  await page.keyboard.press('Control+z');
  expect(await messageField.inputValue()).toBe(`hi @${bobName} :tada:`);
  await page.keyboard.type(' :thumbsu');
  await options.filter({ hasText: ':thumbsup:' }).click();
  expect(await messageField.inputValue()).toBe(`hi @${bobName} :tada: 👍 `);

  await page.getByRole('button', { name: 'Emoji' }).click();
  const picker = page.getByRole('dialog', { name: 'Emoji' });
  const search = picker.getByRole('searchbox', { name: 'Search emoji' });
  await search.fill('rocket');
  await search.press('ArrowDown');
  await page.keyboard.press('Enter');
  await picker.waitFor({ state: 'detached' });
  expect(await messageField.inputValue()).toBe(`hi @${bobName} :tada: 👍 🚀`);
  await page.keyboard.press('Enter');
  await bob.messagesWith('👍 🚀').waitFor();
  await bob.page.getByText('is typing…').waitFor({ state: 'detached' });
});

describe('rejected input', () => {
  it('a rejected message is explained at the message', async () => {
    await ada.messageField.fill('  ');
    await ada.page.getByRole('button', { name: 'Send' }).click();
    await ada.page.getByRole('alert').filter({ hasText: 'Messages must not be empty' }).waitFor();
    expect(await ada.messageField.getAttribute('aria-invalid')).toBe('true');
    await ada.messageField.fill('');
  });

  it('a rejected name is explained at the name', async () => {
    await ada.nameButton.click();
    await ada.nameField.fill(' ');
    await ada.page.getByRole('button', { name: 'Save' }).click();
    await ada.page.getByRole('alert').filter({ hasText: 'Enter a name' }).waitFor();
    expect(await ada.nameField.getAttribute('aria-invalid')).toBe('true');
    await ada.nameField.press('Escape');
    await ada.listed('Online', adaName).waitFor();
  });
});

it('the chat works with the keyboard alone', async () => {
  const visitor = await Visitor.arrive(browser, site);
  await visitor.connected();
  const { keyboard } = visitor.page;
  const focused = visitor.page.locator(':focus');
  const name = unique('Keys');

  // The form for the name has the focus; the rest of the page comes before it: the actions of the last message, once
  // they are shown, its author and the list.
  await vi.waitFor(async () => expect(await focused.getAttribute('name')).toBe('name'));
  const back: (string | null)[] = [];
  for (let stop = 0; stop < 4 && back.at(-1) !== 'log'; stop++) {
    await keyboard.press('Shift+Tab');
    back.push((await focused.getAttribute('role')) ?? (await focused.getAttribute('aria-haspopup')));
  }
  expect(back.slice(-2)).toEqual(['dialog', 'log']);
  await keyboard.press('Shift+Tab');
  expect(await focused.getAttribute('aria-label')).toBe('Settings');
  // The list, the last author, and the actions of their message once they are shown.
  const isAtName = async (): Promise<boolean> => (await focused.getAttribute('name')) === 'name';
  for (let stop = 0; stop < 4 && !(await isAtName()); stop++) await keyboard.press('Tab');
  expect(await isAtName()).toBe(true);
  await keyboard.type(name);
  await keyboard.press('Enter');
  await visitor.listed('Online', name).waitFor();
  await vi.waitFor(async () => expect(await focused.getAttribute('name')).toBe('text'));
  await keyboard.press('Shift+Tab');
  expect(await focused.getAttribute('aria-label')).toBe('Change your name');

  await keyboard.press('Tab');
  await keyboard.type('first line');
  await keyboard.press('Shift+Enter');
  const second = unique('second line');
  await keyboard.type(second);
  await keyboard.press('Enter');
  await ada.messagesWith(second).waitFor();
  // Unlike `textContent`, `innerText` has the lines that are shown.
  expect(await ada.messagesWith(second).locator('[dir=auto]').innerText()).toBe(`first line\n${second}`);
  await vi.waitFor(async () => expect(await visitor.messageField.inputValue()).toBe(''));
  expect(await focused.getAttribute('name')).toBe('text');

  // The card of the last author, from the message field and back with a mention.
  await ada.write(unique('a question'));
  await visitor.messagesWith('a question').waitFor();
  await keyboard.press('Shift+Tab');
  await keyboard.press('Shift+Tab');
  expect(await focused.textContent()).toBe(adaName);
  await keyboard.press('Enter');
  await visitor.page.getByRole('dialog', { name: adaName }).waitFor();
  await vi.waitFor(async () => expect(await focused.textContent()).toBe('Mention'));
  await keyboard.press('Enter');
  await vi.waitFor(async () => expect(await visitor.messageField.inputValue()).toBe(`@${adaName} `));
  await keyboard.type('yes');
  expect(await visitor.messageField.inputValue()).toBe(`@${adaName} yes`);
  await visitor.messageField.fill('');

  expect(visitor.complaints).toEqual([]);
  await visitor.leave();
});

it('the chat fits a small phone', async () => {
  const size = bob.page.viewportSize();
  await bob.page.setViewportSize({ width: 320, height: 568 });
  await ada.write(unique('x'.repeat(200)));
  await bob.messagesWith('x'.repeat(200)).last().waitFor();
  expect(await overflowing(bob.page)).toEqual([]);
  const people = bob.page.getByRole('button', { name: /^People/ });
  await people.click();
  await bob.listed('Online', adaName).waitFor();
  expect(await overflowing(bob.page)).toEqual([]);
  await people.click();
  if (size) await bob.page.setViewportSize(size);
});

it('the view stays where someone reads, and follows the end otherwise', async () => {
  const lines = Array.from({ length: 30 }, (_, index) => unique(`line ${index}`));
  await ada.paste(lines);
  await bob.messagesWith(lines.at(-1) ?? '').waitFor();
  const log = bob.page.getByRole('log');
  const fromEnd = (): Promise<number> =>
    log.evaluate((element) => element.scrollHeight - element.scrollTop - element.clientHeight);
  await vi.waitFor(async () => expect(await fromEnd()).toBeLessThan(2));

  await log.hover();
  await bob.page.mouse.wheel(0, -300);
  await vi.waitFor(async () => expect(await fromEnd()).toBeGreaterThan(200));
  const before = await log.evaluate((element) => element.scrollTop);
  await ada.write(unique('one more'));
  await bob.page.getByRole('button', { name: '1 new message' }).waitFor();
  expect(await log.evaluate((element) => element.scrollTop)).toBe(before);

  await bob.page.getByRole('button', { name: '1 new message' }).click();
  await vi.waitFor(async () => expect(await fromEnd()).toBeLessThan(2));
});

it('the page sends requests only to its site and server', () => {
  const elsewhere = [...ada.origins, ...bob.origins].filter((origin) => !site.origins.includes(origin));
  expect(elsewhere).toEqual([]);
});

it.skipIf(process.env.SPACETIMEDB_URI)(
  'both pages recover from a server restart automatically, and nothing is lost',
  async () => {
    const { outage } = site;
    if (!outage) throw new Error('The server is not ours to stop.');
    const text = unique('kept');
    await ada.write(text);
    await bob.messagesWith(text).waitFor();
    const people = await bob.peopleCount();

    await outage.stop();
    for (const visitor of [ada, bob]) {
      await visitor.state.filter({ hasText: 'Reconnecting…' }).waitFor();
      // Earlier messages can still be read.
      await visitor.messagesWith(text).waitFor();
    }
    await bob.messageField.fill('not lost');
    await outage.start();

    await Promise.all([ada.connected(), bob.connected()]);
    expect(await bob.messageField.inputValue()).toBe('not lost');
    for (const visitor of [ada, bob]) {
      await visitor.messagesWith(text).waitFor();
      await visitor.listed('Online', adaName).waitFor();
      await visitor.listed('Online', bobName).waitFor();
      expect(await visitor.peopleCount()).toBe(people);
    }
    // Nobody has left or joined, so nobody is reported.
    for (const [visitor, name] of [
      [ada, bobName],
      [bob, adaName],
    ] as const) {
      const log = visitor.page.getByRole('log');
      expect(await log.getByText(new RegExp(`${name} (left|joined)`)).count()).toBe(0);
    }
    await bob.messageField.fill('');
    const after = unique('after');
    await ada.write(after);
    await bob.messagesWith(after).waitFor();

    // Browsers log every connection that could not be opened.
    const refused = /WebSocket connection to .* failed|ERR_CONNECTION_REFUSED/;
    for (const visitor of [ada, bob]) {
      visitor.complaints.splice(0, Infinity, ...visitor.complaints.filter((text) => !refused.test(text)));
    }
  },
);
