import type {
  Browser,
  BrowserContext,
  BrowserContextOptions,
  ConsoleMessage,
  Locator,
  Page,
  Request,
  WebSocket,
} from 'playwright-core';
import { launch } from '../browser/launch-browser.ts';
import { tokenKey } from '../../../adapters/src/tokens.ts';
import { database, type Site } from './site.ts';
import { leavePage, takePage } from '../browser/reused-pages.ts';
import { closeContext, openContext } from '../browser/traces.ts';

/** By the path of the executable. */
const launched = new Map<string, Promise<Browser>>();

/**
 * Returns the browser of all test files in this process, launched on first use in a time zone where it is about noon,
 * so that new messages are from today whenever the tests run. It ends with the process: tests close only contexts.
 *
 * @param kind `shell` is faster, and `browser` has notifications
 */
export async function launchBrowser(kind: 'shell' | 'browser' = 'shell'): Promise<Browser> {
  // Scripts use this file too, without Vitest.
  const { inject } = await import('vitest');
  const path = inject(kind === 'shell' ? 'shellPath' : 'browserPath');
  const known = launched.get(path);
  if (known && (await known).isConnected()) return known;
  const browser = launch(path, zoneAtNoon(new Date()));
  launched.set(path, browser);
  return browser;
}

/** Closes everything that tests left open in the browsers. */
export async function closeContexts(): Promise<void> {
  for (const browser of launched.values()) await Promise.all((await browser).contexts().map(closeContext));
}

/** Returns a time zone a whole number of hours from UTC. By POSIX, `Etc/GMT+2` is behind UTC. */
function zoneAtNoon(now: Date): string {
  const behind = now.getUTCHours() - 12;
  return `Etc/GMT${behind < 0 ? '-' : '+'}${Math.abs(behind)}`;
}

/** The list of messages after the first load, which comes after the connection. */
export const FILLED_LOG = '[role="log"][aria-busy="false"]';

/** Playwright's message about service workers that `openContext` blocks. */
const WORKER_BLOCKED = 'Service Worker registration blocked by Playwright';

export interface Arrival extends BrowserContextOptions {
  /** Query parameters that replace those of the site's address. */
  parameters?: Record<string, string>;
  /** Called before the page is opened. */
  prepare?: (context: BrowserContext) => Promise<unknown>;
  /** Signs in as an existing person; by default, the visitor is new. */
  token?: string;
  /** When the page counts as opened; by default after its scripts have run. */
  waitUntil?: 'commit' | 'load';
  /**
   * Whether the page may be a reused, emptied page of an earlier visitor, and may be reused later, which is much
   * faster. Not for tests that add scripts, listeners or clocks to the page or its profile.
   */
  reused?: boolean;
}

/** A visitor with their own browser profile. */
export class Visitor {
  readonly page: Page;
  /** The page's console errors, warnings and uncaught exceptions. */
  readonly complaints: string[] = [];
  /** Origins of all requests of the page. */
  readonly origins = new Set<string>();
  readonly #url: string;
  readonly #leave: () => Promise<void>;

  static async arrive(
    browser: Browser,
    site: Pick<Site, 'url'>,
    { parameters = {}, prepare, token, waitUntil = 'load', reused = false, ...options }: Arrival = {},
  ): Promise<Visitor> {
    if (reused) {
      if (prepare !== undefined || token !== undefined)
        throw new Error('A page with its own scripts cannot be reused.');
      const page = await takePage(browser, options);
      return Visitor.#open(page, site, parameters, waitUntil, () => leavePage(page, [site.url], options));
    }
    const context = await openContext(browser, options);
    await prepare?.(context);
    if (token !== undefined) {
      const key = tokenKey(site.url, database);
      await context.addInitScript(([key, token]) => localStorage.setItem(key, token), [key, token] as const);
    }
    return Visitor.#open(await context.newPage(), site, parameters, waitUntil, () => closeContext(context));
  }

  static async #open(
    page: Page,
    site: Pick<Site, 'url'>,
    parameters: Record<string, string>,
    waitUntil: 'commit' | 'load',
    leave: () => Promise<void>,
  ): Promise<Visitor> {
    const script = await page
      .context()
      .addInitScript(() =>
        document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) =>
          console.error(`Content Security Policy: ${effectiveDirective} forbids ${blockedURI}`),
        ),
      );
    page.setDefaultTimeout(30_000);
    const url = new URL(site.url);
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    const visitor = new Visitor(page, url.href, async () => {
      await script.dispose();
      await leave();
    });
    await page.goto(url.href, { waitUntil });
    return visitor;
  }

  private constructor(page: Page, url: string, leave: () => Promise<void>) {
    this.#url = url;
    this.page = page;
    const context = page.context();
    const onConsole = (message: ConsoleMessage): void => {
      if (message.text() === WORKER_BLOCKED) return;
      if (message.type() === 'error' || message.type() === 'warning') this.complaints.push(message.text());
    };
    const onError = (error: Error): unknown => this.complaints.push(String(error));
    const onRequest = (request: Request): void => this.#note(request.url());
    const onSocket = (socket: WebSocket): void => this.#note(socket.url());
    page.on('console', onConsole).on('pageerror', onError).on('websocket', onSocket);
    context.on('request', onRequest);
    this.#leave = async () => {
      page.off('console', onConsole).off('pageerror', onError).off('websocket', onSocket);
      context.off('request', onRequest);
      await leave();
    };
  }

  #note(url: string): void {
    const { protocol, origin, host } = new URL(url);
    this.origins.add(
      protocol === 'ws:' ? `http://${host}` : protocol === 'wss:' ? `https://${host}` : origin,
    );
  }

  get state(): Locator {
    return this.page.getByRole('status');
  }

  get messageField(): Locator {
    return this.page.getByRole('textbox', { name: 'Message' });
  }

  get nameField(): Locator {
    return this.page.getByRole('textbox', { name: 'Your name' });
  }

  get nameButton(): Locator {
    return this.page.getByRole('button', { name: /^(Change your name|Choose a name)$/ });
  }

  messagesWith(text: string): Locator {
    return this.page.getByRole('log').getByRole('article').filter({ hasText: text });
  }

  /** The entry of a person in one of the two lists. */
  listed(where: 'Online' | 'Offline', name: string): Locator {
    return this.page
      .getByRole('complementary', { name: 'People' })
      .getByRole('region', { name: new RegExp(`^${where} `) })
      .getByRole('listitem')
      .filter({ hasText: name });
  }

  /** Opens the card of a person in the list. */
  async openCard(name: string): Promise<Locator> {
    await this.page
      .getByRole('complementary', { name: 'People' })
      .getByRole('listitem')
      .filter({ hasText: name })
      .getByRole('button')
      .click();
    const card = this.page.getByRole('dialog', { name, exact: true });
    await card.waitFor();
    return card;
  }

  async connected(): Promise<void> {
    await this.state.filter({ hasText: /^\s*Connected\s*$/ }).waitFor();
    await this.nameButton.or(this.nameField).waitFor();
  }

  async rename(name: string): Promise<void> {
    // On the first visit, the field is shown instead of the button.
    if (!(await this.nameField.isVisible())) await this.nameButton.click({ timeout: 1000 }).catch(() => {});
    await this.nameField.fill(name);
    await this.nameField.press('Enter');
    await this.page.getByText('Writing as').filter({ hasText: name }).waitFor();
  }

  async write(text: string): Promise<void> {
    await this.messageField.fill(text);
    await this.messageField.press('Enter');
    await this.messageField.and(this.page.locator(':placeholder-shown')).waitFor();
    await this.messagesWith(text.split('\n')[0] ?? text)
      .and(this.page.locator(':not([aria-busy])'))
      .last()
      .waitFor();
  }

  /** Sends messages one right after the other: in the page, because a busy machine types more slowly than a person. */
  async paste(lines: readonly string[]): Promise<void> {
    await this.messageField.evaluate(async (field, lines) => {
      field.focus();
      for (const line of lines) {
        document.execCommand('insertText', false, line);
        await new Promise(requestAnimationFrame);
        field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
        await new Promise(requestAnimationFrame);
      }
    }, lines);
  }

  /** Skips the name form of the first visit. */
  async skipWelcome(): Promise<void> {
    await this.page.getByRole('button', { name: 'Stay anonymous' }).click();
    await this.nameButton.waitFor();
  }

  /** Number of people listed, online or offline. */
  async peopleCount(): Promise<number> {
    return this.page.getByRole('complementary', { name: 'People' }).getByRole('listitem').count();
  }

  async reload(): Promise<void> {
    await this.page.goto(this.#url);
  }

  async leave(): Promise<void> {
    await this.#leave();
  }
}
