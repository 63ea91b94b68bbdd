import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { launch } from '../browser/launch-browser.ts';
import { tokenKey } from '../../../adapters/src/tokens.ts';
import { database, type Site } from './site.ts';
import { closeContext, openContext } from '../browser/traces.ts';

let launched: Promise<Browser> | undefined;

/**
 * Returns the browser of all test files in this process, launched on first use in a time zone where it is about noon,
 * so that new messages are from today whenever the tests run. It ends with the process: tests close only contexts.
 */
export async function launchBrowser(): Promise<Browser> {
  // Scripts use this file too, without Vitest.
  const { inject } = await import('vitest');
  if (launched && !(await launched).isConnected()) launched = undefined;
  return (launched ??= launch(inject('browserPath'), zoneAtNoon(new Date())));
}

/** Closes everything that tests left open in the browser. */
export async function closeContexts(): Promise<void> {
  await Promise.all((await launched)?.contexts().map(closeContext) ?? []);
}

/** Returns a time zone a whole number of hours from UTC. By POSIX, `Etc/GMT+2` is behind UTC. */
function zoneAtNoon(now: Date): string {
  const behind = now.getUTCHours() - 12;
  return `Etc/GMT${behind < 0 ? '-' : '+'}${Math.abs(behind)}`;
}

/** The list of messages after the first load, which comes after the connection. */
export const FILLED_LOG = '[role="log"][aria-busy="false"]';

export interface Arrival extends BrowserContextOptions {
  /** Query parameters that replace those of the site's address. */
  parameters?: Record<string, string>;
  /** Called before the page is opened. */
  prepare?: (context: BrowserContext) => Promise<unknown>;
  /** Signs in as an existing person; by default, the visitor is new. */
  token?: string;
  /** When the page counts as opened; by default after its scripts have run. */
  waitUntil?: 'commit' | 'load';
  /** Whether to save a trace if the test fails. Tracing slows down tests with hundreds of steps. */
  traced?: boolean;
}

/** A visitor with their own browser profile. */
export class Visitor {
  readonly page: Page;
  /** The page's console errors, warnings and uncaught exceptions. */
  readonly complaints: string[] = [];
  /** Origins to which the page has sent requests. */
  readonly origins = new Set<string>();
  readonly #context: BrowserContext;
  readonly #url: string;

  static async arrive(
    browser: Browser,
    site: Pick<Site, 'url'>,
    { parameters = {}, prepare, token, waitUntil = 'load', traced = true, ...options }: Arrival = {},
  ): Promise<Visitor> {
    const context = traced ? await openContext(browser, options) : await browser.newContext(options);
    await prepare?.(context);
    await context.addInitScript(() =>
      document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) =>
        console.error(`Content Security Policy: ${effectiveDirective} forbids ${blockedURI}`),
      ),
    );
    if (token !== undefined) {
      const key = tokenKey(site.url, database);
      await context.addInitScript(([key, token]) => localStorage.setItem(key, token), [key, token] as const);
    }
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    const url = new URL(site.url);
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    const visitor = new Visitor(context, page, url.href);
    await page.goto(url.href, { waitUntil });
    return visitor;
  }

  private constructor(context: BrowserContext, page: Page, url: string) {
    this.#context = context;
    this.#url = url;
    this.page = page;
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') this.complaints.push(message.text());
    });
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    context.on('request', (request) => this.#note(request.url()));
    page.on('websocket', (socket) => this.#note(socket.url()));
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
    // On the first visit, the field is shown in place of the button.
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
    await closeContext(this.#context);
  }
}
