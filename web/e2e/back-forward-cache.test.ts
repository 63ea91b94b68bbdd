/** Tests with the back/forward cache, which the other browser tests switch off. */
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { EnginePerson, until, type Engine } from '../tools/engines/engine.ts';
import { puppeteerEngine } from '../tools/engines/puppeteer-engine.ts';
import { SdkPerson } from '../tools/pages/sdk-person.ts';
import { openOwnSite, type OwnSite } from '../tools/pages/site.ts';

let site: OwnSite;
let engine: Engine;
let bob: SdkPerson;

beforeAll(async () => {
  site = await openOwnSite();
  [engine, bob] = await Promise.all([
    puppeteerEngine('chrome', inject('browserPath'), { hasPageCache: true }),
    SdkPerson.join(site, 'Bob'),
  ]);
});
afterAll(async () => {
  await Promise.all([engine?.close(), bob?.leave()]);
  await site?.close();
});

it('a reader who leaves the page is offline, and continues where they were after pressing Back', async () => {
  const ada = new EnginePerson(await engine.open({ width: 1040, height: 640 }));
  await ada.page.goto(site.url);
  await ada.connected();
  await ada.join('Ada');
  await ada.write('before I left');
  await ada.page.type('half a sentence');
  await ada.page.evaluate(() =>
    addEventListener('pageshow', ({ persisted }) => Object.assign(window, { persisted })),
  );

  await ada.page.goto(new URL('preview.png', site.url).href);
  await bob.seesLeave('Ada');
  await bob.write('while you were away');

  await ada.page.evaluate(() => void setTimeout(() => history.back()));
  const back = await until('the chat again', () =>
    ada.page
      .evaluate(() => {
        const [navigation] = performance.getEntriesByType('navigation');
        const { notRestoredReasons } = { notRestoredReasons: null, ...navigation?.toJSON() } as object as {
          notRestoredReasons: object | null;
        };
        if ('persisted' in window) return `from the cache: ${String(window.persisted)}`;
        return notRestoredReasons !== null && `loaded again: ${JSON.stringify(notRestoredReasons)}`;
      })
      // The page may be gone.
      .catch(() => false as const),
  );
  expect(back).toBe('from the cache: true');

  await bob.seesReturn('Ada');
  await ada.sees('while you were away');
  await ada.find('[role=status]', 'Connected');
  const draft = () =>
    ada.page.evaluate(() => document.querySelector<HTMLTextAreaElement>('textarea[name=text]')?.value);
  expect(await draft()).toBe('half a sentence');
  await ada.click('textarea[name=text]');
  await ada.page.press('End');
  await ada.page.type(', and the rest');
  await ada.page.press('Enter');
  expect(await bob.sees('half a sentence, and the rest')).toBe('Ada');
  await ada.find('[role=log] article:not([aria-busy])', 'half a sentence, and the rest');
  expect(await draft()).toBe('');

  await bob.write('welcome back');
  await ada.sees('welcome back');
  const texts = await ada.page.evaluate(() =>
    [...document.querySelectorAll('[role=log] article [dir=auto]')].map((text) => text.textContent),
  );
  expect(texts).toEqual([
    'before I left',
    'while you were away',
    'half a sentence, and the rest',
    'welcome back',
  ]);
  expect(bob.heard('half a sentence')).toHaveLength(1);
});
