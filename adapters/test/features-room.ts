/** A room on an embedded host with the module of the tests, and people at its pages. */
import { fileURLToPath } from 'node:url';
import { startHost, type StartedHost } from 'spacetimedb-host';
import { expect, onTestFinished, vi } from 'vitest';
import { createChat, createFeatures, type ChatMessage, type ChatOptions } from '../src/chat/index.ts';
import { connect, memoryTokens, type ConnectOptions, type Readable } from '../src/index.ts';
import { DbConnection } from './module_bindings/index.ts';
import { record } from './set-up.ts';

const module = fileURLToPath(new URL('./module', import.meta.url));

export const slow = { timeout: 30_000, interval: 5 };

/** Opens a room, which closes at the end of the test. */
export async function openRoom() {
  const host = await startHost({ module, name: 'room' });
  onTestFinished(() => host.stop());
  return host;
}

/** A person at a page, whose messages are shown. */
export async function join(
  host: StartedHost,
  name: string,
  { chat: chatOptions, ...options }: ConnectOptions & { readonly chat?: ChatOptions } = {},
) {
  const connection = connect(() => DbConnection.builder().withUri(host.uri).withDatabaseName('room'), {
    connectOnServer: true,
    tokens: memoryTokens(),
    unsubscribeDelayMs: 0,
    backoff: { minDelayMs: 20, maxDelayMs: 100 },
    ...options,
  });
  onTestFinished(connection.close);
  const chat = createChat(connection, chatOptions);
  const features = createFeatures(connection, chat);
  const messages = record(chat.messages);
  record(chat.users);
  record(chat.onlineUsers);
  record(features.isAvailable);
  await until(chat.messages.status, ({ isReady }) => isReady);
  await chat.setName(name);
  await until(features.isAvailable, Boolean);
  const message = (text: string): ChatMessage => {
    const found = chat.messages.get().find((message) => message.text === text);
    if (!found) throw new Error(`${name} does not see “${text}”`);
    return found;
  };
  return {
    connection,
    chat,
    features,
    messages,
    /** The message with a text. */
    message,
    /** Waits until a message with a text is here. */
    async sees(text: string): Promise<ChatMessage> {
      await until(chat.messages, (list) => list.some((message) => message.text === text));
      return message(text);
    },
    /** Subscribes to the details of the message with a text, and waits until they are here. */
    async watch(text: string) {
      const details = features.details(await this.sees(text));
      const recorded = record(details);
      await until(details.status, ({ isReady }) => isReady);
      return { ...recorded, get: details.get, details };
    },
  };
}

/** Waits until a store has a value that passes. */
export function until<T>(store: Readable<T>, test: (value: T) => boolean): Promise<void> {
  return vi.waitFor(() => expect(test(store.get()), JSON.stringify(plain(store.get()))).toBe(true), slow);
}

function plain(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? `${part}` : part)) ?? 'null',
  );
}
