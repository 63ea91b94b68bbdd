import { Identity } from 'spacetimedb';
import { describe, expect, it, vi } from 'vitest';
import { FakeServer } from '../../test/fake-server.ts';
import { tables } from '../../test/module_bindings/index.ts';
import { record, setUp } from '../../test/set-up.ts';
import { liveTable, type ConnectOptions } from '../index.ts';
import { createChat, type ChatMessage, type ChatOptions, type ChatUser } from './index.ts';

const [ann, bob, cy] = [3n, 4n, 5n].map((value) => new Identity(value)) as [Identity, Identity, Identity];
const DAY = 86_400_000;

function setUpChat(
  options: ChatOptions = {},
  server = new FakeServer(),
  connectOptions: ConnectOptions = {},
) {
  const fixture = setUp(
    { ...connectOptions, environment: { now: () => server.clock, ...connectOptions.environment } },
    server,
  );
  const chat = createChat(fixture.connection, options);
  const ready = () => vi.waitFor(() => expect(chat.messages.status.get().status).toBe('ready'));
  return { ...fixture, chat, ready };
}

const texts = (messages: readonly ChatMessage[] | undefined) => messages?.map(({ text }) => text);
const labels = (users: readonly ChatUser[] | undefined) => users?.map(({ label }) => label);

describe('users', () => {
  it('are sorted by label, with separate stores for those online and for me', async () => {
    const server = new FakeServer();
    const mine = new Identity(1n);
    const { chat } = setUpChat({}, server);
    server.insertUser({ identity: mine, name: undefined });
    server.insertUser({ identity: bob, name: 'bob' });
    server.insertUser({ identity: ann, name: 'Ann', online: false });
    const [all, online, me] = [record(chat.users), record(chat.onlineUsers), record(chat.me)];
    await vi.waitFor(() => expect(chat.users.status.get().status).toBe('ready'));
    expect(server.log).toEqual(['+ SELECT * FROM user']);
    expect(labels(chat.users.get())).toEqual(['00000000', 'Ann', 'bob']);
    expect(labels(chat.onlineUsers.get())).toEqual(['00000000', 'bob']);
    expect(chat.me.get()).toEqual({
      id: mine.toHexString(),
      identity: mine,
      name: undefined,
      label: mine.toHexString().slice(0, 8),
      online: true,
      isMe: true,
    });
    expect(chat.users.get().map(({ isMe }) => isMe)).toEqual([true, false, false]);

    const before = chat.users.get();
    server.updateUser(ann, { online: true });
    server.updateUser(bob, { name: 'Aaron' });
    server.updateUser(mine, { name: 'Zoe' });
    server.insertMessage(bob, 'not subscribed');
    expect(labels(chat.users.get())).toEqual(['Aaron', 'Ann', 'Zoe']);
    expect(labels(chat.onlineUsers.get())).toEqual(['Aaron', 'Ann', 'Zoe']);
    expect([all, online, me].map(({ values }) => values.length)).toEqual([5, 5, 3]);
    server.commit({ user: { inserts: [], deletes: [{ identity: bob, name: 'Aaron', online: true }] } });
    expect(labels(chat.users.get())).toEqual(['Ann', 'Zoe']);
    expect(chat.users.get()).not.toContain(before[2]);
  });

  it('does not emit the online list when someone offline changes', async () => {
    const { server, chat } = setUpChat();
    server.insertUser({ identity: ann, name: 'Ann', online: false });
    const { values } = record(chat.onlineUsers);
    await vi.waitFor(() => expect(chat.onlineUsers.status.get().status).toBe('ready'));
    server.updateUser(ann, { name: 'Anna' });
    expect(values).toHaveLength(1);
  });

  it('knows who I am after signing in as someone new', async () => {
    const { server, chat, connection, ready } = setUpChat();
    server.insertUser({ identity: new Identity(1n), name: 'first' });
    server.insertUser({ identity: new Identity(2n), name: 'second' });
    server.insertMessage(new Identity(1n), 'hello');
    server.insertMessage(new Identity(3n), 'and I have no row');
    for (const store of [chat.me, chat.users, chat.messages]) store.subscribe(() => undefined);
    await ready();
    expect(chat.me.get()?.label).toBe('first');
    expect(chat.messages.get()[0]?.mine).toBe(true);
    connection.resetIdentity();
    await vi.waitFor(() => expect(chat.me.get()?.label).toBe('second'));
    expect(chat.users.get().map(({ isMe }) => isMe)).toEqual([false, true]);
    expect(chat.messages.get().map(({ mine }) => mine)).toEqual([false, false]);
    connection.resetIdentity();
    await vi.waitFor(() => expect(chat.messages.get().map(({ mine }) => mine)).toEqual([false, true]));
    expect(chat.me.get()).toBeUndefined();
  });
});

describe('messages', () => {
  it('come oldest first, with their authors, and keep their object until they change', async () => {
    const { server, chat, ready } = setUpChat();
    server.insertUser({ identity: ann, name: 'Ann' });
    server.insertUser({ identity: bob, name: 'Bob' });
    server.insertMessage(bob, 'second', server.clock - 1_000);
    server.insertMessage(ann, 'first', server.clock - 2_000);
    record(chat.users);
    const { values } = record(chat.messages);
    const states = record(chat.messages.status);
    await ready();
    expect(values.map(texts)).toEqual([[], ['first', 'second']]);
    expect(states.values.map(({ status }) => status)).toEqual(['loading', 'ready']);
    expect(values[1]?.[0]).toMatchObject({
      author: chat.users.get()[0],
      sent: new Date(server.clock - 4_000 + 2_000),
      mine: false,
    });

    server.insertMessage(ann, 'third');
    expect(texts(values[2])).toEqual(['first', 'second', 'third']);
    expect(values[2]?.slice(0, 2)).toEqual(values[1]);
    expect(values[2]?.[0]).toBe(values[1]?.[0]);

    server.updateUser(ann, { name: 'Anna' });
    expect(values).toHaveLength(4);
    expect(values[3]?.map(({ author }) => author.label)).toEqual(['Anna', 'Bob', 'Anna']);
    expect(values[3]?.[1]).toBe(values[2]?.[1]);
    expect(values[3]?.[0]).not.toBe(values[2]?.[0]);
    expect(values[3]?.map(({ key }) => key)).toEqual(values[2]?.map(({ key }) => key));

    const [first] = server.tables.message.values();
    server.commit({ message: { inserts: [], deletes: [first as never] } });
    expect(texts(values[4])).toEqual(['first', 'third']);
  });

  it('distinguishes messages with the same time', async () => {
    const { server, chat, ready } = setUpChat();
    server.insertUser({ identity: ann });
    for (const text of ['b', 'a', 'c']) server.insertMessage(ann, text, server.clock);
    record(chat.messages);
    await ready();
    expect(texts(chat.messages.get())).toEqual(['a', 'b', 'c']);
    expect(new Set(chat.messages.get().map(({ key }) => key)).size).toBe(3);
  });

  it('never appear without the author from the same transaction', async () => {
    const { server, chat, ready } = setUpChat();
    const missing: string[] = [];
    const check = () => {
      const known = new Set(chat.users.get().map(({ id }) => id));
      for (const { author } of chat.messages.get()) if (!known.has(author.id)) missing.push(author.id);
    };
    chat.messages.subscribe(check);
    chat.users.subscribe(check);
    await ready();
    server.commit({
      user: { inserts: [{ identity: cy, name: 'Cy', online: true }], deletes: [] },
      message: { inserts: [{ ...server.insertMessage(ann, 'x'), sender: cy }], deletes: [] },
    });
    // Only Ann, who has no row.
    expect(new Set(missing)).toEqual(new Set([ann.toHexString()]));
    expect(chat.messages.get().map(({ author }) => author.label)).toEqual(['00000000', 'Cy']);
    server.insertUser({ identity: ann, name: 'Ann' });
    expect(chat.messages.get().map(({ author }) => author.label)).toEqual(['Ann', 'Cy']);
  });

  it('are sent, and reject with the refusal of the server', async () => {
    const { server, chat, ready } = setUpChat();
    record(chat.messages);
    await ready();
    await chat.sendMessage('hello');
    expect(texts(chat.messages.get())).toEqual(['hello']);
    expect(chat.messages.get()[0]?.mine).toBe(true);
    await chat.setName('Ann');
    expect(chat.messages.get()[0]?.author.name).toBe('Ann');
    server.onCall = () => ({ error: 'Messages must not be empty' });
    await expect(chat.sendMessage('')).rejects.toMatchObject({
      name: 'ReducerError',
      message: 'Messages must not be empty',
    });
  });

  it('stay during a reconnect, and change once', async () => {
    const { server, chat, ready } = setUpChat();
    server.insertUser({ identity: ann, name: 'Ann' });
    server.insertMessage(ann, 'one');
    const { values } = record(chat.messages);
    await ready();
    server.down = true;
    server.socket.drop();
    await vi.waitFor(() => expect(chat.messages.status.get().status).toBe('stale'));
    server.insertMessage(ann, 'two');
    server.updateUser(ann, { name: 'Anna' });
    server.down = false;
    await ready();
    expect(values.map(texts)).toEqual([[], ['one'], ['one', 'two']]);
    expect(values[2]?.map(({ author }) => author.label)).toEqual(['Anna', 'Anna']);
  });

  it('say why they cannot be shown', async () => {
    const { server, chat } = setUpChat();
    server.refused.set('message', 'no such table: `message`');
    record(chat.messages);
    await vi.waitFor(() => expect(chat.messages.status.get().status).toBe('error'));
    expect(chat.messages.status.get().error?.message).toMatch('no such table');
    expect(chat.history.get().isLoading).toBe(false);
  });

  it('end their subscriptions when nobody subscribes', async () => {
    const { server, chat, connection, ready } = setUpChat();
    record(liveTable(connection, tables.user));
    const { stop } = record(chat.messages);
    await ready();
    stop();
    await vi.waitFor(() =>
      expect(server.log.filter((line) => line.startsWith('-')).length).toBeGreaterThan(5),
    );
    const open = server.log.filter((line) => line.startsWith('+')).length;
    expect(server.log.filter((line) => line.startsWith('-'))).toHaveLength(open - 1);
    expect(chat.messages.get()).toEqual([]);
    expect(chat.history.get()).toEqual({ isLoading: false, reachedStart: false, hiddenCount: 0 });
  });
});

describe('history', () => {
  function fill(server: FakeServer, count: number, everyMs: number) {
    server.insertUser({ identity: ann, name: 'Ann' });
    for (let i = 1; i <= count; i++)
      server.insertMessage(ann, String(i), server.clock - (count - i) * everyMs);
  }

  it('loads a full page before anything is shown, and then page by page to the beginning', async () => {
    const server = new FakeServer();
    fill(server, 100, DAY);
    const { chat, ready } = setUpChat({ pageSize: 5 }, server);
    const { values } = record(chat.messages);
    await ready();
    expect(values).toHaveLength(2);
    // 2 from today and yesterday, 4 from the span before.
    expect(chat.messages.get()).toHaveLength(6);
    expect(chat.history.get()).toEqual({ isLoading: false, reachedStart: false, hiddenCount: 0 });

    const history = record(chat.history);
    const both = [chat.loadOlder(), chat.loadOlder()];
    expect(chat.history.get().isLoading).toBe(true);
    expect(await Promise.all(both)).toEqual([true, true]);
    expect(chat.messages.get()).toHaveLength(46);
    expect(chat.messages.get().at(-1)).toBe(values[1]?.at(-1));
    expect(history.values.map(({ isLoading }) => isLoading)).toEqual([false, true, false]);

    expect(await chat.loadOlder()).toBe(true);
    expect(chat.messages.get()).toHaveLength(100);
    expect(await chat.loadOlder()).toBe(false);
    expect(chat.history.get()).toEqual({ isLoading: false, reachedStart: true, hiddenCount: 0 });
    expect(await chat.loadOlder()).toBe(false);
    expect(texts(chat.messages.get())).toEqual(Array.from({ length: 100 }, (_, i) => String(i + 1)));
  });

  it('shows all messages of a quiet chat at once', async () => {
    const server = new FakeServer();
    fill(server, 3, 400 * DAY);
    const { chat, ready } = setUpChat({}, server);
    const { values } = record(chat.messages);
    await ready();
    expect(values.map(texts)).toEqual([[], ['1', '2', '3']]);
    expect(chat.history.get().reachedStart).toBe(true);
  });

  it('shows an empty chat as ready', async () => {
    const { chat, ready } = setUpChat();
    const { values } = record(chat.messages);
    await ready();
    expect(values).toEqual([[]]);
    expect(chat.history.get()).toEqual({ isLoading: false, reachedStart: true, hiddenCount: 0 });
  });

  it('shows new messages even if this clock is years ahead', async () => {
    const server = new FakeServer();
    fill(server, 3, 1_000);
    const ahead = { environment: { now: () => server.clock + 3_000 * DAY } };
    const { chat, ready } = setUpChat({ pageSize: 2 }, server, ahead);
    record(chat.messages);
    await ready();
    server.insertMessage(ann, 'now');
    expect(texts(chat.messages.get())).toEqual(['1', '2', '3', 'now']);
  });

  it('does not show older rows that another query has loaded', async () => {
    const server = new FakeServer();
    fill(server, 100, DAY);
    const { chat, connection, ready } = setUpChat({ pageSize: 5 }, server);
    const all = liveTable(connection, tables.message);
    record(all);
    await vi.waitFor(() => expect(all.get()).toHaveLength(100));
    record(chat.messages);
    await ready();
    expect(chat.messages.get()).toHaveLength(6);
    server.insertMessage(ann, 'late', server.clock - 50 * DAY);
    expect(chat.messages.get()).toHaveLength(6);
    expect(await chat.loadOlder()).toBe(true);
    expect(chat.messages.get()).toHaveLength(46);
  });

  it('shares its spans with another chat on the same connection', async () => {
    const server = new FakeServer();
    fill(server, 30, DAY);
    const { chat, connection, ready } = setUpChat({ pageSize: 20 }, server);
    record(chat.messages);
    await ready();
    const queries = server.log.length;
    const other = createChat(connection, { pageSize: 20 });
    const { values } = record(other.messages);
    expect(other.messages.status.get().status).toBe('ready');
    expect(values).toHaveLength(1);
    expect(values[0]).toEqual(chat.messages.get());
    expect(server.log).toHaveLength(queries);
  });

  it('continues after a reconnect', async () => {
    const server = new FakeServer();
    fill(server, 100, DAY);
    const { chat, ready } = setUpChat({ pageSize: 5 }, server);
    record(chat.messages);
    await ready();
    server.down = true;
    server.socket.drop();
    await vi.waitFor(() => expect(chat.messages.status.get().status).toBe('stale'));
    const older = chat.loadOlder();
    server.down = false;
    expect(await older).toBe(true);
    expect(chat.messages.get()).toHaveLength(46);
  });

  it('says why older messages cannot be loaded, and can be called again', async () => {
    const server = new FakeServer();
    fill(server, 100, DAY);
    const { chat, ready } = setUpChat({ pageSize: 5 }, server);
    record(chat.messages);
    await ready();
    server.refused.set('2026-10-10', 'too many rows');
    await expect(chat.loadOlder()).rejects.toThrow('too many rows');
    expect(chat.history.get().isLoading).toBe(false);
    expect(chat.messages.status.get().status).toBe('ready');
    expect(chat.messages.get()).toHaveLength(6);
    server.refused.clear();
    expect(await chat.loadOlder()).toBe(true);
    expect(chat.messages.get()).toHaveLength(46);
  });

  it('stops when the connection is closed', async () => {
    const server = new FakeServer();
    fill(server, 100, DAY);
    const { chat, connection, ready } = setUpChat({ pageSize: 5 }, server);
    record(chat.messages);
    await ready();
    server.holding = true;
    const older = chat.loadOlder();
    connection.close();
    expect(await older).toBe(false);
    expect(await chat.loadOlder()).toBe(false);
    expect(chat.messages.get()).toHaveLength(6);
  });

  it('can be loaded before anyone subscribes', async () => {
    const server = new FakeServer();
    fill(server, 100, DAY);
    const { chat } = setUpChat({ pageSize: 5 }, server);
    expect(await chat.loadOlder()).toBe(true);
  });
});
