/** The layout and animations of the page. */
import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { unique } from '../../spacetimedb/test/server.ts';
import { SdkPerson } from '../tools/pages/sdk-person.ts';
import { setHidden } from '../tools/pages/set-hidden.ts';
import { openOwnSite, type OwnSite } from '../tools/pages/site.ts';
import { launchBrowser, Visitor, type Arrival } from '../tools/pages/visitor.ts';

let browser: Browser;
let site: OwnSite;

const PHONE: Arrival = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

beforeAll(async () => {
  [browser, site] = await Promise.all([launchBrowser(), openOwnSite(undefined, { title: 'Team lounge' })]);
});
afterAll(async () => {
  await site?.close();
});

async function arrive(options: Arrival = {}): Promise<Visitor> {
  const visitor = await Visitor.arrive(browser, site, { reused: true, ...options });
  await visitor.connected();
  return visitor;
}

const box = async (locator: Locator) =>
  (await locator.boundingBox()) ?? { x: NaN, y: NaN, width: NaN, height: NaN };

describe('an empty room', () => {
  it('asks for a name in its middle and offers an invite link without the private parts of the address', async () => {
    const visitor = await arrive({
      permissions: ['clipboard-read', 'clipboard-write'],
      parameters: { database: 'quickstart-chat', secret: 'x' },
    });
    const { page } = visitor;
    const log = page.getByRole('log');
    await log.getByText('No messages yet').waitFor();
    await log.getByRole('textbox', { name: 'Your name' }).waitFor();
    await log.getByRole('button', { name: 'Copy invite link' }).click();
    const link = new URL('/?database=quickstart-chat', site.url).href;
    await vi.waitFor(async () =>
      expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(link),
    );

    // Typed text survives the first message.
    await visitor.nameField.fill('half a na');
    const other = await SdkPerson.join(site);
    await other.write(unique('first'));
    await visitor.messagesWith('first').waitFor();
    expect(await visitor.nameField.inputValue()).toBe('half a na');
    await log.getByText('This is the beginning of Team lounge.').waitFor();
    await Promise.all([visitor.leave(), other.leave()]);
  });
});

describe('a room with messages', () => {
  /** The visitor whose page the tests share. */
  let visitor: Visitor;
  let ann: SdkPerson;

  beforeAll(async () => {
    ann = await SdkPerson.join(site, unique('Ann'));
    await ann.write(unique('hello'));
    visitor = await arrive({ viewport: { width: 1280, height: 800 } });
  });
  afterAll(() => Promise.all([visitor?.leave(), ann?.leave()]));

  it('has the title of config.json in the page and the tab', async () => {
    await visitor.page.getByRole('heading', { level: 1, name: 'Team lounge' }).waitFor();
    expect(await visitor.page.title()).toBe('Team lounge');
  });

  it('has a composer of one row, also while the name is changed', async () => {
    await visitor.rename(unique('Kim'));
    const { page } = visitor;
    const rest = async (): Promise<number> => {
      const log = await box(page.getByRole('log'));
      return 800 - log.y - log.height;
    };
    expect(await rest()).toBeLessThan(72);
    await visitor.nameButton.click();
    await visitor.nameField.waitFor();
    expect(await rest()).toBeLessThan(72);
    await visitor.nameField.press('Escape');
    await visitor.messageField.fill('one\ntwo\nthree');
    expect(await rest()).toBeGreaterThan(90);
    await visitor.messageField.fill('');
  });

  it('shows right-to-left text beside its author', async () => {
    // Someone else's message comes first, so that the author is named again.
    const text = unique('before');
    await ann.write(text);
    await visitor.messagesWith(text).waitFor();
    await visitor.write('مرحبا بالجميع');
    const message = visitor.messagesWith('مرحبا بالجميع').last();
    const [author, words] = [await box(message.locator('bdi')), await box(message.locator('[dir=auto]'))];
    expect(author.width).toBeGreaterThan(10);
    expect(words.x).toBeCloseTo(author.x, 0);
    expect(words.width).toBeLessThan(300);
  });

  it('names the author again below the line for new messages', async () => {
    const [first, second, third] = [unique('first'), unique('second'), unique('third')];
    const authorOf = (text: string): Promise<{ width: number }> =>
      box(visitor.messagesWith(text).locator('bdi'));
    await ann.write(first);
    await ann.write(second);
    await visitor.messagesWith(second).waitFor();
    await visitor.page.evaluate(setHidden, true);
    await ann.write(third);
    await visitor.messagesWith(third).waitFor();
    await visitor.page.getByText('New messages', { exact: true }).waitFor();
    expect((await authorOf(second)).width).toBeLessThanOrEqual(1);
    expect((await authorOf(third)).width).toBeGreaterThan(10);
    await visitor.page.evaluate(setHidden, false);
  });

  it('moves a new message in, unless the visitor prefers reduced motion', async () => {
    const motion = (message: Locator): Promise<string[]> =>
      message.evaluate((element) => {
        const { animationName, animationDuration } = getComputedStyle(element);
        return [animationName, animationDuration];
      });
    const motionOfNew = async (reducedMotion: 'reduce' | 'no-preference'): Promise<string[]> => {
      await visitor.page.emulateMedia({ reducedMotion });
      const text = unique('moving');
      await ann.write(text);
      await visitor.messagesWith(text).waitFor();
      return motion(visitor.messagesWith(text));
    };
    expect(await motionOfNew('no-preference')).toEqual(['arrive', '0.16s']);
    expect(await motionOfNew('reduce')).toEqual(['arrive', '0.001s']);
    expect(await motion(visitor.page.getByRole('article').first())).toContain('none');
    await visitor.page.emulateMedia({ reducedMotion: 'no-preference' });
  });

  // Last, because the page keeps this mode.
  it('takes one line for a message in compact mode, without avatars', async () => {
    await visitor.page.evaluate(() =>
      localStorage.setItem('spacetimedb-chat:preferences', JSON.stringify({ density: 'compact' })),
    );
    await visitor.reload();
    await visitor.connected();
    const texts = ['one', 'two'].map(unique);
    for (const text of texts) await ann.write(text);
    await visitor.messagesWith(texts[1] ?? '').waitFor();
    // A new message slides into its place.
    await vi.waitFor(async () => {
      const [one, two] = [
        await box(visitor.messagesWith(texts[0] ?? '')),
        await box(visitor.messagesWith(texts[1] ?? '')),
      ];
      expect(two.y - one.y).toBeLessThan(24);
    }, 30_000);
    expect(await visitor.page.getByRole('log').locator('[part=avatar]').count()).toBe(0);
  });
});

describe('on a phone', () => {
  /** Controls with a tap area smaller than 44 pixels, measured by what a tap hits. */
  const small = ({ page }: Visitor): Promise<string[]> =>
    page.evaluate(() => {
      const controls = document.querySelectorAll(
        'button, input:not([type=radio]), textarea, summary, label:has(> input[type=radio])',
      );
      return [...controls].flatMap((control) => {
        const { left, top, width, height } = control.getBoundingClientRect();
        const [x, y] = [left + width / 2, top + height / 2];
        const hits = (dx: number, dy: number): boolean => {
          const hit = document.elementFromPoint(x + dx, y + dy);
          return (
            hit !== null && (control.contains(hit) || (hit.contains(control) && hit.localName === 'label'))
          );
        };
        const view = control.closest('.overflow-y-auto')?.getBoundingClientRect();
        const isCut = view && (y - 22 < view.top || y + 22 > view.bottom);
        // Skips controls that are hidden, covered, or partly scrolled out of view.
        if (width === 0 || (width <= 1 && height <= 1) || isCut || !hits(0, 0)) return [];
        const reaches = hits(0, -21) && hits(0, 21) && (width >= 44 || (hits(-21, 0) && hits(21, 0)));
        if (reaches) return [];
        return [`${control.getAttribute('aria-label') ?? control.textContent?.trim()} ${width} x ${height}`];
      });
    });

  it('every control is at least 44 pixels high and wide', { timeout: 120_000 }, async () => {
    const phone = await arrive(PHONE);
    const { page } = phone;
    expect(await small(phone)).toEqual([]);
    await phone.skipWelcome();
    expect(await small(phone)).toEqual([]);
    await phone.nameButton.tap();
    await phone.nameField.waitFor();
    expect(await small(phone)).toEqual([]);
    await page.getByRole('button', { name: 'Cancel' }).tap();
    const people = page.getByRole('button', { name: /^People/ });
    await people.tap();
    await page.getByRole('listitem').first().waitFor();
    expect(await small(phone)).toEqual([]);
    await page.getByRole('listitem').getByRole('button').first().tap();
    await page.getByRole('dialog').waitFor();
    expect(await small(phone)).toEqual([]);
    await page.getByRole('button', { name: 'Close' }).tap();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await people.tap();
    await page.getByRole('button', { name: 'Settings' }).tap();
    const settings = page.getByRole('dialog', { name: 'Settings' });
    await settings.waitFor();
    await settings.getByRole('button', { name: 'Sign out' }).tap();
    expect(await small(phone)).toEqual([]);
    await settings.getByRole('radio', { name: 'System' }).first().scrollIntoViewIfNeeded();
    expect(await small(phone)).toEqual([]);
    await phone.leave();
  });

  it('mentioning someone moves from the list of people to the message field', async () => {
    const name = unique('Ann');
    const other = await SdkPerson.join(site, name);
    const phone = await arrive(PHONE);
    await phone.skipWelcome();
    await phone.page.getByRole('button', { name: /^People/ }).tap();
    const card = await phone.openCard(name);
    await card.getByRole('button', { name: 'Mention' }).tap();
    await vi.waitFor(async () => expect(await phone.messageField.inputValue()).toBe(`@${name} `));
    expect(await phone.page.getByRole('listitem').first().isVisible()).toBe(false);
    await Promise.all([phone.leave(), other.leave()]);
  });
});
