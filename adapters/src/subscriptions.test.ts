/** Late or partial answers, and the cleanup of unused queries. */
import { Identity } from 'spacetimedb';
import { afterEach, expect, it, vi } from 'vitest';
import { FakeSocket } from '../test/fake-server.ts';
import { tables } from '../test/module_bindings/index.ts';
import { record, setUp } from '../test/set-up.ts';
import { liveTable, type Live } from './index.ts';

const ann = new Identity(3n);
const ready = (store: Live<unknown>) => vi.waitFor(() => expect(store.status.get().status).toBe('ready'));

afterEach(() => void vi.restoreAllMocks());

/** From now on, the server answers only some queries of each connection, by number, starting at 1. */
function answerOnly(isAnswered: (n: number) => boolean): void {
  const { push } = FakeSocket.prototype;
  const answers = new WeakMap<FakeSocket, number>();
  vi.spyOn(FakeSocket.prototype, 'push').mockImplementation(function (this: FakeSocket, message) {
    if (message.tag !== 'SubscribeApplied') return push.call(this, message);
    const count = (answers.get(this) ?? 0) + 1;
    answers.set(this, count);
    if (isAnswered(count)) push.call(this, message);
  });
}

/** Two queries that have been answered. */
async function setUpTwo() {
  const { server, connection } = setUp();
  server.insertUser({ identity: ann });
  server.insertMessage(ann, 'hello');
  const users = liveTable(connection, tables.user);
  const messages = liveTable(connection, tables.message);
  record(users);
  const { stop } = record(messages);
  await Promise.all([ready(users), ready(messages)]);
  const reconnect = async () => {
    const lines = server.log.length + 2;
    server.socket.drop();
    await vi.waitFor(() => expect(server.log).toHaveLength(lines));
  };
  return { server, connection, users, messages, stopMessages: stop, reconnect };
}

it('a reconnect does not wait for the answer to a query that nobody needs any more', async () => {
  const { users, stopMessages, reconnect } = await setUpTwo();
  answerOnly((n) => n === 1);
  await reconnect();
  expect(users.status.get().status).toBe('stale');
  stopMessages();
  await ready(users);
});

it('an answer from a lost connection does not count on the next one', async () => {
  const { users, messages, reconnect } = await setUpTwo();
  answerOnly((n) => n === 1);
  await reconnect();
  vi.restoreAllMocks();
  answerOnly((n) => n === 2);
  await reconnect();
  expect(users.status.get().status).toBe('stale');
  expect(messages.status.get().status).toBe('stale');
  expect(users.get()).toHaveLength(1);
});

it.each([
  ['second', 3],
  ['third', 4],
])(
  'the %s answer of a frame does not count after the first has made a subscriber reconnect',
  async (_, n) => {
    const { server, connection } = setUp();
    const other = liveTable(
      connection,
      tables.message.where(({ text }) => text.eq('none')),
    );
    record(other);
    await ready(other);
    server.holding = true;
    const online = liveTable(
      connection,
      tables.user.where((user) => user.online),
    );
    const stores: readonly Live<readonly object[]>[] = [
      other,
      online,
      liveTable(connection, tables.message),
      liveTable(connection, tables.user),
    ];
    let isReplaced = false;
    online.status.subscribe(({ isReady }) => {
      if (!isReady || isReplaced) return;
      isReplaced = true;
      answerOnly((number) => number !== n);
      connection.reconnect();
    });
    for (const store of stores) record(store);
    await vi.waitFor(() => expect(server.log).toHaveLength(4));
    server.release();
    expect(isReplaced).toBe(true);
    await vi.waitFor(() => expect(server.log).toHaveLength(8));
    expect(stores[n - 1]?.status.get().status).toBe('loading');
  },
);

it('an unused table has no listeners', async () => {
  const { server, connection } = setUp();
  const kept = liveTable(connection, tables.message);
  record(kept);
  await ready(kept);
  const { db } = await connection.call((sdk) => Promise.resolve(sdk));
  const listeners = new Set<unknown>();
  for (const kind of ['Insert', 'Delete', 'Update'] as const) {
    vi.spyOn(db.user, `on${kind}`).mockImplementation((run: unknown) => void listeners.add(run));
    vi.spyOn(db.user, `removeOn${kind}`).mockImplementation((run: unknown) => void listeners.delete(run));
  }
  const users = liveTable(connection, tables.user);
  const { stop } = record(users);
  await ready(users);
  expect(listeners.size).toBe(3);
  stop();
  await vi.waitFor(() => expect(server.log.at(-1)).toBe('- SELECT * FROM "user"'));
  expect(listeners.size).toBe(0);
  record(users);
  await ready(users);
  expect(listeners.size).toBe(3);
  server.down = true;
  server.socket.drop();
  await vi.waitFor(() => expect(users.status.get().status).toBe('stale'));
  expect(listeners.size).toBe(0);
});

it('a query that fails at once is shown together with those still waiting for an answer', async () => {
  const { server, connection } = setUp();
  server.holding = true;
  record(liveTable(connection, tables.user));
  await vi.waitFor(() => expect(server.log).toHaveLength(1));
  const unknown = liveTable(connection, 'SELECT * FROM nothing', { table: 'nothing' as 'user' });
  record(unknown);
  expect(unknown.status.get().status).toBe('loading');
  server.release();
  expect(unknown.status.get().status).toBe('error');
});

it('an unused query is not ended when the server refuses it', async () => {
  const { server, connection } = setUp();
  const kept = liveTable(connection, tables.message);
  record(kept);
  await ready(kept);
  server.refused.set('user', 'not now');
  server.holding = true;
  const users = liveTable(connection, tables.user);
  const { stop } = record(users);
  await vi.waitFor(() => expect(server.log).toHaveLength(2));
  stop();
  await vi.waitFor(() => expect(users.status.get().status).toBe('idle'));
  server.release();
  server.insertMessage(ann, 'hello');
  expect(kept.get()).toHaveLength(1);
  expect(server.log).toHaveLength(2);
  expect(connection.status.get().status).toBe('connected');
});
