/** What people do most, in each browser engine. The other files test everything, in Chromium. */
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { EnginePerson, until, type Engine, type EnginePage } from '../tools/engines/engine.ts';
import { puppeteerEngine } from '../tools/engines/puppeteer-engine.ts';
import { webkitEngine } from '../tools/engines/webkit-engine.ts';
import { serveHostPage, type HostPage } from '../tools/pages/host-page.ts';
import { openSeededSite, type SeededSite } from '../tools/pages/site.ts';

const SIZE = { width: 1200, height: 700 };
const { firefox, webkit } = inject('engines') ?? {};

const engines: Record<string, (() => Promise<Engine>) | undefined> = {
  Chromium: () => puppeteerEngine('chrome', inject('browserPath')),
  Firefox: firefox === undefined ? undefined : () => puppeteerEngine('firefox', firefox),
  WebKit: webkit && (() => webkitEngine(webkit)),
};

let site: SeededSite;
let host: HostPage;
let count = 0;
const unique = (text: string): string => `${text} ${++count}`;

const watch = `<script>
  window.complaints = [];
  window.onerror = (message) => void complaints.push(message);
  onunhandledrejection = ({ reason }) => complaints.push(String(reason));
</script>`;

beforeAll(async () => {
  site = await openSeededSite();
  // Three days of messages, of which only the newest are loaded.
  await site.seed({ count: 400, apart: 600_000, age: 60_000 });
  const script = `<script type="module" src="${new URL('widget/spacetimedb-chat.js', site.url).href}"></script>`;
  host = await serveHostPage((path) => ({
    html: `<!doctype html><html lang="en"><title>Host</title><meta name="viewport" content="width=device-width">${watch}<h1>Host</h1>
      <spacetimedb-chat ${decodeURIComponent(path.slice(1))}></spacetimedb-chat>${script}</html>`,
  }));
});
afterAll(() => Promise.all([site?.close(), host?.close()]));

describe.each(Object.entries(engines))('in %s', (_, start) => {
  describe.skipIf(!start)('', () => {
    let engine: Engine;
    const pages: EnginePage[] = [];

    beforeAll(async () => {
      engine = await (start as () => Promise<Engine>)();
    });
    afterAll(() => engine?.close());
    afterEach(async () => {
      await Promise.all(pages.splice(0).map((page) => page.close()));
    });

    async function visit(name?: string): Promise<EnginePerson> {
      const page = await engine.open(SIZE);
      pages.push(page);
      await page.goto(site.url);
      const person = new EnginePerson(page);
      await person.connected();
      if (name !== undefined) await person.join(name);
      return person;
    }

    /** Opens another site's page with the widget. */
    async function visitWidget(attributes: string): Promise<EnginePerson> {
      const page = await engine.open(SIZE);
      pages.push(page);
      await page.goto(`${host.origin}/${encodeURIComponent(attributes)}`);
      return new EnginePerson(page, 'spacetimedb-chat');
    }

    const complaints = ({ page }: EnginePerson): Promise<string[]> =>
      page.evaluate(() => (window as unknown as { complaints: string[] }).complaints);

    it('two people choose names, write, and see each other leave', async () => {
      const [adaName, bobName] = [unique('Ada'), unique('Bob')];
      const [ada, bob] = await Promise.all([visit(adaName), visit(bobName)]);
      await ada.find('aside section:first-of-type li', bobName);
      const [question, answer] = [unique('How are you?'), unique('Fine.')];
      await ada.write(question);
      expect((await bob.sees(question)).text).toContain(adaName);
      await bob.write(answer);
      expect((await ada.sees(answer)).text).toContain(bobName);
      await bob.page.close();
      await ada.find('aside section:last-of-type li', bobName);
    });

    it('the list keeps its end while the message grows, and the next message is seen', async () => {
      const [ada, bob] = await Promise.all([visit(unique('Ada')), visit(unique('Bob'))]);
      await ada.click('textarea[name=text]');
      const heights = new Set<number>();
      for (let line = 1; line <= 5; line++) {
        await ada.page.type(`line ${line}`);
        heights.add((await ada.find('textarea[name=text]')).height);
        await until('the end', () => atEnd(ada));
        await ada.page.press('Shift+Enter');
      }
      expect(heights.size).toBe(5);
      const text = unique('while you write');
      await bob.write(text);
      await ada.sees(text);
      await until('the end', () => atEnd(ada));
      await ada.gone('[role=log] ~ button');
      expect(await ada.page.evaluate(() => document.title)).not.toContain('(');
      await ada.page.press('Enter');
      await bob.sees('line 5');
      await until('the end', () => atEnd(ada));
      expect((await ada.find('textarea[name=text]')).height).toBe(Math.min(...heights));
    });

    it('the view stays where someone reads, also while older messages are loaded, and returns to the end', async () => {
      const [ada, bob] = await Promise.all([visit(unique('Ada')), visit(unique('Bob'))]);
      const moves = await ada.page.evaluate(async () => {
        const log = document.querySelector('[role=log]') as HTMLElement;
        const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
        const before = log.scrollHeight;
        log.scrollTop = 400;
        await frame();
        await frame();
        const read = [...log.querySelectorAll('article')].find(
          (row) => row.getBoundingClientRect().top > 200,
        );
        if (!read) throw new Error('No message is in view.');
        const tops: number[] = [];
        for (let frames = 0; frames < 600 && log.scrollHeight < before + 1000; frames++) {
          tops.push(read.getBoundingClientRect().top);
          await frame();
        }
        for (let frames = 0; frames < 20; frames++) {
          tops.push(read.getBoundingClientRect().top);
          await frame();
        }
        return { grown: log.scrollHeight - before, by: Math.max(...tops) - Math.min(...tops) };
      });
      expect(moves.grown).toBeGreaterThan(1000);
      expect(moves.by).toBeLessThan(3);
      const before = await scrollTop(ada);
      await bob.write(unique('meanwhile'));
      await ada.find('[role=log] ~ button', '1');
      expect(await scrollTop(ada)).toBe(before);
      await ada.click('[role=log] ~ button');
      await until('the end', () => atEnd(ada));
      expect(await ada.page.evaluate(() => document.querySelectorAll('article').length)).toBeLessThan(100);
    });

    it('identity and draft survive a reload, and a message a restart of the server', async () => {
      const name = unique('Ada');
      const [ada, bob] = await Promise.all([visit(name), visit(unique('Bob'))]);
      await ada.click('textarea[name=text]');
      await ada.page.type('half a sen');
      await ada.page.goto(site.url);
      await ada.connected();
      await until('the draft', () =>
        ada.page.evaluate(
          () => document.querySelector<HTMLTextAreaElement>('textarea')?.value === 'half a sen',
        ),
      );
      await ada.find('form[aria-label] ~ *, footer, main', name);

      await site.outage.stop();
      try {
        await ada.find('[role=status]', 'Reconnecting…');
        await ada.click('textarea[name=text]');
        await ada.page.type('tence');
        await ada.page.press('Enter');
        await ada.find('[role=log] article[aria-busy]', 'half a sentence');
      } finally {
        await site.outage.start();
      }
      await ada.find('[role=log] article:not([aria-busy])', 'half a sentence');
      await bob.sees('half a sentence');
    });

    it('the settings look and work as they should, and the sound is heard', async () => {
      const [ada, bob] = await Promise.all([visit(unique('Ada')), visit(unique('Bob'))]);
      const open = async (): Promise<void> => {
        await ada.click('button[aria-label="Settings"]');
        await ada.focused('dialog');
      };
      await open();
      const [legend, choices] = [
        await ada.find('dialog [role=radiogroup] > span', 'Theme'),
        await ada.find('dialog [role=radiogroup]:first-of-type > div', 'Dark'),
      ];
      expect(Math.abs(legend.y + legend.height / 2 - choices.y - choices.height / 2)).toBeLessThan(4);
      await ada.click('dialog label', 'Dark');
      await until('the dark theme', () =>
        ada.page.evaluate(() => getComputedStyle(document.documentElement).colorScheme === 'dark'),
      );
      await ada.page.evaluate(() => {
        const tones: string[] = [];
        const { start } = OscillatorNode.prototype;
        OscillatorNode.prototype.start = function (...when) {
          tones.push(this.context.state);
          start.apply(this, when);
        };
        Object.assign(window, { tones });
      });
      await ada.click('dialog section:nth-of-type(2) > div:last-of-type [role=switch]');
      await ada.page.evaluate(() => {
        const content = document.querySelector('dialog [role=switch]')?.closest('.overflow-y-auto');
        if (content) content.scrollTop = 1000;
      });
      await ada.page.press('Escape');
      await ada.gone('dialog');
      await open();
      const top = await ada.page.evaluate(
        () => document.querySelector('dialog [role=switch]')?.closest('.overflow-y-auto')?.scrollTop,
      );
      expect(top).toBe(0);
      await ada.page.press('Escape');
      await ada.gone('dialog');

      await ada.page.evaluate(() => {
        Object.defineProperty(document, 'hidden', { configurable: true, get: () => true });
        document.dispatchEvent(new Event('visibilitychange'));
      });
      await bob.write(unique('Are you there?'));
      await until('two tones', () =>
        ada.page.evaluate(
          () => (window as unknown as { tones: string[] }).tones.join() === 'running,running',
        ),
      );
    });

    it('the widget works in a page, which hears of no error', async () => {
      const ada = await visitWidget('lang="en"');
      await ada.connected();
      await ada.join(unique('Ada'));
      await ada.write(unique('from a page'));
      await ada.page.evaluate(async () => {
        const log = document
          .querySelector('spacetimedb-chat')
          ?.shadowRoot?.querySelector('[role=log]') as HTMLElement;
        for (let step = 0; step < 30; step++) {
          log.scrollTop -= 150;
          await new Promise((resolve) => requestAnimationFrame(resolve));
        }
      });
      expect(await complaints(ada)).toEqual([]);
    });

    it('the launcher takes the focus in and back, and stays open when Escape ends a composition', async () => {
      const ada = await visitWidget('mode="launcher" lang="ar"');
      await ada.click('[part=launcher]');
      await ada.connected();
      await ada.focused('textarea[name=text]');
      const isRightToLeft = await ada.page.evaluate(() => {
        const field = document.querySelector('spacetimedb-chat')?.shadowRoot?.querySelector('textarea');
        return field && getComputedStyle(field).direction;
      });
      expect(isRightToLeft).toBe('rtl');
      await ada.page.evaluate(() => {
        const field = document.querySelector('spacetimedb-chat')?.shadowRoot?.querySelector('textarea');
        const init = { key: 'Escape', keyCode: 229, bubbles: true, composed: true };
        field?.dispatchEvent(new KeyboardEvent('keydown', init));
      });
      await ada.find('[part=panel]:not([inert])');
      await ada.page.press('Escape');
      await ada.focused('[part=launcher]');
      await ada.find('[part=launcher][aria-expanded=false]');
      expect(await complaints(ada)).toEqual([]);
    });

    it('the site fits a phone', async () => {
      const ada = await visit(unique('Ada'));
      await ada.page.resize({ width: 450, height: 740 });
      await ada.write('x'.repeat(200));
      await ada.click('header button[aria-expanded=false]');
      await ada.find('aside section li');
      expect(
        await ada.page.evaluate(() => document.documentElement.scrollWidth - innerWidth),
      ).toBeLessThanOrEqual(0);
    });
  });
});

function atEnd({ page }: EnginePerson): Promise<boolean> {
  return page.evaluate(() => {
    const log = document.querySelector('[role=log]');
    return log !== null && log.scrollHeight - log.scrollTop - log.clientHeight < 2;
  });
}

function scrollTop({ page }: EnginePerson): Promise<number | undefined> {
  return page.evaluate(() => document.querySelector('[role=log]')?.scrollTop);
}
