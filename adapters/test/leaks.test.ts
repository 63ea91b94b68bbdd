import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Identity, Timestamp } from 'spacetimedb';
import { expect, it, vi } from 'vitest';
import { DbConnection, tables } from './module_bindings/index.ts';
import { createChat, createFeatures } from '../src/chat/index.ts';
import { computed, connect, liveTable, memoryTokens, mutation } from '../src/index.ts';
import { FakeServer } from './fake-server.ts';
import { silenceSdk } from './set-up.ts';

silenceSdk();
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const ann = new Identity(3n);
const rightNow = { interval: 1, timeout: 3_000 };

/** An environment that counts open resources. */
function counting() {
  const open = { listeners: 0, timers: new Set<unknown>() };
  const target = () =>
    Object.assign(new EventTarget(), {
      addEventListener: () => void open.listeners++,
      removeEventListener: () => void open.listeners--,
    });
  const environment = {
    window: target() as EventTarget,
    document: target() as EventTarget,
    setTimeout: (run: () => void, ms: number) => {
      const timer = setTimeout(() => {
        open.timers.delete(timer);
        run();
      }, ms);
      open.timers.add(timer);
      return timer;
    },
    clearTimeout: (timer: unknown) => {
      open.timers.delete(timer);
      clearTimeout(timer as NodeJS.Timeout);
    },
  };
  return { open, environment };
}

/** A connection and one store of each kind, on a server with a person and some messages. */
function openAll() {
  const server = new FakeServer();
  server.insertUser({ identity: ann, name: 'Ann' });
  for (let i = 0; i < 100; i++) server.insertMessage(ann, `text ${i}`, server.clock - i * 86_400_000);
  const { open, environment } = counting();
  const connection = connect(
    () => DbConnection.builder().withUri('http://chat.example').withDatabaseName('chat'),
    {
      connectOnServer: true,
      tokens: memoryTokens(),
      unsubscribeDelayMs: 5,
      environment: { ...server.environment, ...environment, now: () => server.clock },
    },
  );
  const chat = createChat(connection, { pageSize: 5 });
  const features = createFeatures(connection, chat);
  // A message that does not exist; its details are subscribed as for any other.
  const row = { sender: ann, sent: Timestamp.fromDate(new Date(0)), text: '' };
  const author = { id: '', identity: ann, name: '', label: '', online: true, isMe: false };
  const message = { key: '', author, text: '', sent: new Date(0), row, mine: false, status: 'sent' as const };
  const [users, messages] = [liveTable(connection, tables.user), liveTable(connection, tables.message)];
  const stores = {
    users,
    messages,
    both: computed([users, messages], (users, messages) => ({ users, messages })),
    ofChat: chat.messages,
    everybody: chat.users,
    online: chat.onlineUsers,
    me: chat.me,
    history: chat.history,
    status: connection.status,
    identity: connection.identity,
    available: features.isAvailable,
    pins: features.pins,
    typing: features.typing,
    readUntil: features.readUntil,
    blocked: features.blocked,
    editLimit: features.editLimitMs,
    details: features.details(message),
    rename: mutation(connection, (db, name: string) => db.reducers.setName({ name })),
  };
  return { server, open, connection, chat, stores };
}

/**
 * Uses everything as a page does.
 * @returns a function that ends it, and the objects that must not outlive it, by name
 */
async function use({ server, connection, chat, stores }: ReturnType<typeof openAll>) {
  const weak = new Map<string, WeakRef<object>>();
  const subscribers = Object.values(stores).map((store) => {
    const run = (): void => undefined;
    weak.set(`subscriber ${weak.size}`, new WeakRef(run));
    return store.subscribe(run as never);
  });
  await vi.waitFor(() => {
    expect(stores.both.status.get().status).toBe('ready');
    expect(stores.ofChat.status.get().status).toBe('ready');
  }, rightNow);
  await chat.loadOlder();
  await chat.sendMessage('mine');
  await stores.rename.run('Me');
  server.socket.drop();
  await vi.waitFor(() => expect(server.sockets).toHaveLength(2), rightNow);
  await vi.waitFor(() => expect(stores.ofChat.status.get().status).toBe('ready'), rightNow);
  chat.unloadOlder();
  const lost = chat.sendMessage('bad').catch(() => undefined);
  chat.discard(chat.messages.get().at(-1) as never);
  await lost;
  weak.set('a row', new WeakRef(stores.users.get()[0] as object));
  weak.set('a list', new WeakRef(stores.messages.get()));
  weak.set('a computed value', new WeakRef(stores.both.get()));
  weak.set('a message', new WeakRef(stores.ofChat.get()[0] as object));
  weak.set('a person', new WeakRef(stores.everybody.get()[0] as object));
  weak.set('the DbConnection', new WeakRef(await connection.call((db) => Promise.resolve(db))));
  weak.set('the socket', new WeakRef(server.socket));
  return { leave: () => subscribers.forEach((stop) => stop()), weak };
}

/** Waits until everything in `weak` was garbage-collected. */
async function areCollected(weak: ReadonlyMap<string, WeakRef<object>>): Promise<void> {
  await vi.waitFor(() => {
    collect();
    expect([...weak].filter(([, ref]) => ref.deref()).map(([name]) => name)).toEqual([]);
  }, rightNow);
}

it('releases everything after the last subscriber and the grace period, even if the stores still exist', async () => {
  const all = openAll();
  const { weak } = await use(all).then(({ leave, weak }) => {
    leave();
    return { weak };
  });
  await vi.waitFor(() => expect(all.connection.status.get().status).toBe('idle'), rightNow);
  expect(all.open.listeners).toBe(0);
  expect(all.open.timers.size).toBe(0);
  await vi.waitFor(() => expect(all.server.open).toEqual([]), rightNow);
  // References held by the test itself.
  all.server.sockets.length = 0;
  await areCollected(weak);
  // Everything can be used again.
  const again = await use(all);
  again.leave();
  all.connection.close();
});

it('releases everything but the last values after `close`', async () => {
  const weak = await (async () => {
    const all = openAll();
    const { weak } = await use(all);
    all.connection.close();
    expect(all.open.listeners).toBe(0);
    expect(all.open.timers.size).toBe(0);
    expect(all.stores.users.get()).not.toEqual([]);
    await vi.waitFor(() => expect(all.server.open).toEqual([]), rightNow);
    all.server.sockets.length = 0;
    await areCollected(new Map([...weak].filter(([name]) => /DbConnection|socket/.test(name))));
    for (const [name, part] of [...Object.entries(all.stores), ['connection', all.connection] as const])
      weak.set(name, new WeakRef(part));
    return weak;
  })();
  await areCollected(weak);
});

it('stops following an unused table of the SDK while others are in use', async () => {
  const { connection, stores } = openAll();
  stores.messages.subscribe(() => undefined);
  await vi.waitFor(() => expect(stores.messages.status.get().status).toBe('ready'), rightNow);
  const db = await connection.call((db) => Promise.resolve(db));
  const table = db.db.user;
  const callbacks = new Set<unknown>();
  for (const event of ['Insert', 'Update', 'Delete'] as const) {
    const [on, off] = [table[`on${event}`], table[`removeOn${event}`]];
    table[`on${event}`] = (run: never) => void (callbacks.add(run), on(run));
    table[`removeOn${event}`] = (run: never) => void (callbacks.delete(run), off(run));
  }
  for (let i = 0; i < 2; i++) {
    const stop = stores.users.subscribe(() => undefined);
    await vi.waitFor(() => expect(stores.users.get()).toHaveLength(1), rightNow);
    expect(callbacks.size).toBeGreaterThan(0);
    stop();
    await vi.waitFor(() => expect(stores.users.status.get().status).toBe('idle'), rightNow);
    expect(callbacks.size).toBe(0);
    await vi.waitFor(() => expect([...table.iter()]).toEqual([]), rightNow);
  }
  connection.close();
});
