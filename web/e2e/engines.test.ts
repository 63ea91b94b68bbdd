/** The most common actions, in other browser engines. The other files test everything in Chromium. */
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { EnginePerson, until, type Engine } from '../tools/engines/engine.ts';
import { puppeteerEngine } from '../tools/engines/puppeteer-engine.ts';
import { webkitEngine } from '../tools/engines/webkit-engine.ts';
import { serveHostPage, type HostPage } from '../tools/pages/host-page.ts';
import { SdkPerson } from '../tools/pages/sdk-person.ts';
import { setHidden } from '../tools/pages/set-hidden.ts';
import { openSeededSite, type SeededSite } from '../tools/pages/site.ts';
import { beforeSecondTry } from '../tools/setup/second-try.ts';

const SIZE = { width: 1040, height: 640 };
/** WebKitGTK's window cannot be narrower. */
const PHONE = { width: 450, height: 740 };
const { firefox, webkit } = inject('engines') ?? {};

const engines: Record<string, (() => Promise<Engine>) | undefined> = {
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
  // Three days of messages; only the newest are loaded.
  await site.seed({ count: 400, apart: 600_000, age: 60_000 });
  const script = `<script type="module" src="${new URL('widget/spacetimedb-chat.js', site.url).href}"></script>`;
  host = await serveHostPage((path) => ({
    html: `<!doctype html><html lang="en"><title>Host</title><meta name="viewport" content="width=device-width">${watch}<h1>Host</h1>
      <spacetimedb-chat ${decodeURIComponent(path.slice(1))}></spacetimedb-chat>${script}</html>`,
  }));
});
afterAll(() => Promise.all([site?.close(), host?.close()]));

describe.each(Object.entries(engines))('in %s', (name, start) => {
  describe.skipIf(!start)('', () => {
    let engine: Engine;
    /** Uses the engine's only page, which the tests share: loading it takes longer than using it. */
    let ada: EnginePerson;
    let bob: SdkPerson;
    const [adaName, bobName] = [unique('Ada'), unique('Bob')];

    beforeAll(async () => {
      [engine, bob] = await Promise.all([(start as () => Promise<Engine>)(), SdkPerson.join(site, bobName)]);
      ada = new EnginePerson(await engine.open(SIZE));
      await ada.page.goto(site.url);
      await ada.connected();
      await ada.join(adaName);
    });
    afterAll(() => Promise.all([engine?.close(), bob?.leave()]));

    beforeSecondTry(async () => {
      // The first try may have left the page in any state.
      await bob.reconnect();
      await ada.page.resize(SIZE);
      await ada.page.goto(site.url);
      await ada.page.evaluate(() => localStorage.removeItem('spacetimedb-chat:preferences'));
      await ada.page.goto(site.url);
      await ada.connected();
    });

    it('two people see each other and each other’s messages', async () => {
      await ada.find('aside section li', bobName);
      const [question, answer] = [unique('How are you?'), unique('Fine.')];
      await ada.write(question);
      expect(await bob.sees(question)).toBe(adaName);
      await bob.write(answer);
      expect((await ada.sees(answer)).text).toContain(bobName);
    });

    it('a message with a completed name is formatted, gets a reaction and gets a reply', async () => {
      await bob.write(`@${adaName} hello`);
      await ada.find('[role=log] article mark', `@${adaName}`);

      await ada.click('textarea[name=text]');
      await ada.focused('textarea[name=text]');
      await ada.page.type(`@${bobName.slice(0, 3)}`);
      await ada.find('[role=option][aria-selected=true]', bobName);
      await ada.page.press('Enter');
      await ada.gone('[role=option]');
      const code = unique('code');
      const text = `@${bobName} look at \`${code}\``;
      await ada.page.type(text.slice(text.indexOf('look')));
      await ada.page.press('Enter');
      await ada.find('[role=log] article:not([aria-busy]) code', code);
      expect(await bob.sees(text)).toBe(adaName);

      await bob.react(text, '🦊');
      const reactions = (): Promise<string[]> => ada.page.evaluate(reactionsTo, code);
      await until('the reaction of someone else', async () => (await reactions()).includes('false 1'));
      await toNewestMessage(ada);
      await ada.page.press('Enter');
      await ada.click('[role=menu] [role=menuitemcheckbox]:first-child');
      await until('an own reaction', async () => (await reactions()).includes('true 1'));
      await bob.seesReaction(text);

      await toNewestMessage(ada);
      await ada.page.press('r');
      await ada.focused('textarea[name=text]');
      const answer = unique('and');
      await ada.page.type(answer);
      await ada.page.press('Enter');
      expect((await ada.sees(answer)).text).toContain('look at');
    });

    it('the list stays at its end while the message grows, and shows the next message', async () => {
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
      await ada.page.press('Enter');
      await ada.find('textarea:placeholder-shown');
      await until('the end', () => atEnd(ada));
      await until('a field of one line', async () => {
        const { height } = await ada.find('textarea[name=text]');
        return height === Math.min(...heights);
      });
    });

    it('the view stays where someone reads, also while older messages load, and returns to the end', async () => {
      await until('the end', () => atEnd(ada));
      const moves = await ada.page.evaluate(readWhileOlderMessagesLoad);
      expect(moves.grown).toBeGreaterThan(1000);
      expect(moves.by).toBeLessThan(3);
      const before = await scrollTop(ada);
      await bob.write(unique('meanwhile'));
      await ada.find('[role=log] ~ button', '1');
      expect(await scrollTop(ada)).toBe(before);
      await ada.click('[role=log] ~ button');
      await until('the end', () => atEnd(ada));
      await ada.gone('[role=log] ~ button');
      expect(await ada.page.evaluate(() => document.querySelectorAll('article').length)).toBeLessThan(100);
    });

    it('the settings look right and work', async () => {
      await openSettings(ada);
      const [legend, choice] = [
        await ada.find('dialog [role=radiogroup] > span', 'Theme'),
        await ada.find('dialog label', 'Dark'),
      ];
      expect(Math.abs(legend.y + legend.height / 2 - choice.y - choice.height / 2)).toBeLessThan(4);
      await ada.click('dialog label', 'Dark');
      await until('the dark theme', () =>
        ada.page.evaluate(() => getComputedStyle(document.documentElement).colorScheme === 'dark'),
      );
      await ada.page.evaluate(() => {
        const content = document.querySelector('dialog [role=switch]')?.closest('.overflow-y-auto');
        if (content) content.scrollTop = 1000;
      });
      await ada.page.press('Escape');
      await ada.gone('dialog');
      await openSettings(ada);
      const top = await ada.page.evaluate(
        () => document.querySelector('dialog [role=switch]')?.closest('.overflow-y-auto')?.scrollTop,
      );
      expect(top).toBe(0);
      await ada.click('dialog label', 'Light');
      await ada.page.press('Escape');
      await ada.gone('dialog');
    });

    it('the sound is prepared by the click that switches it on, and plays in the background', async () => {
      await ada.page.evaluate(watchSound);
      await openSettings(ada);
      await ada.click('dialog section:nth-of-type(2) > div:nth-last-child(2) [role=switch]');
      const sound = (): Promise<{ prepared: boolean[]; tones: string[] }> =>
        ada.page.evaluate(
          () => (window as unknown as { sound: { prepared: boolean[]; tones: string[] } }).sound,
        );
      expect((await sound()).prepared[0]).toBe(true);
      await ada.page.press('Escape');
      await ada.gone('dialog');
      // Without a sound device, Firefox has no running sound.
      if (name === 'Firefox') return;
      await ada.page.evaluate(setHidden, true);
      await bob.write(unique('Are you there?'));
      await until('two tones', async () => (await sound()).tones.join() === 'running,running');
      await ada.page.evaluate(setHidden, false);
    });

    it('identity and draft survive a reload on a phone, and the site fits its screen', async () => {
      await ada.page.resize(PHONE);
      await ada.write(unique('x'.repeat(80)));
      const text = unique('half a sentence');
      await ada.click('textarea[name=text]');
      await ada.page.type(text);
      // A second try finds the draft of the first.
      const isWritten = (): Promise<boolean | undefined> =>
        ada.page.evaluate((text) => document.querySelector('textarea')?.value.includes(text), text);
      await until('the typed text', isWritten);
      await ada.page.goto(site.url);
      await ada.connected();
      await until('the draft', isWritten);
      await ada.click('header button[aria-controls][aria-expanded=false]');
      await ada.find('aside section li', adaName);
      const excess = await ada.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(excess).toBeLessThanOrEqual(0);
      await ada.page.resize(SIZE);
    });

    it('a message survives a restart of the server', async () => {
      const text = unique('sent while offline');
      await site.outage.stop();
      try {
        await ada.find('[role=status]', 'Reconnecting…');
        await ada.click('textarea[name=text]');
        await ada.page.type(text);
        await ada.page.press('Enter');
        await ada.find('[role=log] article[aria-busy]', text);
      } finally {
        await site.outage.start();
      }
      await ada.find('[role=log] article:not([aria-busy])', text);
      await bob.reconnect();
      await bob.sees(text);
    });

    it('the widget works in a page without reporting an error', async () => {
      await ada.page.goto(`${host.origin}/lang=en`);
      await bob.seesLeave(adaName);
      const guest = new EnginePerson(ada.page, 'spacetimedb-chat');
      await guest.connected();
      // A second try is not the guest's first visit.
      if (await guest.page.evaluate(isAskedForName)) await guest.join(unique('Guest'));
      const text = unique('from a page');
      await guest.write(text);
      await bob.sees(text);
      await guest.page.evaluate(scrollFarAndBack);
      expect(await complaints(guest)).toEqual([]);
    });

    it('the launcher moves the focus in and back, and stays open when Escape ends a composition', async () => {
      await ada.page.goto(`${host.origin}/${encodeURIComponent('mode=launcher lang=ar')}`);
      const guest = new EnginePerson(ada.page, 'spacetimedb-chat');
      await guest.click('[part=launcher]');
      await guest.connected();
      await guest.focused('textarea[name=text]');
      expect(await guest.page.evaluate(fieldDirection)).toBe('rtl');
      await guest.page.evaluate(endComposition);
      await guest.find('[part=launcher][aria-expanded=true]');
      await guest.page.press('Escape');
      await guest.focused('[part=launcher]');
      await guest.find('[part=launcher][aria-expanded=false]');
      expect(await complaints(guest)).toEqual([]);
    });
  });
});

/** Moves the focus to the newest message, as keyboards do. */
async function toNewestMessage(person: EnginePerson): Promise<void> {
  const { page } = person;
  await page.evaluate(() => document.querySelector<HTMLElement>('[role=log]')?.focus());
  await page.press('ArrowUp');
  await until('focus on a message', () => page.evaluate(() => document.activeElement?.matches('article')));
}

async function openSettings(person: EnginePerson): Promise<void> {
  await person.click('button[aria-label="Settings"]');
  // Not a button in it, around which WebKit draws a ring.
  await person.focused('dialog');
}

function complaints({ page }: EnginePerson): Promise<string[]> {
  return page.evaluate(() => (window as unknown as { complaints: string[] }).complaints);
}

function atEnd({ page }: EnginePerson): Promise<boolean> {
  return page.evaluate(() => {
    const log = document.querySelector('[role=log]');
    return log !== null && log.scrollHeight - log.scrollTop - log.clientHeight < 2;
  });
}

function scrollTop({ page }: EnginePerson): Promise<number | undefined> {
  return page.evaluate(() => document.querySelector('[role=log]')?.scrollTop);
}

// Run in the page.

/** Scrolls up and follows a message through every frame until older ones are loaded. */
async function readWhileOlderMessagesLoad(): Promise<{ grown: number; by: number }> {
  const log = document.querySelector('[role=log]') as HTMLElement;
  const frame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
  // Just before older messages are loaded, the rows around the view are measured. In two steps: the first one measures
  // many rows, which may scroll by more than the second one has left.
  for (const top of [2 * log.clientHeight, log.clientHeight + 100]) {
    log.scrollTop = top;
    for (let still = 0; still < 10;) {
      const top = log.scrollTop;
      await frame();
      still = log.scrollTop === top ? still + 1 : 0;
    }
  }
  const before = log.scrollHeight;
  log.scrollTop = log.clientHeight - 20;
  await frame();
  const read = [...log.querySelectorAll('article')].find((row) => row.getBoundingClientRect().top > 200);
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
}

async function scrollFarAndBack(): Promise<void> {
  const log = document.querySelector('spacetimedb-chat')?.shadowRoot?.querySelector('[role=log]');
  for (const by of [-150, -600, -3000, 800, -3000, 5000]) {
    for (let step = 0; step < 5; step++) {
      if (log) log.scrollTop += by;
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
  }
}

/** Records whether sound was prepared during a click, and the audio state when tones are played. */
function watchSound(): void {
  const sound: { prepared: boolean[]; tones: string[] } = { prepared: [], tones: [] };
  globalThis.AudioContext = class extends AudioContext {
    constructor() {
      super();
      sound.prepared.push(navigator.userActivation.isActive);
    }
  };
  const { start } = OscillatorNode.prototype;
  OscillatorNode.prototype.start = function (...when) {
    sound.tones.push(this.context.state);
    start.apply(this, when);
  };
  Object.assign(window, { sound });
}

/** Returns whether each reaction to the message with this text is pressed, and its count. */
function reactionsTo(text: string): string[] {
  const message = [...document.querySelectorAll('[role=log] article')].findLast((article) =>
    article.textContent.includes(text),
  );
  return [...(message?.querySelectorAll('button[aria-pressed]') ?? [])].map(
    (button) => `${button.getAttribute('aria-pressed')} ${/\d+/.exec(button.textContent)?.[0]}`,
  );
}

function isAskedForName(): boolean {
  return Boolean(document.querySelector('spacetimedb-chat')?.shadowRoot?.querySelector('input[name=name]'));
}

function fieldDirection(): string | null | undefined {
  const field = document.querySelector('spacetimedb-chat')?.shadowRoot?.querySelector('textarea');
  return field && getComputedStyle(field).direction;
}

/** Presses Escape like an input method, which only ends the composition. */
function endComposition(): void {
  const field = document.querySelector('spacetimedb-chat')?.shadowRoot?.querySelector('textarea');
  const init = { key: 'Escape', keyCode: 229, bubbles: true, composed: true };
  field?.dispatchEvent(new KeyboardEvent('keydown', init));
}
