/**
 * The script of the page that shows the chat in an `<iframe>`: takes the element's attributes from the page's address,
 * and tells the page around it how large it is and what is unread.
 */
import { resolveSiteAddress, addressFromConfig } from '../lib/session/server-address.ts';
import type { SpacetimedbChatElement } from './spacetimedb-chat.d.ts';

/** Attributes that the address may name. */
const names = [
  'uri',
  'database',
  'mode',
  'side',
  'theme',
  'token-storage',
  'heading',
  'label',
  'eager',
  'lang',
];

const parameters = new URLSearchParams(location.search);
const chat: SpacetimedbChatElement = document.createElement('spacetimedb-chat');
for (const name of names) {
  const value = parameters.get(name);
  if (value !== null) chat.setAttribute(name, value);
}

/**
 * The origin of the page around this one, if it is the one that the address names. The browser says which it is, the
 * referrer where it does not; to any other page nothing is told.
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

/** What a launcher takes, its distance from the corner included; for a panel in its place, all that there is. */
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
// The panel slides into its place.
chat.shadowRoot?.addEventListener('transitionend', tellSize);
addEventListener('resize', tellSize);

// The page around may open and close it, if it is the one that the address names.
addEventListener('message', (event: MessageEvent<unknown>) => {
  if (origin === undefined || event.origin !== origin || event.source !== parent) return;
  const { data } = event;
  const type = typeof data === 'object' && data !== null && 'type' in data ? data.type : undefined;
  if (type === 'spacetimedb-chat:open') chat.open();
  if (type === 'spacetimedb-chat:close') chat.close();
});

/**
 * What has to be said about the server that the address names: that the site does not allow it, or, where the page's own
 * address is all that one sees, that it is another one.
 *
 * @throws {AddressError} when the chat may not be shown, or cannot be
 */
async function wordsAboutServer(): Promise<string | undefined> {
  const uri = parameters.get('uri');
  const page = new URL(location.href);
  if (uri === null || uri === '') return undefined;
  const file = await addressFromConfig('../config.json', fetch);
  // By itself the element talks to the server that this script comes from; the site's own one is as welcome.
  const { where, unknown = false, servers } = file;
  const known: unknown = Array.isArray(servers) && file.uri !== undefined ? [...servers, file.uri] : servers;
  const own = [{ where, unknown, uri: page.origin, ...(known !== undefined && { servers: known }) }];
  const { foreign } = resolveSiteAddress([{ where: "in this page's address", uri }], own, page);
  return parent === window && foreign !== undefined ? `This chat is on ${foreign}.` : undefined;
}

function say(text: string, role: 'note' | 'alert'): void {
  const words = document.createElement('p');
  words.role = role;
  words.textContent = text;
  document.body.prepend(words);
  new ResizeObserver(() => {
    document.body.style.setProperty('--words-height', `${words.offsetHeight}px`);
  }).observe(words);
}

wordsAboutServer().then(
  (words) => {
    if (words !== undefined) say(words, 'note');
    document.body.append(chat);
  },
  (error: Error) => say(error.message, 'alert'),
);
