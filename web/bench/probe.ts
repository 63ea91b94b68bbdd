/** A page under measurement. Times are in milliseconds, points in time since the Unix epoch. */
import type { Browser, CDPSession, Page } from 'playwright-core';
import type { Client } from './clients.ts';

/** Milliseconds from the start of the navigation to each event. */
export type Waterfall = Record<string, number>;

export interface Conditions {
  /** CPU slowdown factor; 1 by default. */
  readonly slowdown?: number;
  /** Latency in milliseconds and throughput in bytes per second. Unthrottled by default. */
  readonly network?: {
    readonly latency: number;
    readonly downloadThroughput: number;
    readonly uploadThroughput: number;
  };
}

interface Marks {
  /** When the last frame arrived, and when the last input event was sent. */
  arrived: number;
  sent: number;
  /** When the first socket was created and opened, and when its first frames arrived and left. */
  socket: Partial<Record<'made' | 'open' | 'greeted' | 'subscribed' | 'rows', number>>;
  /** When the frame that shows the awaited text was drawn. */
  shown: Promise<number>;
  lookOutFor(text: string): void;
}

declare global {
  var marks: Marks;
}

/** Runs in the page before its own scripts. */
function installMarks(): void {
  const now = (): number => performance.timeOrigin + performance.now();
  globalThis.marks = {
    arrived: 0,
    sent: 0,
    socket: {},
    shown: Promise.resolve(NaN),
    lookOutFor: (text) => {
      marks.shown = new Promise((resolve) => {
        const isIn = ({ addedNodes, target, type }: MutationRecord): boolean =>
          [...(type === 'characterData' ? [target] : addedNodes)].some((node) =>
            node.textContent?.includes(text),
          );
        const observer = new MutationObserver((records) => {
          if (!records.some(isIn)) return;
          observer.disconnect();
          requestAnimationFrame(() => setTimeout(() => resolve(now())));
        });
        observer.observe(document, { childList: true, subtree: true, characterData: true });
      });
    },
  };
  globalThis.WebSocket = class extends WebSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      const { socket } = marks;
      socket.made ??= now();
      this.addEventListener('open', () => (socket.open ??= now()));
      this.addEventListener('message', () => {
        marks.arrived = now();
        if (socket.greeted === undefined) socket.greeted = now();
        else socket.rows ??= now();
      });
    }
    override send(data: string | BufferSource | Blob): void {
      marks.socket.subscribed ??= now();
      super.send(data);
    }
  };
  const mark = (): void => void (marks.sent = now());
  addEventListener('click', mark, true);
  addEventListener('keydown', ({ key }) => key === 'Enter' && mark(), true);
}

export class Probe {
  readonly page: Page;
  readonly #client: Client;
  readonly #devtools: CDPSession;
  /** Time from the start of the navigation to the frame that shows the newest message. */
  firstMessage = NaN;

  /** Opens the page in a new profile and waits until it shows `newest`. */
  static async open(
    browser: Browser,
    client: Client,
    uri: string,
    newest: string,
    { slowdown = 1, network }: Conditions = {},
  ): Promise<Probe> {
    const context = await browser.newContext({ serviceWorkers: 'block' });
    const page = await context.newPage();
    page.setDefaultTimeout(120_000);
    const devtools = await context.newCDPSession(page);
    await devtools.send('Performance.enable');
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: slowdown });
    if (network) {
      await devtools.send('Network.enable');
      await devtools.send('Network.emulateNetworkConditions', { offline: false, ...network });
    }
    // tsx wraps functions in a helper that does not exist in the page.
    await page.addInitScript('globalThis.__name = (named) => named;');
    await page.addInitScript(client.prelude(uri));
    await page.addInitScript(installMarks);
    await page.addInitScript((text) => marks.lookOutFor(text), newest);
    await page.goto(client.url(uri));
    const probe = new Probe(page, client, devtools);
    probe.firstMessage = await page.evaluate(async () => (await marks.shown) - performance.timeOrigin);
    return probe;
  }

  private constructor(page: Page, client: Client, devtools: CDPSession) {
    this.page = page;
    this.#client = client;
    this.#devtools = devtools;
  }

  /** What happened until the newest message was shown. Steps that a client does not have are left out. */
  waterfall(): Promise<Waterfall> {
    return this.page.evaluate(async () => {
      const shown = (await marks.shown) - performance.timeOrigin;
      const resources = performance.getEntriesByType('resource') as PerformanceResourceTiming[];
      const lastOf = (pattern: RegExp): number =>
        Math.max(
          ...resources
            .filter(({ name, responseEnd }) => pattern.test(name) && responseEnd < shown)
            .map(({ responseEnd }) => responseEnd),
        );
      const [page] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
      const at = (time = NaN): number => time - performance.timeOrigin;
      const { socket } = marks;
      const all = {
        'HTML here': page?.responseEnd ?? NaN,
        'first paint': performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN,
        'config.json here': lastOf(/config\.json$/),
        'styles here': lastOf(/\.css$/),
        'scripts here': lastOf(/\.js$/),
        'token here': lastOf(/websocket-token$/),
        'socket begun': at(socket.made),
        'socket open': at(socket.open),
        greeted: at(socket.greeted),
        'subscription sent': at(socket.subscribed),
        'first rows here': at(socket.rows),
        'newest message shown': shown,
      };
      return Object.fromEntries(Object.entries(all).filter(([, time]) => Number.isFinite(time)));
    });
  }

  /** Time from the arrival of the message written by `write` to the frame that shows it. */
  async append(text: string, write: () => Promise<unknown>): Promise<number> {
    const shown = await this.#lookOutFor(text);
    await write();
    return (await shown()) - (await this.page.evaluate(() => marks.arrived));
  }

  /** Time from the input that sends a message to the frame of another page that shows it. */
  async send(text: string, to: Probe): Promise<number> {
    const shown = await to.#lookOutFor(text);
    await this.#client.send(this.page, text);
    return (await shown()) - (await this.page.evaluate(() => marks.sent));
  }

  /** Main-thread time per scroll step of 400 pixels. */
  async scroll(steps = 30): Promise<number> {
    const before = await this.#busy();
    await this.page.evaluate(
      async ([selector, steps]) => {
        const element = document.querySelector(selector);
        const frame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
        for (let step = 0; step < steps; step++) {
          element?.scrollBy(0, -400);
          await frame();
          await frame();
        }
      },
      [this.#client.scroller, steps] as const,
    );
    return ((await this.#busy()) - before) / steps;
  }

  /**
   * Scrolls to where the page loads older messages.
   *
   * @returns the time from their arrival to the frame that shows them, and the most pixels by which the
   *   message being read moved
   */
  prepend(): Promise<{ took: number; moved: number }> {
    return this.page.evaluate(async (selector) => {
      const list = document.querySelector(selector);
      if (!list) throw new Error(`No element matches ${selector}`);
      const frame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
      const end = (): Promise<number> =>
        new Promise((resolve) => setTimeout(() => resolve(performance.timeOrigin + performance.now())));
      const before = list.scrollHeight;
      list.scrollTop = 300;
      await frame();
      await frame();
      const read = [...list.querySelectorAll('article')].find((row) => row.getBoundingClientRect().top > 200);
      const tops: number[] = [];
      let shown = NaN;
      for (let frames = 0; frames < 30; frames += Number(!Number.isNaN(shown))) {
        await frame();
        tops.push(read?.getBoundingClientRect().top ?? NaN);
        if (Number.isNaN(shown) && list.scrollHeight > before + 1000) shown = await end();
      }
      return { took: shown - marks.arrived, moved: Math.max(...tops) - Math.min(...tops) };
    }, this.#client.scroller);
  }

  /** Memory after garbage collection: megabytes of JavaScript heap, and DOM nodes. */
  async memory(): Promise<{ heap: number; nodes: number }> {
    await this.#devtools.send('HeapProfiler.collectGarbage');
    return { heap: (await this.#metric('JSHeapUsedSize')) / 1e6, nodes: await this.#metric('Nodes') };
  }

  close(): Promise<void> {
    return this.page.context().close();
  }

  /** Starts to watch for `text` before it is written. @returns waits for the frame that shows it */
  async #lookOutFor(text: string): Promise<() => Promise<number>> {
    await this.page.evaluate((text) => marks.lookOutFor(text), text);
    return () => this.page.evaluate(() => marks.shown);
  }

  async #busy(): Promise<number> {
    return (await this.#metric('TaskDuration')) * 1000;
  }

  async #metric(wanted: string): Promise<number> {
    const { metrics } = await this.#devtools.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === wanted)?.value ?? NaN;
  }
}
