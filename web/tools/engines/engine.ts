/** The interface of a browser engine for tests, and a person who uses it. */
import { setTimeout as pause } from 'node:timers/promises';

export interface Size {
  width: number;
  height: number;
}

/** A page in its own browser profile. */
export interface EnginePage {
  goto(url: string): Promise<void>;
  /** Runs a function in the page. It and its arguments are sent as text and JSON. */
  evaluate<Args extends unknown[], Result>(
    run: (...args: Args) => Result | Promise<Result>,
    ...args: Args
  ): Promise<Result>;
  clickAt(x: number, y: number): Promise<void>;
  /** Types into the field that has the focus. */
  type(text: string): Promise<void>;
  /** Presses a key, such as `Enter` or `Shift+Enter`. */
  press(key: string): Promise<void>;
  resize(size: Size): Promise<void>;
  screenshot(file: string): Promise<void>;
  close(): Promise<void>;
}

/** A browser that is running. */
export interface Engine {
  open(size: Size): Promise<EnginePage>;
  /** Ends the browser and all its processes, also if it hangs. */
  close(): Promise<void>;
}

interface Target {
  css: string;
  /** Text that the element contains. */
  text?: string;
  /** Selector of the element whose shadow root is searched instead of the document. */
  host?: string;
}

/** How long to wait for anything, in milliseconds. */
const PATIENCE = 30_000;

/** Calls `check` until it returns something other than `undefined` or `false`. */
export async function until<T>(what: string, check: () => Promise<T | undefined | false>): Promise<T> {
  const end = Date.now() + PATIENCE;
  for (;;) {
    const found = await check();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > end) throw new Error(`Waited ${PATIENCE / 1000} s in vain: ${what}`);
    await pause(50);
  }
}

/** Someone at the site or at a page with the widget. */
export class EnginePerson {
  readonly page: EnginePage;
  readonly #host: string | undefined;

  /** @param host selector of the widget; the site itself by default */
  constructor(page: EnginePage, host?: string) {
    this.page = page;
    this.#host = host;
  }

  /** Waits for a visible element. Returns its box and text. */
  find(
    css: string,
    text?: string,
  ): Promise<{ x: number; y: number; width: number; height: number; text: string }> {
    const target: Target = {
      css,
      ...(text !== undefined && { text }),
      ...(this.#host !== undefined && { host: this.#host }),
    };
    return until(`${css} ${text ?? ''}`, () =>
      this.page.evaluate(locate, target).then((box) => box ?? undefined),
    );
  }

  /** Waits until no element matches. */
  async gone(css: string, text?: string): Promise<void> {
    const host = this.#host;
    await until(`no ${css} ${text ?? ''}`, async () => {
      const target = { css, ...(text !== undefined && { text }), ...(host !== undefined && { host }) };
      return (await this.page.evaluate(locate, target)) === null;
    });
  }

  async click(css: string, text?: string): Promise<void> {
    const { x, y, width, height } = await this.find(css, text);
    await this.page.clickAt(Math.round(x + width / 2), Math.round(y + height / 2));
  }

  /** Waits until the element that matches has the focus. */
  async focused(css: string): Promise<void> {
    const host = this.#host ?? null;
    await until(`focus in ${css}`, () =>
      this.page.evaluate(
        (css, host) => {
          const root = host === null ? document : document.querySelector(host)?.shadowRoot;
          return root?.activeElement?.matches(css) === true;
        },
        css,
        host,
      ),
    );
  }

  async connected(): Promise<void> {
    await this.find('textarea[name=text]');
    await until('a connection', () =>
      this.page.evaluate((host) => {
        const root = host === null ? document : document.querySelector(host)?.shadowRoot;
        return root?.querySelector('[role=log]')?.getAttribute('aria-busy') === 'false';
      }, this.#host ?? null),
    );
  }

  /** Chooses a name in the form of the first visit. */
  async join(name: string): Promise<void> {
    await this.click('input[name=name]');
    await this.focused('input[name=name]');
    await this.page.type(name);
    await this.page.press('Enter');
    await this.gone('input[name=name]');
  }

  async write(text: string): Promise<void> {
    await this.click('textarea[name=text]');
    await this.focused('textarea[name=text]');
    await this.page.type(text);
    await this.page.press('Enter');
    await this.find('[role=log] article:not([aria-busy])', text);
  }

  sees(text: string): Promise<{ text: string }> {
    return this.find('[role=log] article', text);
  }
}

/** Runs in the page: the last visible element that matches, scrolled into view. */
function locate({ css, text, host }: Target) {
  const root = host === undefined ? document : document.querySelector(host)?.shadowRoot;
  const found = [...(root?.querySelectorAll(css) ?? [])].findLast(
    (element) =>
      element.checkVisibility({ visibilityProperty: true }) &&
      (text === undefined || element.textContent.includes(text)),
  );
  if (!found) return null;
  found.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  const { x, y, width, height } = found.getBoundingClientRect();
  return { x, y, width, height, text: found.textContent };
}
