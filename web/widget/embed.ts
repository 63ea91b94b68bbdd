/**
 * The script of the page that shows the chat in an `<iframe>`: takes the element's attributes from the page's address,
 * and tells the page around it how large it is and what is unread.
 */
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

/** What a launcher takes, its distance from the corner included; all that there is for a panel in its place. */
function tellSize(): void {
  const root = chat.shadowRoot;
  const parts =
    chat.mode === 'launcher'
      ? root?.querySelectorAll('[part=launcher], [part=panel]:not([inert])')
      : undefined;
  const boxes = [...(parts ?? [])].map((part) => part.getBoundingClientRect());
  const end = getComputedStyle(root?.querySelector('.root') ?? chat).direction === 'rtl' ? 'left' : 'right';
  const start = (chat.side === 'end') === (end === 'right') ? 'right' : 'left';
  const width = Math.max(
    0,
    ...boxes.map((box) =>
      start === 'right' ? innerWidth - box.left + (innerWidth - box.right) : box.left + box.right,
    ),
  );
  const height = Math.max(0, ...boxes.map((box) => innerHeight - box.top));
  const inline = chat.mode === 'inline';
  tell('size', {
    width: inline ? innerWidth : Math.ceil(width),
    height: inline ? innerHeight : Math.ceil(height),
    opened: inline || chat.opened,
  });
}

chat.addEventListener('unread', ({ detail }) => tell('unread', { count: detail.count }));
chat.addEventListener('openedchange', tellSize);
chat.addEventListener('statuschange', tellSize, { once: true });
addEventListener('resize', tellSize);

// The page around may open and close it, if it is the one that the address names.
addEventListener('message', (event: MessageEvent<unknown>) => {
  if (origin === undefined || event.origin !== origin || event.source !== parent) return;
  const { data } = event;
  const type = typeof data === 'object' && data !== null && 'type' in data ? data.type : undefined;
  if (type === 'spacetimedb-chat:open') chat.open();
  if (type === 'spacetimedb-chat:close') chat.close();
});

document.body.append(chat);
