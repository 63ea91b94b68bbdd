import type { Browser, BrowserContextOptions, ConsoleMessage, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { unique } from '../../spacetimedb/test/server.ts';
import type { SpacetimedbChatElement } from '../widget/spacetimedb-chat.d.ts';
import { violations } from '../tools/checks/axe.ts';
import { RunningExample } from '../tools/pages/running-example.ts';
import { leavePage, takePage } from '../tools/browser/reused-pages.ts';
import { launchBrowser, Visitor } from '../tools/pages/visitor.ts';

let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
});

/** Someone who opens an example in their own browser. */
class Guest {
  readonly complaints: string[] = [];
  readonly page: Page;

  readonly #url: string;
  readonly #onConsole = (message: ConsoleMessage): void => {
    if (message.type() === 'error' || message.type() === 'warning') this.complaints.push(message.text());
  };
  readonly #onError = (error: Error): unknown => this.complaints.push(String(error));

  static async arrive(url: string): Promise<Guest> {
    const guest = new Guest(await takePage(browser, {}), url);
    await guest.page.goto(url);
    await guest.connected();
    return guest;
  }

  private constructor(page: Page, url: string) {
    this.page = page;
    this.#url = url;
    // After some time without a server, the next attempt may be 15 seconds away.
    page.setDefaultTimeout(30_000);
    page.on('console', this.#onConsole).on('pageerror', this.#onError);
  }

  get field(): Locator {
    return this.page.getByRole('textbox', { name: 'What is needed?' });
  }

  box(text: string): Locator {
    return this.page.getByRole('checkbox', { name: text, exact: true });
  }

  alert(text: string): Locator {
    return this.page.getByRole('alert').filter({ hasText: text });
  }

  connected(): Promise<void> {
    return this.status('Connected');
  }

  status(text: string): Promise<void> {
    return this.page.getByRole('status').filter({ hasText: text }).waitFor();
  }

  async add(text: string): Promise<void> {
    // It is disabled while the server answers, and then Enter does nothing either.
    await this.page.getByRole('button', { name: 'Add', exact: true, disabled: false }).waitFor();
    await this.field.fill(text);
    await this.field.press('Enter');
  }

  leave(): Promise<void> {
    this.page.off('console', this.#onConsole).off('pageerror', this.#onError);
    return leavePage(this.page, [this.#url], {});
  }
}

describe.each(['list', 'plain'])('shopping list example (%s)', (name) => {
  let example: RunningExample;
  let ada: Guest;
  let bob: Guest;

  beforeAll(async () => {
    example = await RunningExample.start(name);
    [ada, bob] = await Promise.all([Guest.arrive(example.url), Guest.arrive(example.url)]);
  });
  afterAll(async () => {
    await Promise.all([ada?.leave(), bob?.leave()]);
    await example?.close();
  });
  beforeEach(() => {
    for (const { complaints } of [ada, bob]) complaints.length = 0;
  });

  it('updates for everyone at once', async () => {
    await ada.add('Milk');
    await bob.box('Milk').waitFor();
    await vi.waitFor(async () => expect(await ada.field.inputValue()).toBe(''));

    await bob.box('Milk').check();
    await vi.waitFor(async () => expect(await ada.box('Milk').isChecked()).toBe(true));
    await ada.page.getByText('0 to buy').waitFor();

    await ada.page.getByRole('button', { name: 'Remove Milk' }).click();
    await bob.box('Milk').waitFor({ state: 'detached' });
    expect([...ada.complaints, ...bob.complaints]).toEqual([]);
  });

  it('shows errors at the field, and keeps the text', async () => {
    await ada.add('Bread');
    await bob.box('Bread').waitFor();
    await bob.add('bread ');
    await bob.alert('“Bread” is on the list already').waitFor();
    expect(await bob.field.inputValue()).toBe('bread ');
    await bob.add('Butter');
    await ada.box('Butter').waitFor();
    await bob.page.getByText('is on the list already').waitFor({ state: 'detached' });
    expect([...ada.complaints, ...bob.complaints]).toEqual([]);
  });

  it.skipIf(name === 'plain')('can hide bought items while the others stay in view', async () => {
    const [rice, flour] = [unique('Rice'), unique('Flour')];
    await ada.add(rice);
    await ada.add(flour);
    await ada.box(rice).check();
    await bob.box(flour).waitFor();
    // Records each moment when the list has no items.
    await bob.page.evaluate(() => {
      const list = document.querySelector('ul');
      if (!list) throw new Error('There is no list');
      const note = (): void => {
        if (!list.isConnected || !list.querySelector('li')) document.title = 'empty';
      };
      new MutationObserver(note).observe(document.body, { childList: true, subtree: true });
    });
    await bob.box('Hide what is bought').check();
    await bob.box(rice).waitFor({ state: 'detached' });
    expect(await bob.box(flour).isVisible()).toBe(true);
    await bob.box('Hide what is bought').uncheck();
    await bob.box(rice).waitFor();
    expect(await bob.page.title()).toBe('Shopping list');
    expect([...ada.complaints, ...bob.complaints]).toEqual([]);
  });

  it('shows markup as text', async () => {
    const text = '<img src=x onerror=alert(1)>{{7*7}}';
    await ada.add(text);
    await bob.box(text).waitFor();
    expect(await bob.page.locator('img').count()).toBe(0);
    expect([...ada.complaints, ...bob.complaints]).toEqual([]);
  });

  it('has no accessibility violations', async () => {
    await ada.add('Apples');
    await ada.box('Apples').waitFor();
    expect(await violations(ada.page)).toEqual([]);
  });

  it('reconnects after the server was away, without a reload', async () => {
    await ada.add('Salt');
    await bob.box('Salt').waitFor();
    await example.stop();
    await bob.status('Reconnecting…');
    expect(await bob.box('Salt').isVisible()).toBe(true);

    // An item that cannot be changed is restored, with an explanation.
    await bob.box('Salt').click();
    await bob.alert('Ticking failed').waitFor();
    expect(await bob.box('Salt').isChecked()).toBe(false);
    await bob.page.getByRole('button', { name: 'Remove Salt' }).click();
    await bob.alert('Removing failed').waitFor();
    expect(await bob.alert('Ticking failed').isVisible()).toBe(true);
    expect(await bob.box('Salt').isVisible()).toBe(true);

    await example.restart();
    await Promise.all([ada.connected(), bob.connected()]);
    await bob.box('Salt').check();
    await vi.waitFor(async () => expect(await ada.box('Salt').isChecked()).toBe(true));
    await bob.alert('Ticking failed').waitFor({ state: 'detached' });
    const own = (text: string): boolean => !/WebSocket connection|Failed to load resource/.test(text);
    expect([...ada.complaints, ...bob.complaints].filter(own)).toEqual([]);
  });
});

describe('widget example', () => {
  let example: RunningExample;
  let within: Visitor;
  beforeAll(async () => {
    example = await RunningExample.start('widget');
    within = await arrive('/');
    await within.connected();
  });
  afterAll(async () => {
    await within?.leave();
    await example?.close();
  });

  /** Opens one of its pages. */
  const arrive = (path: string, options?: BrowserContextOptions): Promise<Visitor> =>
    Visitor.arrive(browser, { url: new URL(path, example.url).href }, { ...options, reused: true });

  it('shows the same room inline and in a launcher', async () => {
    const corner = await arrive('/launcher.html');
    await corner.page.getByRole('button', { name: 'Ask the neighbours', expanded: false }).waitFor();
    const [question, answer] = [unique('Who has seeds to spare?'), unique('I have')];
    // Messages from before the launcher is connected are not new.
    const chat = corner.page.locator('spacetimedb-chat');
    await vi.waitFor(async () =>
      expect(await chat.evaluate((chat: SpacetimedbChatElement) => chat.status)).toBe('connected'),
    );
    await within.write(question);

    await vi.waitFor(async () => expect(await corner.page.title()).toBe('(1) Allotment gardens'), 60_000);
    await corner.page.getByRole('button', { name: 'with this one' }).click();
    await corner.messagesWith(question).waitFor();
    await corner.write(answer);
    await within.messagesWith(answer).waitFor();
    expect(await corner.page.title()).toBe('Allotment gardens');
    await corner.page.keyboard.press('Escape');
    await corner.page.getByRole('button', { name: 'Ask the neighbours', expanded: false }).waitFor();
    expect([...within.complaints, ...corner.complaints]).toEqual([]);
    await corner.leave();
  });

  it('reconnects after the server was away, without a reload', async () => {
    const text = unique('Still here?');
    await within.write(text);
    await example.stop();
    await within.state.filter({ hasText: 'Reconnecting…' }).waitFor();
    expect(await within.messagesWith(text).isVisible()).toBe(true);
    await example.restart();
    await within.connected();
    await within.write('Still here.');
  });

  it.each(['light', 'dark'] as const)('has no accessibility violations (%s)', async (colorScheme) => {
    const visitor = await arrive('/', { colorScheme });
    await visitor.connected();
    await visitor.messagesWith('Still here.').last().waitFor();
    expect(await violations(visitor.page)).toEqual([]);
    await visitor.leave();
  });
});
