import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { SdkPerson } from '../tools/pages/sdk-person.ts';
import { openSeededSite, type SeededSite } from '../tools/pages/site.ts';
import { launchBrowser, Visitor } from '../tools/pages/visitor.ts';

const MINUTE = 60_000;

let browser: Browser;
let site: SeededSite;
let visitor: Visitor;
let log: Locator;

async function open(messages: Parameters<SeededSite['seed']>[0]): Promise<void> {
  site = await openSeededSite();
  await site.seed(messages);
  visitor = await Visitor.arrive(browser, site);
  await visitor.connected();
  log = visitor.page.getByRole('log');
  await row(messages.count - 1).waitFor();
}

const row = (number: number): Locator =>
  visitor.page.getByRole('article').filter({ hasText: new RegExp(`\\b${number}: `) });

beforeAll(async () => {
  browser = await launchBrowser();
});

describe('a room with a history', () => {
  // Three days of messages; only the newest are loaded.
  let bob: SdkPerson;
  beforeAll(async () => {
    await open({ count: 400, apart: 10 * MINUTE, age: MINUTE });
    bob = await SdkPerson.join(site);
  });
  afterAll(async () => {
    await bob?.leave();
    await site?.close();
  });

  const height = (): Promise<number> => log.evaluate((element) => element.scrollHeight);

  it('scrolling up loads older messages without moving what is being read', async () => {
    const before = await height();
    await log.evaluate((element) => (element.scrollTop = 400));
    // Follow the message being read through every frame until older messages are there.
    const moves = await log.evaluate(async (element, before) => {
      const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
      await frame();
      await frame();
      const read = [...element.querySelectorAll('article')].find(
        (row) => row.getBoundingClientRect().top > 200,
      );
      if (!read) throw new Error('No message is in view.');
      const tops: number[] = [];
      for (let frames = 0; frames < 300 && element.scrollHeight < before + 1000; frames++) {
        tops.push(read.getBoundingClientRect().top);
        await frame();
      }
      for (let frames = 0; frames < 20; frames++) {
        tops.push(read.getBoundingClientRect().top);
        await frame();
      }
      return Math.max(...tops) - Math.min(...tops);
    }, before);
    expect(await height()).toBeGreaterThan(before + 1000);
    expect(moves).toBeLessThan(3);
  });

  it('reactions to messages above the view and in it do not move what is being read', async () => {
    // The message at the top of the view is being read. The list also renders some above it.
    const [above, within] = await log.evaluate((element) => {
      const { top } = element.getBoundingClientRect();
      const rows = [...element.querySelectorAll('article')];
      const index = rows.findIndex((row) => row.getBoundingClientRect().top >= top);
      const read = rows[index];
      if (!read || index < 3) throw new Error('No message is above the view.');
      const tops: number[] = [];
      // An IntersectionObserver reports where the row is painted, after everything that the frame's observers have
      // moved.
      const follow = () => {
        const observer = new IntersectionObserver(([entry]) => {
          observer.disconnect();
          if (entry) tops.push(entry.boundingClientRect.top);
        });
        observer.observe(read);
        requestAnimationFrame(follow);
      };
      follow();
      Object.assign(window, { tops });
      const numbers = rows.map((row) => /\d+: /.exec(row.textContent)?.[0] ?? '');
      // Not the one that is partly in view, whose start does not move. The message being read grows, too.
      return [
        [index - 3, index - 2],
        [index, index + 2],
      ].map((indexes) => indexes.map((at) => numbers[at] ?? ''));
    });
    const before = await height();
    for (const number of [...(above ?? []), ...(within ?? [])]) {
      await bob.react(number, '🦊');
      await visitor.messagesWith(number).getByRole('button', { name: '🦊' }).waitFor({ state: 'attached' });
    }
    const moves = await log.evaluate(async () => {
      for (let frames = 0; frames < 20; frames++) await new Promise(requestAnimationFrame);
      const { tops } = window as unknown as { tops: number[] };
      return { seen: tops.length, moved: Math.max(...tops) - Math.min(...tops) };
    });
    expect(await height()).toBeGreaterThan(before + 50);
    expect(moves.seen).toBeGreaterThan(20);
    expect(moves.moved).toBeLessThan(3);
  });

  it('scrolling up reaches the beginning', async () => {
    await vi.waitFor(
      async () => {
        await log.evaluate((element) => (element.scrollTop = 0));
        expect(await visitor.page.getByText('This is the beginning of the conversation.').isVisible()).toBe(
          true,
        );
      },
      { timeout: 60_000, interval: 100 },
    );
    expect(await row(0).isVisible()).toBe(true);
  });

  it('days are separated', async () => {
    await visitor.page.keyboard.press('Alt+l');
    await row(399).waitFor();
    for (const day of ['Today', 'Yesterday']) {
      await vi.waitFor(
        async () => {
          const shown = await visitor.page.getByText(day, { exact: true }).count();
          if (shown === 0) await log.evaluate((element) => element.scrollBy(0, -300));
          expect(shown).toBe(1);
        },
        { timeout: 60_000, interval: 20 },
      );
    }
  });
});

describe('a room with a hundred thousand messages', () => {
  beforeAll(() => open({ count: 100_000, apart: 500, age: MINUTE }));
  afterAll(() => site.close());

  it('only rows near the view are in the DOM', async () => {
    expect(await visitor.page.getByRole('article').count()).toBeLessThan(100);
  });

  it('a new message and scrolling render only rows near the view', async () => {
    await log.evaluate((element) => {
      const rendered: string[] = [];
      Object.assign(window, { rendered });
      const isRow = (node: Node): node is Element =>
        node instanceof Element && node.querySelector('article') !== null;
      new MutationObserver((records) => {
        for (const { addedNodes } of records)
          rendered.push(...[...addedNodes].filter(isRow).map((row) => row.textContent));
      }).observe(element, { childList: true, subtree: true });
    });
    const rendered = (): Promise<number> =>
      visitor.page.evaluate(() => (window as unknown as { rendered: string[] }).rendered.splice(0).length);

    await visitor.write('one more');
    const appended = await rendered();
    expect(appended).toBeGreaterThan(0);
    // Rows are also rendered when their heights differ from the estimate.
    expect(appended).toBeLessThan(50);

    await log.evaluate(async (element) => {
      for (let step = 0; step < 30; step++) {
        element.scrollTop -= 300;
        await new Promise((resolve) => requestAnimationFrame(resolve));
      }
    });
    const scrolled = await rendered();
    expect(scrolled).toBeGreaterThan(0);
    // 9,000 pixels of rows that are at least 20 pixels high, each rendered once.
    expect(scrolled).toBeLessThan(450);
  });

  it('jumping to the middle and back works', async () => {
    await log.evaluate((element) => (element.scrollTop = element.scrollHeight / 2));
    await visitor.page.getByRole('button', { name: 'Latest messages' }).waitFor();
    await vi.waitFor(async () => expect(await visitor.page.getByRole('article').count()).toBeGreaterThan(5));
    await visitor.page.getByRole('button', { name: 'Latest messages' }).click();
    await visitor.messagesWith('one more').waitFor();
    expect(visitor.complaints).toEqual([]);
  });
});
