import { Identity } from 'spacetimedb';
import { QueryError, type LiveStatus } from 'spacetimedb-stores';
import type { ChatMessage, ChatUser } from 'spacetimedb-stores/chat';
import { guestName } from '../../spacetimedb/src/guest-names.ts';
import { Unread } from '../lib/session/unread.svelte.ts';
import type { ChatSession } from '../lib/session/chat-session.svelte.ts';

/** Fixtures: people and messages with default values for everything a test does not set. */

export function user(name: string | undefined, parts: Partial<ChatUser> = {}): ChatUser {
  const id =
    parts.id ??
    [...(name ?? 'nobody')]
      .map((c) => c.charCodeAt(0).toString(16))
      .join('')
      .padEnd(64, '0');
  const identity = Identity.fromString(id.slice(0, 64));
  return { id, identity, name, label: name ?? guestName(id), online: true, isMe: false, ...parts };
}

let made = 0;

export function message(author: ChatUser, text: string, parts: Partial<ChatMessage> = {}): ChatMessage {
  made++;
  return {
    key: `message-${made}`,
    author,
    text,
    // A minute apart.
    sent: new Date(2026, 2, 14, 9, made),
    mine: author.isMe,
    status: 'sent',
    ...parts,
  };
}

/** A session in an empty room with a working connection. */
export function chatSessionWith(parts: Partial<ChatSession>): ChatSession {
  return {
    status: { status: 'connected', attempt: 0 },
    messages: [],
    messagesStatus: liveStatus('ready'),
    history: { isLoading: false, reachedStart: true, hiddenCount: 0 },
    users: [],
    onlineCount: parts.users?.filter(({ online }) => online).length ?? 0,
    me: undefined,
    roles: new Map(),
    title: undefined,
    member: () => ({ since: undefined }),
    features: undefined,
    draft: undefined,
    unread: new Unread(),
    mentions: 0,
    unsent: [],
    welcome: false,
    onsend: () => Promise.resolve(),
    onresend: () => {},
    ondiscard: () => {},
    onrename: () => Promise.resolve(),
    onwelcomed: () => {},
    onloadolder: () => Promise.resolve(),
    onloadsince: () => Promise.resolve(undefined),
    onretry: () => {},
    onnewperson: () => {},
    ...parts,
  };
}

/** A promise and the functions that settle it. */
export function deferred(): { promise: Promise<void>; resolve: () => void; reject: (error: Error) => void } {
  let resolve!: () => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<void>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

/** The status of the messages. `message` is that of the error, if `status` is `error`. */
export function liveStatus(status: LiveStatus['status'], message = ''): LiveStatus {
  return {
    status,
    isLoading: status === 'loading',
    isReady: status === 'ready',
    isStale: status === 'stale',
    ...(status === 'error' && { error: new QueryError('refused', message) }),
  };
}
