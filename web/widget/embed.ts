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
 * Returns the origin of the embedding page if it is the one named in the URL, otherwise undefined: other
 * pages are told nothing. Falls back to the referrer in browsers without `ancestorOrigins`.
 */
function embedder(): string | undefined {
  const named = parameters.get('origin');
  const actual =
    location.ancestorOrigins?.[0] ??
    (document.referrer === '' ? undefined : new URL(document.referrer).origin);
  return parent !== window && named !== null && named === actual ? named : undefined;
}

const origin = embedder();

function tell(type: 'size' | 'unread', detail: Record<string, unknown>): void {
  if (origin !== undefined) parent.postMessage({ type: `spacetimedb-chat:${type}`, ...detail }, origin);
}

/** Returns the size of the launcher including its distance from the corner, or of the whole panel. */
function sizeOf(element: SpacetimedbChatElement): { width: number; height: number } {
  if (element.mode === 'inline') return { width: innerWidth, height: innerHeight };
  const root = element.shadowRoot?.querySelector('.root');
  const parts = root?.querySelectorAll('[part=launcher], [part=panel]:not([inert])') ?? [];
  const atRight = (element.side === 'end') === (root?.getAttribute('dir') !== 'rtl');
  const boxes = [...parts].map((part) => part.getBoundingClientRect());
  const widths = boxes.map(({ left, right }) => (atRight ? 2 * innerWidth - left - right : left + right));
  return {
    width: Math.ceil(Math.max(0, ...widths)),
    height: Math.ceil(Math.max(0, ...boxes.map(({ top }) => innerHeight - top))),
  };
}

function tellSize(): void {
  tell('size', { ...sizeOf(chat), opened: chat.mode === 'inline' || chat.opened });
}

chat.addEventListener('unread', ({ detail }) => tell('unread', { count: detail.count }));
chat.addEventListener('openedchange', tellSize);
chat.addEventListener('statuschange', tellSize, { once: true });
// The panel slides in.
chat.shadowRoot?.addEventListener('transitionend', tellSize);
addEventListener('resize', tellSize);

// The page named in the URL may open and close the panel.
addEventListener('message', (event: MessageEvent<unknown>) => {
  if (origin === undefined || event.origin !== origin || event.source !== parent) return;
  const { data } = event;
  const type = typeof data === 'object' && data !== null && 'type' in data ? data.type : undefined;
  if (type === 'spacetimedb-chat:open') chat.open();
  if (type === 'spacetimedb-chat:close') chat.close();
});

/**
 * Returns the server named in the URL if it is not the site's own and the page is no iframe, to show its name.
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
