/** The writers in the fault tests: a page with our stores, and a program with the bare SDK. */
import { setTimeout as wait } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { createChat, type ChatMessage } from '../../adapters/src/chat/index.ts';
import { connect, memoryTokens } from '../../adapters/src/index.ts';
import { DbConnection } from '../../web/module_bindings/index.ts';
import { join, subscribe, type Person } from './server.ts';

/** The stores' timeouts are divided by this: a connection has one second to answer and three to open. */
const HURRY = 5;
/** Divides the time after which the stores check a silent server, normally 30 seconds. */
const HURRY_LONG = 20;
/** Milliseconds. */
const PATIENCE = 3_000;

export const DATABASE = 'chat';

/** A page that shows the room. */
export class Page {
  readonly name: string;
  /** Every text sent, in order. */
  readonly sent: string[] = [];
  /** Texts that failed at least once. */
  readonly failed = new Set<string>();
  /** Texts that were confirmed. */
  readonly confirmed = new Set<string>();
  readonly #window = new EventTarget();
  readonly #connection;
  readonly #chat;

  constructor(name: string, uri: string) {
    this.name = name;
    this.#connection = connect(() => DbConnection.builder().withUri(uri).withDatabaseName(DATABASE), {
      connectOnServer: true,
      tokens: memoryTokens(),
      unsubscribeDelayMs: 0,
      backoff: { minDelayMs: 20, maxDelayMs: 200 },
      environment: {
        window: this.#window,
        setTimeout: (run, ms) =>
          setTimeout(run, ms >= 30_000 ? ms / HURRY_LONG : ms >= 1_000 ? ms / HURRY : ms),
      },
    });
    this.#chat = createChat(this.#connection);
    const stops = [this.#chat.messages, this.#chat.users].map((store) => store.subscribe(() => undefined));
    onTestFinished(() => {
      stops.forEach((stop) => stop());
      this.#connection.close();
    });
  }

  get messages(): readonly ChatMessage[] {
    return this.#chat.messages.get();
  }

  get texts(): string[] {
    return this.messages.map(({ text }) => text);
  }

  /** A description of the state, for failed expectations. */
  get state(): string {
    const { status, error } = this.#connection.status.get();
    return `${status}, ${this.#chat.messages.status.get().status} ${error?.message ?? ''}`.trim();
  }

  get isReady(): boolean {
    return this.state === 'connected, ready';
  }

  send(): void {
    const text = `${this.name} ${this.sent.length}`;
    this.sent.push(text);
    this.#settle(text, this.#chat.sendMessage(text));
  }

  /** Sends everything that failed again, one after the other, as its author would. */
  async retryFailed(): Promise<void> {
    for (let message; (message = this.messages.find(({ status }) => status === 'failed'));) {
      const { text } = message;
      // It may fail again on a connection that turns out to be half open.
      await this.#chat.retry(message).then(
        () => this.confirmed.add(text),
        () => undefined,
      );
    }
  }

  /** Like the browser's `online` event: the page checks whether its connection is alive. */
  wake(): void {
    this.#window.dispatchEvent(new Event('online'));
  }

  #settle(text: string, call: Promise<void>): void {
    call.then(
      () => this.confirmed.add(text),
      () => this.failed.add(text),
    );
  }
}

/** A program that reconnects by itself and never sends anything twice. */
export class Program {
  readonly sent: string[] = [];
  readonly confirmed = new Set<string>();
  readonly #name: string;
  readonly #uri: string;
  #person: Person | undefined;
  #token: string | undefined;
  #rows: readonly string[] = [];

  constructor(name: string, uri: string) {
    this.#name = name;
    this.#uri = uri;
    onTestFinished(() => this.leave());
  }

  /** The texts that it last read, in the order of the server's clock. */
  get texts(): readonly string[] {
    return this.#rows;
  }

  /** Sends one message, on a new connection if necessary. Never rejects. */
  async send(): Promise<void> {
    const text = `${this.#name} ${this.sent.length}`;
    try {
      const person = await this.#join();
      this.sent.push(text);
      await inTime(person.connection.reducers.sendMessage({ text }));
      this.confirmed.add(text);
    } catch {
      this.leave();
    }
  }

  /** Reads the room on a new connection. */
  async look(): Promise<void> {
    this.leave();
    const person = await this.#join();
    await inTime(subscribe(person, 'SELECT * FROM message'));
    this.#rows = [...person.connection.db.message.iter()]
      .sort((a, b) => Number(a.sent.microsSinceUnixEpoch - b.sent.microsSinceUnixEpoch))
      .map(({ text }) => text);
  }

  leave(): void {
    this.#person?.connection.disconnect();
    this.#person = undefined;
  }

  async #join(): Promise<Person> {
    if (this.#person) return this.#person;
    const server = { uri: this.#uri, database: DATABASE, stop: () => Promise.resolve() };
    const joining = join(server, {
      compression: 'none',
      confirmedReads: true,
      ...(this.#token === undefined ? {} : { token: this.#token }),
    });
    try {
      this.#person = await inTime(joining);
    } catch (error) {
      // Close a connection that opens too late.
      joining.then(
        ({ connection }) => connection.disconnect(),
        () => undefined,
      );
      throw error;
    }
    this.#token = this.#person.token;
    return this.#person;
  }
}

/** The SDK waits forever for answers on a dead connection. */
function inTime<T>(promise: Promise<T>): Promise<T> {
  const late = wait(PATIENCE, undefined, { ref: false }).then(() => {
    throw new Error('No answer');
  });
  return Promise.race([promise, late]);
}
