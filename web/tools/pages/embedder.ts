/** Pages of another site that embed the widget. */
import type { BrowserContext, ConsoleMessage, Locator, Page, WebSocket } from 'playwright-core';
import { serveHostPage, type HostPage, type ServedPage } from './host-page.ts';
import type { Site } from './site.ts';

/** The URL of the widget's script on `site`. */
export const scriptOf = (site: Site): string => new URL('widget/spacetimedb-chat.js', site.url).href;

export interface PageOptions {
  /** HTML inside the head. */
  head?: string;
  /** Attributes of the `html` element. */
  html?: string;
  /** The Content Security Policy. */
  policy?: string;
}

/** Serves pages with a given body and opens them. */
export class Embedder {
  readonly #pages = new Map<string, ServedPage>();
  readonly #served: HostPage;
  #count = 0;

  static async open(): Promise<Embedder> {
    // The page that empties the storage; see `leavePage`.
    const pages = new Map<string, ServedPage>([['/favicon.svg', { html: '' }]]);
    return new Embedder(await serveHostPage((path) => pages.get(path)), pages);
  }

  private constructor(served: HostPage, pages: Map<string, ServedPage>) {
    this.#served = served;
    this.#pages = pages;
  }

  get origin(): string {
    return this.#served.origin;
  }

  /** Returns an address on this server that redirects to `address`. */
  redirect(address: string): string {
    const path = `/${++this.#count}`;
    this.#pages.set(path, { html: '', redirect: address });
    return `${this.origin}${path}`;
  }

  /**
   * Shows a page.
   *
   * @param where the page to show it on, or the browser profile for a new page
   */
  async visit(
    where: Page | BrowserContext,
    body: string,
    { head = '', html = 'lang="en"', policy }: PageOptions = {},
  ): Promise<Embedded> {
    const path = `/${++this.#count}`;
    const page = 'newPage' in where ? await where.newPage() : where;
    page.setDefaultTimeout(30_000);
    this.#pages.set(path, {
      html: `<!doctype html><html ${html}><head><title>Host</title><link rel="icon" href="data:,">${head}</head><body>${body}</body></html>`,
      ...(policy !== undefined && { policy }),
    });
    const embedded = new Embedded(page);
    await page.goto(`${this.origin}${path}`);
    return embedded;
  }

  async close(): Promise<void> {
    await this.#served.close();
  }
}

export class Embedded {
  readonly page: Page;
  /** The page's console errors, warnings and uncaught exceptions. */
  readonly complaints: string[] = [];
  /** Number of open sockets. */
  sockets = 0;
  /** Number of sockets opened so far. */
  opened = 0;

  /** Stops listening to the page. */
  readonly forget: () => void;

  constructor(page: Page) {
    this.page = page;
    const onConsole = (message: ConsoleMessage): void => {
      if (message.type() === 'error' || message.type() === 'warning') this.complaints.push(message.text());
    };
    const onError = (error: Error): unknown => this.complaints.push(String(error));
    const onSocket = (socket: WebSocket): void => {
      this.sockets++;
      this.opened++;
      socket.on('close', () => this.sockets--);
    };
    page.on('console', onConsole).on('pageerror', onError).on('websocket', onSocket);
    this.forget = () => page.off('console', onConsole).off('pageerror', onError).off('websocket', onSocket);
  }

  chat(index = 0): Locator {
    return this.page.locator('spacetimedb-chat').nth(index);
  }

  field(index = 0): Locator {
    return this.chat(index).getByRole('textbox', { name: 'Message', exact: true });
  }

  get launcher(): Locator {
    return this.page.locator('[part=launcher]');
  }

  messagesWith(text: string, index = 0): Locator {
    return this.chat(index).getByRole('article').filter({ hasText: text });
  }

  /** Waits for the tools for messages, which load after the messages. They have a place for notices. */
  toolsLoaded(): Promise<void> {
    return this.chat().locator('div[role=status]').waitFor({ state: 'attached' });
  }

  async connected(index = 0): Promise<void> {
    await this.chat(index).getByText('Connected', { exact: true }).waitFor();
    await this.chat(index).getByRole('button', { name: 'Send' }).waitFor();
  }

  /** Writes `text` once the visitor is identified. */
  async write(text: string, index = 0): Promise<void> {
    await this.chat(index)
      .getByRole('button', { name: /^(Stay anonymous|Choose a name|Change your name)$/ })
      .waitFor();
    await this.field(index).fill(text);
    await this.field(index).press('Enter');
    await this.messagesWith(text, index).and(this.page.locator(':not([aria-busy])')).last().waitFor();
  }

  /** Records the events of the first element, starting before its script is loaded. */
  static readonly listening = `<script>
    window.told = [];
    for (const name of ['ready', 'message', 'unread', 'statuschange', 'error', 'openedchange']) {
      document.querySelector('spacetimedb-chat').addEventListener(name, ({ detail }) => told.push([name, detail]));
      addEventListener(name, () => told.push(['bubbled', name]));
    }
  </script>`;

  /** Returns the details of the recorded events of a name. */
  told(name: string): Promise<Record<string, unknown>[]> {
    return this.page.evaluate(
      (name) =>
        (window as unknown as { told: [string, Record<string, unknown>][] }).told.flatMap(
          ([known, detail]) => (known === name ? [detail] : []),
        ),
      name,
    );
  }
}
