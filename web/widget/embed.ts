/**
 * The script of the page that shows the chat in an `<iframe>`. It reads the element's attributes from the
 * page's URL and reports its size and the number of unread messages to the embedding page.
 */
import { resolveSiteAddress, addressFromConfig } from '../lib/session/server-address.ts';
import { en } from '../lib/i18n/en.ts';
import { loadStrings, preferredLanguage } from '../lib/i18n/languages.ts';
import { translate } from '../lib/i18n/translate.ts';
import type { SpacetimedbChatElement } from './spacetimedb-chat.d.ts';

/** Attributes that may be set in the URL. */
const names = [
  'uri',
  'database',
  'mode',
  'side',
  'theme',
  'token-storage',
  'heading',
  'label',
  'launcher-text',
  'eager',
  'lang',
];

const parameters = new URLSearchParams(location.search);
const chat: SpacetimedbChatElement = document.createElement('spacetimedb-chat');
// The page around the iframe cannot be asked for its language.
document.documentElement.lang = preferredLanguage();
for (const name of names) {
  const value = parameters.get(name);
  if (value !== null) chat.setAttribute(name, value);
}

/**
 * Returns the origin named in the URL if the embedding page has it, otherwise undefined, so that other pages receive
 * nothing. Some browsers do not say which page embeds this one; they deliver messages only to the named origin.
 */
function embedder(): string | undefined {
  const named = parameters.get('origin');
  if (parent === window || named === null || !isOrigin(named)) return undefined;
  const actual =
    location.ancestorOrigins?.[0] ?? (document.referrer === '' ? named : new URL(document.referrer).origin);
  return named === actual ? named : undefined;
}

/** Whether it names one origin: messages to `*` are delivered to all. */
function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text;
}

const origin = embedder();

function tell(type: 'size' | 'unread', detail: Record<string, unknown>): void {
  if (origin !== undefined) parent.postMessage({ type: `spacetimedb-chat:${type}`, ...detail }, origin);
}

/** Has the size that an open launcher needs, whatever the iframe's size is now. */
const openSize = document.createElement('div');
openSize.className = 'open-size';
document.body.append(openSize);

/** The launcher and what is shown beside it while the panel is closed. */
function launcherParts(): HTMLElement[] {
  return [...(chat.shadowRoot?.querySelectorAll<HTMLElement>('.root > [part]:not([part=panel])') ?? [])];
}

/** The box of an element without the scale that the pointer gives it, which keeps its centre. */
function unscaledBox(element: HTMLElement): { left: number; right: number; top: number } {
  const { left, right, top, bottom } = element.getBoundingClientRect();
  const { offsetWidth, offsetHeight } = element;
  return {
    left: (left + right - offsetWidth) / 2,
    right: (left + right + offsetWidth) / 2,
    top: (top + bottom - offsetHeight) / 2,
  };
}

/** Rounds up, but ignores the rounding error of dividing by an animation's scale. */
function wholePixels(length: number): number {
  return Math.ceil(length - 0.01);
}

/** Returns the size that shows everything: the whole panel, or the launcher with its distance from the corner. */
function size(): { width: number; height: number } {
  if (chat.mode === 'inline') return { width: innerWidth, height: innerHeight };
  if (chat.opened) return { width: openSize.offsetWidth, height: openSize.offsetHeight };
  const isLeftToRight = chat.shadowRoot?.querySelector('.root')?.getAttribute('dir') !== 'rtl';
  const atRight = (chat.side === 'end') === isLeftToRight;
  const boxes = launcherParts().map(unscaledBox);
  const widths = boxes.map(({ left, right }) => (atRight ? 2 * innerWidth - left - right : left + right));
  return {
    width: wholePixels(Math.max(0, ...widths)),
    height: wholePixels(Math.max(0, ...boxes.map(({ top }) => innerHeight - top))),
  };
}

let toldSize = '';
function tellSize(): void {
  const now = { ...size(), opened: chat.mode === 'inline' || chat.opened };
  if (now.width === 0 || toldSize === (toldSize = JSON.stringify(now))) return;
  tell('size', now);
}

chat.addEventListener('unread', ({ detail }) => tell('unread', { count: detail.count }));
chat.addEventListener('openedchange', tellSize);
addEventListener('resize', tellSize);

// The launcher appears once the strings of its language are loaded, and may change its size.
const launcherSizes = new ResizeObserver(tellSize);
const rendered = new MutationObserver(() => {
  const root = chat.shadowRoot?.querySelector('.root');
  if (!root) return;
  rendered.observe(root, { childList: true });
  for (const part of launcherParts()) launcherSizes.observe(part);
  tellSize();
});
if (chat.shadowRoot) rendered.observe(chat.shadowRoot, { childList: true });

// The page named in the URL may open and close the panel.
addEventListener('message', (event: MessageEvent<unknown>) => {
  if (origin === undefined || event.origin !== origin || event.source !== parent) return;
  const { data } = event;
  const type = typeof data === 'object' && data !== null && 'type' in data ? data.type : undefined;
  if (type === 'spacetimedb-chat:open') chat.open();
  if (type === 'spacetimedb-chat:close') chat.close();
});

/**
 * Returns the server named in the URL if it is not the site's own and the page is not in an iframe, to show its name.
 *
 * @throws {AddressError} if the server is not allowed or the settings are invalid
 */
async function foreignServer(): Promise<string | undefined> {
  const uri = parameters.get('uri');
  const page = new URL(location.href);
  if (uri === null || uri === '') return undefined;
  const file = await addressFromConfig('../config.json', fetch);
  // The element's default server is the origin of this script; the site's own server is trusted too.
  const { where, unknown = false, servers } = file;
  const known: unknown = Array.isArray(servers) && file.uri !== undefined ? [...servers, file.uri] : servers;
  const own = [{ where, unknown, uri: page.origin, ...(known !== undefined && { servers: known }) }];
  const { foreign } = resolveSiteAddress([{ where: "in this page's URL", uri }], own, page);
  return parent === window && foreign !== undefined ? foreign : undefined;
}

/** The texts in the language of the chat. */
const texts = loadStrings(parameters.get('lang') ?? document.documentElement.lang).catch(() => en);

function say(text: string, role: 'note' | 'alert'): void {
  const banner = document.createElement('p');
  banner.role = role;
  banner.textContent = text;
  document.body.prepend(banner);
  new ResizeObserver(() => {
    document.body.style.setProperty('--banner-height', `${banner.offsetHeight}px`);
  }).observe(banner);
}

foreignServer().then(
  async (foreign) => {
    if (foreign !== undefined) say(`${(await texts).chat} ${(await texts).onServer(foreign)}`, 'note');
    document.body.append(chat);
  },
  async (error: Error) => say(translate(error.message, await texts), 'alert'),
);
