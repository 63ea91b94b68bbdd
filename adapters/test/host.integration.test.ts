import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startHost, type StartedHost } from 'spacetimedb-host';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { connect, liveTable, memoryTokens, type ConnectOptions, type TokenStore } from '../src/index.ts';
import { createChat } from '../src/chat/index.ts';
import { DbConnection, tables } from './module_bindings/index.ts';
import { record, silenceSdk } from './set-up.ts';

silenceSdk();
const module = fileURLToPath(new URL('./module', import.meta.url));
const slow = { timeout: 10_000 };

let dataDir: string;
let host: StartedHost;
const closing: (() => void)[] = [];

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'stores-'));
  host = await startHost({ module, name: 'chat', dataDir });
}, 60_000);
afterEach(() => closing.splice(0).forEach((close) => close()));
afterAll(async () => {
  await host.stop();
  await rm(dataDir, { recursive: true, force: true });
});

/** A person with a page: a chat with subscribers to all stores. */
function open(tokens: TokenStore = memoryTokens(), options: ConnectOptions & { database?: string } = {}) {
  const { database = 'chat', ...rest } = options;
  const connection = connect(() => DbConnection.builder().withUri(host.uri).withDatabaseName(database), {
    connectOnServer: true,
    tokens,
    unsubscribeDelayMs: 0,
    backoff: { minDelayMs: 20, maxDelayMs: 100 },
    ...rest,
  });
  closing.push(connection.close);
  const chat = createChat(connection);
  const stops = [chat.messages, chat.users, chat.onlineUsers, chat.me].map(
    (store) => record<unknown>(store).stop,
  );
  const ready = () => vi.waitFor(() => expect(chat.messages.status.get().status).toBe('ready'), slow);
  return { connection, chat, ready, leave: () => stops.forEach((stop) => stop()) };
}

describe('two people on the embedded host', () => {
  it('see each other join, change names, write and leave', async () => {
    const [first, second] = [open(), open()];
    await Promise.all([first.ready(), second.ready()]);
    await first.chat.setName('Ann');
    await vi.waitFor(() => {
      expect(second.chat.onlineUsers.get().map((user) => user.label)).toContain('Ann');
    }, slow);
    await second.chat.sendMessage('Hello, Ann');
    expect(second.chat.messages.get().at(-1)).toMatchObject({ text: 'Hello, Ann', mine: true });
    await vi.waitFor(() => {
      expect(first.chat.messages.get().at(-1)).toMatchObject({ text: 'Hello, Ann', mine: false });
    }, slow);
    expect(first.chat.messages.get().at(-1)?.author.id).toBe(second.chat.me.get()?.id);
    first.leave();
    await vi.waitFor(() => {
      expect(second.chat.users.get().find((user) => user.label === 'Ann')?.online).toBe(false);
    }, slow);
    expect(first.connection.status.get().status).toBe('idle');
  });

  it('are separated when the module blocks one of them, who sees why and stays disconnected until they retry', async () => {
    const [first, second] = [open(), open()];
    await Promise.all([first.ready(), second.ready()]);
    const id = first.chat.me.get()?.id ?? '';
    expect(host.call('block', [[`0x${id}`], 'spam']).tag).toBe('ok');
    const users = first.chat.users.get();
    first.connection.reconnect();
    const status = () => first.connection.status.get();
    await vi.waitFor(() => expect(status().status).toBe('rejected'), slow);
    expect(status()).toMatchObject({
      error: { code: 'refused', message: 'You are blocked: spam' },
    });
    await vi.waitFor(() => {
      expect(second.chat.users.get().find((user) => user.id === id)?.online).toBe(false);
    }, slow);
    expect(first.chat.users.get()).toBe(users);
    expect(host.call('unblock', [[`0x${id}`]]).tag).toBe('ok');
    first.connection.retry();
    await first.ready();
    expect(first.chat.me.get()?.id).toBe(id);
  });

  it('get the module’s own text when it refuses', async () => {
    const { chat, connection } = open();
    await expect(chat.sendMessage('')).rejects.toMatchObject({
      name: 'ReducerError',
      message: 'Messages must not be empty',
    });
    await expect(chat.setName(' ')).rejects.toMatchObject({ name: 'ReducerError' });
    await expect(connection.call((db) => db.callReducer('nothing', new Uint8Array()))).rejects.toMatchObject({
      name: 'ReducerError',
      code: 'failed',
    });
  });

  it('get messages of any size, in order', async () => {
    const [first, second] = [open(), open()];
    await Promise.all([first.ready(), second.ready()]);
    const texts = Array.from({ length: 20 }, (_, i) =>
      i % 2 ? `${i}` : `${i} ${'long '.repeat(390)}`.trim(),
    );
    await Promise.all(texts.map((text) => first.chat.sendMessage(text)));
    await vi.waitFor(() => {
      expect(
        second.chat.messages
          .get()
          .slice(-20)
          .map(({ text }) => text),
      ).toEqual(texts);
    }, slow);
  });

  it('stay the same person after a reload', async () => {
    const tokens = memoryTokens();
    const before = open(tokens);
    await before.ready();
    const id = before.chat.me.get()?.id;
    before.connection.close();
    const after = open(tokens);
    await after.ready();
    expect(after.chat.me.get()?.id).toBe(id);
  });

  it('keep everything after a restart of the host, and reconnect automatically', async () => {
    const person = open();
    await person.ready();
    await person.chat.setName('Cy');
    await person.chat.sendMessage('Remember me');
    const emissions = record(person.chat.messages);
    const before = person.chat.messages.get();
    const { port } = host;
    await host.stop();
    await vi.waitFor(() => expect(person.connection.status.get().status).toBe('reconnecting'), slow);
    expect(person.chat.messages.get()).toEqual(before);
    await expect(person.chat.setName('lost')).rejects.toMatchObject({ name: 'NotConnectedError' });
    host = await startHost({ module, name: 'chat', dataDir, port });
    await person.ready();
    expect(person.chat.me.get()?.label).toBe('Cy');
    expect(person.chat.messages.get().map(({ key }) => key)).toEqual(before.map(({ key }) => key));
    // People went offline and online meanwhile, which at most changed authors.
    expect(emissions.values.length).toBeLessThanOrEqual(2);
    await person.chat.sendMessage('Back again');
    expect(person.chat.messages.get().at(-1)).toMatchObject({ text: 'Back again', status: 'sent' });
    await host.stop();
    await vi.waitFor(() => expect(person.connection.status.get().status).toBe('reconnecting'), slow);
    const waiting = person.chat.sendMessage('Written meanwhile');
    expect(person.chat.messages.get().at(-1)).toMatchObject({ text: 'Written meanwhile', status: 'pending' });
    host = await startHost({ module, name: 'chat', dataDir, port });
    await waiting;
    expect(person.chat.messages.get().at(-1)).toMatchObject({ text: 'Written meanwhile', status: 'sent' });
  }, 60_000);

  it('get errors for a refused token and an unknown database', async () => {
    const tokens = memoryTokens();
    tokens.set(`spacetimedb:${new URL(host.uri).host}/chat`, 'not.a.token');
    const { connection, ready } = open(tokens);
    await vi.waitFor(() => expect(connection.status.get().status).toBe('rejected'), slow);
    connection.resetIdentity();
    await ready();

    const lost = open(memoryTokens(), { database: 'no-such-chat' });
    await vi.waitFor(() => expect(lost.connection.status.get().error?.code).toBe('unknown-database'), slow);
  });

  it('get an error for queries of an event table, whose rows are not kept', async () => {
    const { connection, ready } = open();
    await ready();
    const sales = liveTable(connection, tables.sale);
    record(sales);
    expect(sales.status.get()).toMatchObject({ status: 'error', error: { code: 'event-table' } });
    expect(sales.get()).toEqual([]);
  });

  it('can read the host’s messages in the debug log', async () => {
    const lines: string[] = [];
    const { connection, ready } = open(memoryTokens(), { debug: (line) => lines.push(line) });
    await ready();
    await connection.call(
      (db) =>
        new Promise<void>((resolve) => {
          db.subscriptionBuilder()
            .onApplied(() => resolve())
            .subscribe('SELECT * FROM sale');
        }),
    );
    await connection.call((db) => db.reducers.sell({ itemId: 1n, price: 5 }));
    await connection.call((db) => db.reducers.sell({ itemId: 1n, price: -1 })).catch(() => undefined);
    await vi.waitFor(() => {
      expect(lines).toContainEqual(
        expect.stringMatching(/call sell: refused: The price must not be negative/),
      );
    }, slow);
    expect(lines).toContainEqual(expect.stringMatching(/call sell: ok/));
    expect(lines).toContainEqual(expect.stringMatching(/query changed, \+1 -0 rows: SELECT \* FROM sale$/));
    expect(lines).toContainEqual(
      expect.stringMatching(/query subscribed, \d+ rows? .*: SELECT \* FROM user$/),
    );
    expect(lines.join('\n')).not.toMatch('unreadable');
  });

  it('notice a query that the host refuses', async () => {
    const { connection, ready } = open();
    await ready();
    const bad = liveTable(connection, 'SELECT * FROM message WHERE nothing = 1', { table: 'message' });
    record(bad);
    await vi.waitFor(() => expect(bad.status.get().status).toBe('error'), slow);
    expect(bad.status.get().error?.message).toMatch('nothing');
    expect(connection.status.get().status).toBe('connected');
  });

  it('get an answer from the host to a ping', async () => {
    const window = new EventTarget();
    const probes: unknown[] = [];
    const answered: unknown[] = [];
    const environment = {
      window,
      setTimeout: (run: () => void, ms: number) => {
        const timer = setTimeout(run, ms);
        if (ms === 5_000) probes.push(timer);
        return timer;
      },
      clearTimeout: (timer: unknown) => {
        if (probes.includes(timer)) answered.push(timer);
        clearTimeout(timer as NodeJS.Timeout);
      },
    };
    const { connection, ready } = open(memoryTokens(), { environment });
    await ready();
    window.dispatchEvent(new Event('online'));
    expect(probes).toHaveLength(1);
    await vi.waitFor(() => expect(answered).toHaveLength(1), slow);
    expect(connection.status.get().status).toBe('connected');
  });
});
