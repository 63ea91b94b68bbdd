/** A room with this repository's module on an embedded host, for tests of the features. */
import { fileURLToPath } from 'node:url';
import { startHost, type StartedHost, type StartHostOptions } from 'spacetimedb-host';
import { expect, onTestFinished, vi } from 'vitest';
import { DbConnection } from '../../web/module_bindings/index.ts';
import { createChat, createFeatures, type ChatMessage } from '../src/chat/index.ts';
import { connect, memoryTokens, type ConnectOptions, type Readable } from '../src/index.ts';
import { record } from './set-up.ts';

const MODULE = fileURLToPath(new URL('../../spacetimedb', import.meta.url));

export const slow = { timeout: 30_000, interval: 5 };

/** Opens a room without limits. It closes at the end of the test. */
export async function openRoom(options: Partial<StartHostOptions> = {}) {
  const source = options.program === undefined ? { module: MODULE } : {};
  let host: StartedHost = await startHost({ ...source, name: 'room', ...options });
  onTestFinished(() => host.stop());
  host.call('set_flood_limits', {
    burst: 0,
    per_minute: 0,
    newcomer_burst: 0,
    newcomer_per_minute: 0,
    newcomer_minutes: 0,
    repeats: 0,
    connections: 0,
  });
  host.call('set_room_limits', { messages_per_second: 0, message_burst: 0, names_per_minute: 0 });
  return {
    get host() {
      return host;
    },
    /** The port must be free again. */
    async restart() {
      const { port } = host;
      await host.stop();
      host = await startHost({ ...source, name: 'room', ...options, port });
    },
  };
}

/** A person at a page, whose messages are shown. */
export async function join(
  { host }: { readonly host: StartedHost },
  name: string,
  { token, ...options }: ConnectOptions & { readonly token?: string } = {},
) {
  const connection = connect(
    () => DbConnection.builder().withUri(host.uri).withDatabaseName('room').withToken(token),
    {
      connectOnServer: true,
      tokens: memoryTokens(),
      unsubscribeDelayMs: 0,
      backoff: { minDelayMs: 20, maxDelayMs: 100 },
      ...options,
    },
  );
  onTestFinished(connection.close);
  const chat = createChat(connection);
  const features = createFeatures(connection, chat);
  const messages = record(chat.messages);
  record(chat.users);
  record(chat.onlineUsers);
  record(features.isAvailable);
  await until(chat.messages.status, ({ isReady }) => isReady);
  if (name !== '') await chat.setName(name);
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
    /** Subscribes to the details of a message. */
    watch: (message: ChatMessage) => record(features.details(message)),
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
