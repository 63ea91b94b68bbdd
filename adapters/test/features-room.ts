/** A room on an embedded host with the module of the tests, and people at its pages. */
import { fileURLToPath } from 'node:url';
import { Timestamp } from 'spacetimedb';
import { bundleModule, startHost, type StartedHost } from 'spacetimedb-host';
import { expect, onTestFinished, vi } from 'vitest';
import { createChat, createFeatures, type ChatMessage, type ChatOptions } from '../src/chat/index.ts';
import { connect, memoryTokens, type ConnectOptions, type Readable, type SocketLike } from '../src/index.ts';
import { DbConnection } from './module_bindings/index.ts';
import { record, silenceSdk } from './set-up.ts';

/** The module of the tests, bundled once for all rooms. */
const program = bundleModule(fileURLToPath(new URL('./module', import.meta.url)));

const DAY_MS = 86_400_000;

export const slow = { timeout: 30_000, interval: 5 };

/** Opens a room, which closes at the end of the test. */
export async function openRoom() {
  const host = await startHost({
    program: await program,
    name: 'room',
    // Each call with a time limit starts a thread.
    limits: { callMillis: Infinity },
  });
  onTestFinished(() => host.stop());
  return host;
}

/** A person with a page that shows the messages. */
export async function join(
  host: StartedHost,
  name: string,
  { chat: chatOptions, environment, ...options }: ConnectOptions & { readonly chat?: ChatOptions } = {},
) {
  const line = new Line();
  silenceSdk();
  const connection = connect(() => DbConnection.builder().withUri(host.uri).withDatabaseName('room'), {
    connectOnServer: true,
    tokens: memoryTokens(),
    unsubscribeDelayMs: 0,
    backoff: { minDelayMs: 20, maxDelayMs: 100 },
    environment: { openSocket: line.open, ...environment },
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
    line,
    /** Breaks the connection and waits until that is noticed. */
    async lose() {
      line.cut();
      await until(connection.status, ({ status }) => status === 'reconnecting');
    },
    /** Reconnects and waits until everything has arrived. */
    async recover() {
      line.mend();
      connection.retry();
      await until(chat.messages.status, ({ isReady }) => isReady);
    },
    /** Returns the message with the given text. */
    message,
    texts: () => chat.messages.get().map(({ text }) => text),
    /** Inserts messages that look as if they were sent that many days ago. */
    writeDaysAgo: (days: number, ...texts: string[]) =>
      connection.call(({ reducers }) =>
        reducers.writeHistory({ until: Timestamp.fromDate(new Date(Date.now() - days * DAY_MS)), texts }),
      ),
    /** How many rows of a table are in the SDK's cache. */
    cached: (table: 'message' | 'reaction') =>
      connection.call(({ db }) => Promise.resolve([...db[table].iter()].length)),
    /** Waits until a message with the given text has arrived. */
    async sees(text: string): Promise<ChatMessage> {
      await until(chat.messages, (list) => list.some((message) => message.text === text));
      return message(text);
    },
    /** Subscribes to the details of the message with the given text, and waits until they have arrived. */
    async watch(text: string) {
      const details = features.details(await this.sees(text));
      const recorded = record(details);
      await until(details.status, ({ isReady }) => isReady);
      return { ...recorded, get: details.get, details };
    },
  };
}

/** A connection to the server that a test can disturb. */
class Line {
  #isCut = false;
  readonly #sockets: SocketLike[] = [];

  readonly open = (url: string, protocols: string[]): SocketLike => {
    if (this.#isCut) throw new Error('The line is cut');
    const socket = new WebSocket(url, protocols) as unknown as SocketLike;
    this.#sockets.push(socket);
    return socket;
  };

  /** The server's messages do not arrive. */
  deafen(): void {
    for (const socket of this.#sockets) socket.onmessage = null;
  }

  /** Our messages do not arrive. */
  mute(): void {
    for (const socket of this.#sockets) socket.send = () => undefined;
  }

  cut(): void {
    this.#isCut = true;
    for (const socket of this.#sockets.splice(0)) socket.close();
  }

  mend(): void {
    this.#isCut = false;
  }
}

/** The times in the column of a query's answer, as text. */
export function timesOf(host: StartedHost, sql: string): string[] {
  return host.sql(sql).rows.map(([time]) => String(Object.values(time as object)[0]));
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
