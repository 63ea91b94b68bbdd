import { NotConnectedError } from 'spacetimedb-stores';
import type { ChatMessage, ChatUser } from 'spacetimedb-stores/chat';
import { flushSync } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fakeStore } from '../../testing/fake-features.ts';
import { message, user } from '../../testing/fixtures.ts';
import { chatSession, type ChatSession, type ChatSessionOptions } from './chat-session.svelte.ts';
import type { OpenChat } from './open-chat.ts';

const [ada, me] = [user('Ada', { online: false }), user('Me', { isMe: true })];
const stops: (() => void)[] = [];

// Parts that load after the first messages were painted are not loaded.
beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

function start(options: Partial<ChatSessionOptions> = {}): ChatSession {
  let session!: ChatSession;
  stops.push(
    $effect.root(() => {
      session = chatSession({
        open: () => undefined,
        storageKey: () => 'host/room',
        welcomed: false,
        notStarted: 'Not started',
        ...options,
      });
    }),
  );
  flushSync();
  return session;
}

function fakeChat(messages: readonly ChatMessage[] = [], self: ChatUser | undefined = me) {
  const chat = {
    messages: fakeStore(messages),
    users: fakeStore([ada, me]),
    onlineUsers: fakeStore([me]),
    me: fakeStore<ChatUser | undefined>(self),
    status: fakeStore({ status: 'connected', attempt: 0 }),
    history: fakeStore({ isLoading: true, reachedStart: false, hiddenCount: 3 }),
    sendMessage: vi.fn(() => Promise.resolve()),
    retry: vi.fn(() => Promise.resolve()),
    discard: vi.fn(),
    setName: vi.fn(() => Promise.resolve()),
    loadOlder: vi.fn(() => Promise.resolve(true)),
    loadUntil: vi.fn(() => Promise.resolve(true)),
  };
  const connection = { retry: vi.fn(), resetIdentity: vi.fn() };
  return { chat, connection, open: () => ({ chat, connection }) as unknown as OpenChat };
}

it('is empty before the chat is open, and rejects actions that need it', async () => {
  const session = start();
  expect(session).toMatchObject({
    status: { status: 'idle', attempt: 0 },
    messages: [],
    messagesStatus: { status: 'idle', isLoading: false, isReady: false, isStale: false },
    history: { isLoading: false, reachedStart: true, hiddenCount: 0 },
    users: [],
    onlineCount: 0,
    me: undefined,
    roles: new Map(),
    title: undefined,
    features: undefined,
    mentions: 0,
    unsent: [],
    welcome: true,
  });
  expect(session.member(ada)).toEqual({ since: undefined });
  for (const attempt of [
    session.onsend('hello'),
    session.onrename('Ada'),
    session.onloadolder(),
    session.onloadsince(new Date()),
  ]) {
    await expect(attempt).rejects.toThrow(new NotConnectedError('Not started'));
  }
  session.onresend(message(me, 'hello'));
  session.ondiscard(message(me, 'hello'));
  session.onretry();
  session.onnewperson();
});

it('shows the chat, and forwards the reader’s actions', async () => {
  const [hello, failed] = [message(ada, 'Hello'), message(me, 'lost', { status: 'failed' })];
  const { chat, connection, open } = fakeChat([hello, failed]);
  chat.sendMessage.mockRejectedValue(new Error('refused'));
  const session = start({ open });
  expect(session).toMatchObject({
    status: { status: 'connected' },
    messages: [hello, failed],
    messagesStatus: { status: 'ready' },
    history: { hiddenCount: 3 },
    users: [ada, me],
    onlineCount: 1,
    me,
    unsent: ['lost'],
  });
  // The message itself shows that it failed.
  await session.onsend('Hi', hello);
  expect(chat.sendMessage).toHaveBeenCalledExactlyOnceWith('Hi', { replyTo: hello });
  session.onresend(failed);
  expect(chat.retry).toHaveBeenCalledExactlyOnceWith(failed);
  session.ondiscard(failed);
  expect(chat.discard).toHaveBeenCalledExactlyOnceWith(failed);
  await session.onrename('I');
  expect(chat.setName).toHaveBeenCalledExactlyOnceWith('I');
  expect(await session.onloadolder()).toBe(true);
  session.onretry();
  expect(connection.retry).toHaveBeenCalledOnce();
  session.onnewperson();
  expect(connection.resetIdentity).toHaveBeenCalledOnce();
});

it('accepts no message before the server has greeted the reader', async () => {
  const { chat, open } = fakeChat();
  chat.me.set(undefined);
  await expect(start({ open }).onsend('Hi')).rejects.toThrow('Not started');
  expect(chat.sendMessage).not.toHaveBeenCalled();
});

it('returns the first message since a time that the server has', async () => {
  const [old, since, later] = [message(ada, 'old'), message(ada, 'since'), message(ada, 'later')];
  const pending = message(me, 'pending', { status: 'pending', sent: since.sent });
  const { chat, open } = fakeChat([old, pending, since, later]);
  const session = start({ open });
  expect(await session.onloadsince(since.sent)).toBe(since);
  expect(chat.loadUntil).toHaveBeenCalledExactlyOnceWith(since.sent);
  chat.loadUntil.mockResolvedValue(false);
  await expect(session.onloadsince(since.sent)).rejects.toThrow('Not started');
});

describe('the welcome', () => {
  it('is shown until it was answered, in this browser', () => {
    const session = start();
    expect(session.welcome).toBe(true);
    session.onwelcomed();
    expect(session.welcome).toBe(false);
    expect(start().welcome).toBe(false);
    expect(start({ storageKey: () => 'host/other' }).welcome).toBe(true);
  });

  it('is never shown to people with a name', () => {
    expect(start({ open: fakeChat().open }).welcome).toBe(false);
    expect(start().welcome).toBe(false);
    localStorage.clear();
    expect(start({ open: fakeChat([], user(undefined, { isMe: true })).open }).welcome).toBe(true);
  });

  it.each([true, false])('is skipped on request (%s) if nothing can be stored', (welcomed) => {
    const session = start({ storageKey: () => false, welcomed });
    expect(session.welcome).toBe(!welcomed);
    session.onwelcomed();
    expect(session.welcome).toBe(false);
    expect(localStorage).toHaveLength(0);
  });
});

describe('the draft', () => {
  it('belongs to the room, once the room is known', async () => {
    let room = $state<string>();
    const session = start({ storageKey: () => room });
    await vi.advanceTimersByTimeAsync(0);
    expect(session.draft).toBeUndefined();
    room = 'host/room';
    flushSync();
    await vi.waitFor(() => expect(session.draft).toBeDefined());
    session.draft?.save('half a sen', []);
    room = 'host/other';
    flushSync();
    expect(session.draft).toBeUndefined();
    await vi.waitFor(() => expect(session.draft?.load()).toBe(''));
  });

  it('is not stored if nothing may be stored', () => {
    const { draft } = start({ storageKey: () => false });
    draft?.save('half a sen', []);
    expect(draft?.load()).toBe('');
    expect(localStorage).toHaveLength(0);
  });
});

it.each([
  ['host/room' as const, ['spacetimedb-chat:read:host/room']],
  [false as const, []],
])('remembers what was read in the room %s under %j', (room, keys) => {
  const { unread } = start({ storageKey: () => room });
  unread.update([message(ada, 'Hello')], true);
  expect(Object.keys(localStorage)).toEqual(keys);
});

it.each([
  ['"Lounge"', 'Lounge'],
  ['""', undefined],
  ['7', undefined],
])('shows the title of the last visit: %s is %s', (saved, title) => {
  localStorage.setItem('spacetimedb-chat:title:host/room', saved);
  expect(start().title).toBe(title);
});
