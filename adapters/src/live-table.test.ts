import { Identity } from 'spacetimedb';
import { describe, expect, it, vi } from 'vitest';
import { tables } from '../test/module_bindings/index.ts';
import { record, setUp } from '../test/set-up.ts';
import { liveTable, QueryError, type Live } from './index.ts';

const [ann, bob, cy] = [3n, 4n, 5n].map((value) => new Identity(value)) as [Identity, Identity, Identity];

const ready = (store: Live<unknown>) => vi.waitFor(() => expect(store.status.get().status).toBe('ready'));
const names = (rows: readonly { name?: string | undefined }[] | undefined) => rows?.map((row) => row.name);

describe('liveTable', () => {
  it('emits the snapshot once and then once for each transaction that changes it', async () => {
    const { server, connection } = setUp();
    server.insertUser({ identity: cy, name: 'Cy' });
    server.insertUser({ identity: ann, name: 'Ann' });
    const users = liveTable(connection, tables.user);
    const { values } = record(users);
    const states = record(users.status);
    await ready(users);
    expect(values.map(names)).toEqual([[], ['Ann', 'Cy']]);

    server.insertUser({ identity: bob, name: 'Bob' });
    server.updateUser(bob, { name: 'Bobby' });
    // A change that the store does not show.
    server.insertMessage(ann, 'hello');
    server.updateUser(bob, { name: 'Bobby' });
    expect(values.slice(2).map(names)).toEqual([
      ['Ann', 'Bob', 'Cy'],
      ['Ann', 'Bobby', 'Cy'],
    ]);
    expect(values[3]?.[0]).toBe(values[1]?.[0]);
    expect(states.values.map(({ status }) => status)).toEqual(['loading', 'ready']);
  });

  it('emits once for each of several transactions in one frame, and once for a large transaction', async () => {
    const { server, connection } = setUp();
    const users = liveTable(connection, tables.user);
    const { values } = record(users);
    await ready(users);
    server.holding = true;
    server.insertUser({ identity: ann, name: 'Ann' });
    server.insertUser({ identity: bob, name: 'Bob' });
    const many = Array.from({ length: 40 }, (_, i) => ({
      identity: new Identity(100n + BigInt(i)),
      name: undefined,
      online: false,
    }));
    server.commit({ user: { inserts: many, deletes: [] } });
    server.release();
    expect(values.map((rows) => rows.length)).toEqual([0, 1, 2, 42]);
  });

  it('fails when its filter throws for a row, and recovers', async () => {
    const { server, connection } = setUp();
    const users = liveTable(connection, tables.user, {
      filter: ({ name }) => {
        if (name === 'Bob') throw new TypeError('No Bobs');
        return true;
      },
    });
    const others = liveTable(connection, tables.user);
    record(others);
    record(users);
    await ready(users);
    server.insertUser({ identity: ann, name: 'Ann' });
    server.insertUser({ identity: bob, name: 'Bob' });
    expect(users.status.get()).toMatchObject({
      status: 'error',
      error: {
        name: 'QueryError',
        code: 'callback-failed',
        message: 'No Bobs',
        cause: new TypeError('No Bobs'),
      },
    });
    expect(names(users.get())).toEqual(['Ann']);
    expect(names(others.get())).toHaveLength(2);
    server.insertUser({ identity: cy, name: 'Cy' });
    server.updateUser(bob, { name: 'Rob' });
    expect(users.status.get()).toEqual({ status: 'ready', isLoading: false, isReady: true, isStale: false });
    expect(new Set(names(users.get()))).toEqual(new Set(['Ann', 'Cy', 'Rob']));
    expect(server.sockets).toHaveLength(1);
  });

  it('orders and filters', async () => {
    const { server, connection } = setUp();
    for (const [identity, name] of [
      [ann, 'Ann'],
      [bob, 'Bob'],
      [cy, 'Cy'],
    ] as const) {
      server.insertUser({ identity, name });
    }
    const users = liveTable(
      connection,
      tables.user.where((user) => user.online),
      {
        order: (a, b) => (a.name ?? '').localeCompare(b.name ?? '') * -1,
        filter: (user) => user.name !== 'Bob',
      },
    );
    const { values } = record(users);
    await ready(users);
    expect(names(users.get())).toEqual(['Cy', 'Ann']);
    server.updateUser(bob, { name: 'Zoe' });
    server.updateUser(ann, { online: false });
    server.updateUser(ann, { name: 'Anna' });
    expect(values.slice(2).map(names)).toEqual([
      ['Zoe', 'Cy', 'Ann'],
      ['Zoe', 'Cy'],
    ]);
  });

  it('keeps stores over different queries of one table apart', async () => {
    const { server, connection } = setUp();
    server.insertUser({ identity: ann, online: true });
    server.insertUser({ identity: bob, online: false });
    const online = liveTable(
      connection,
      tables.user.where((user) => user.online.eq(true)),
    );
    const one = liveTable(
      connection,
      tables.user.where((user) => user.identity.eq(bob)),
    );
    const all = liveTable(connection, tables.user);
    const records = [online, one, all].map((store) => record(store).values);
    await Promise.all([online, one, all].map(ready));
    expect([online, one, all].map((store) => store.get().length)).toEqual([1, 1, 2]);
    server.updateUser(bob, { online: true });
    expect([online, one, all].map((store) => store.get().length)).toEqual([2, 1, 2]);
    server.updateUser(ann, { online: false });
    expect([online, one, all].map((store) => store.get().length)).toEqual([1, 1, 2]);
    expect(records.map((values) => values.length)).toEqual([4, 3, 4]);
  });

  it('accepts SQL text with the table’s name', async () => {
    const { server, connection } = setUp();
    server.insertMessage(ann, 'old', Date.UTC(2026, 0, 1));
    server.insertMessage(ann, 'new', Date.UTC(2026, 0, 3));
    const sql = `SELECT * FROM message WHERE sent >= '2026-01-02T00:00:00Z'`;
    const messages = liveTable(connection, sql, { table: 'message' });
    record(messages);
    await ready(messages);
    expect(messages.get().map((message) => message.text)).toEqual(['new']);
    expect(server.log).toEqual([`+ ${sql}`]);
  });

  it('sorts rows without a primary key in a fixed order', async () => {
    const { server, connection } = setUp();
    const rows = ['b', 'a', 'c'].map((text) => server.insertMessage(bob, text, 0));
    const messages = liveTable(connection, tables.message);
    record(messages);
    await ready(messages);
    expect(messages.get().map((message) => message.text)).toEqual(['a', 'b', 'c']);
    server.commit({ message: { inserts: [], deletes: rows.slice(0, 1) } });
    expect(messages.get().map((message) => message.text)).toEqual(['a', 'c']);
  });

  it('shares one subscription between stores, and ends it after the last one', async () => {
    const { server, connection } = setUp();
    const [a, b] = [liveTable(connection, tables.user), liveTable(connection, tables.user)];
    const [first, second] = [record(a), record(b)];
    await Promise.all([ready(a), ready(b)]);
    first.stop();
    await vi.waitFor(() => expect(a.status.get().status).toBe('idle'));
    server.insertUser({ identity: ann });
    expect(b.get()).toHaveLength(1);
    expect(a.get()).toEqual([]);
    const keep = record(liveTable(connection, tables.message));
    second.stop();
    await vi.waitFor(() => expect(server.log.at(-1)).toBe('- SELECT * FROM "user"'));
    expect(server.log.filter((line) => line.includes('user'))).toHaveLength(2);
    keep.stop();
  });

  it('survives a short absence of subscribers, without a new subscription', async () => {
    const { server, connection } = setUp({ unsubscribeDelayMs: 10_000 });
    server.insertUser({ identity: ann });
    const users = liveTable(connection, tables.user);
    const first = record(users);
    await ready(users);
    first.stop();
    server.insertUser({ identity: bob });
    const { values } = record(users);
    expect(values.map((rows) => rows.length)).toEqual([2]);
    expect(server.log).toHaveLength(1);
  });

  it('follows its table while other stores of the same table come and go', async () => {
    const { server, connection } = setUp();
    const all = liveTable(connection, tables.user);
    const online = liveTable(
      connection,
      tables.user.where((user) => user.online),
    );
    const kept = record(liveTable(connection, tables.message));
    const [first, second] = [record(all), record(online)];
    await Promise.all([ready(all), ready(online)]);
    first.stop();
    await vi.waitFor(() => expect(server.log.at(-1)).toBe('- SELECT * FROM "user"'));
    server.insertUser({ identity: ann });
    expect(online.get()).toHaveLength(1);
    second.stop();
    await vi.waitFor(() => expect(online.status.get().status).toBe('idle'));
    record(online);
    await ready(online);
    server.insertUser({ identity: bob });
    expect(online.get()).toHaveLength(2);
    kept.stop();
  });

  it('ends a subscription that is not answered yet when its answer comes', async () => {
    const { server, connection } = setUp();
    const other = liveTable(connection, tables.message);
    record(other);
    await ready(other);
    server.holding = true;
    const users = liveTable(connection, tables.user);
    const { values, stop } = record(users);
    await vi.waitFor(() => expect(server.log).toContain('+ SELECT * FROM "user"'));
    stop();
    await vi.waitFor(() => expect(users.status.get().status).toBe('idle'));
    server.release();
    await vi.waitFor(() => expect(server.log).toContain('- SELECT * FROM "user"'));
    expect(values).toEqual([[]]);
  });

  it('is open while only its status is subscribed', async () => {
    const { server, connection } = setUp();
    server.insertUser({ identity: ann });
    const users = liveTable(connection, tables.user);
    const { values, stop } = record(users.status);
    await ready(users);
    expect(users.get()).toHaveLength(1);
    stop();
    await vi.waitFor(() => expect(users.status.get().status).toBe('idle'));
    expect(values.map(({ status }) => status)).toEqual(['loading', 'ready']);
  });

  it('says why a query failed, and does not affect others', async () => {
    const { server, connection } = setUp();
    server.refused.set('message', 'no such table: `message`');
    const users = liveTable(connection, tables.user);
    const messages = liveTable(connection, tables.message);
    record(users);
    record(messages);
    await ready(users);
    expect(messages.status.get()).toMatchObject({
      status: 'error',
      error: { code: 'refused', message: 'no such table: `message`', cause: expect.any(Error) as Error },
    });
    expect(messages.status.get().error).toBeInstanceOf(QueryError);
    // The next connection may find another module.
    server.refused.clear();
    server.socket.drop();
    await ready(messages);
    expect(server.sockets).toHaveLength(2);
  });

  it('fails when the bindings have no such table', async () => {
    const { connection } = setUp();
    const users = liveTable(connection, tables.user);
    record(users);
    const early = liveTable(connection, 'SELECT * FROM nothing', { table: 'nothing' as 'user' });
    record(early);
    await ready(users);
    const late = liveTable(connection, 'SELECT * FROM nowhere', { table: 'nowhere' as 'user' });
    record(late);
    expect(early.status.get().error).toMatchObject({
      code: 'unknown-table',
      message: expect.stringMatching('nothing') as string,
    });
    expect(late.status.get()).toMatchObject({
      status: 'error',
      error: { message: expect.stringMatching('nowhere') as string },
    });
  });

  it('requires the table for SQL text', () => {
    const { connection } = setUp();
    expect(() => liveTable(connection, 'SELECT * FROM user', {} as { table: 'user' })).toThrow(TypeError);
  });

  it('a subscriber that throws does not affect others', async () => {
    const onError = vi.fn();
    const { server, connection } = setUp({ onError });
    const users = liveTable(connection, tables.user);
    const failure = new Error('mine');
    users.subscribe((rows) => {
      if (rows.length > 0) throw failure;
    });
    const { values } = record(users);
    const messages = record(liveTable(connection, tables.message));
    await ready(users);
    server.commit({
      user: { inserts: [{ identity: ann, name: 'Ann', online: true }], deletes: [] },
    });
    server.insertMessage(ann, 'hello');
    expect(values.map((rows) => rows.length)).toEqual([0, 1]);
    expect(messages.values.at(-1)).toHaveLength(1);
    expect(onError.mock.calls).toEqual([[failure]]);
    expect(server.open).toHaveLength(1);
  });

  it('changes all stores of a connection together', async () => {
    const { server, connection } = setUp();
    const users = liveTable(connection, tables.user);
    const messages = liveTable(connection, tables.message);
    const seen: [number, number][] = [];
    messages.subscribe((rows) => seen.push([users.get().length, rows.length]));
    users.subscribe((rows) => seen.push([rows.length, messages.get().length]));
    await ready(messages);
    seen.length = 0;
    const user = { identity: ann, name: 'Ann', online: true };
    const message = server.insertMessage(bob, 'other');
    server.commit({
      user: { inserts: [user], deletes: [] },
      message: { inserts: [{ ...message, text: 'more' }], deletes: [] },
    });
    expect(seen).toEqual([
      [0, 1],
      [1, 2],
      [1, 2],
    ]);
  });

  it('shows queries subscribed together at the same time, even if they are answered one by one', async () => {
    const { server, connection } = setUp();
    server.insertUser({ identity: ann });
    server.insertMessage(ann, 'hello');
    server.holding = true;
    const users = record(liveTable(connection, tables.user));
    const messages = record(liveTable(connection, tables.message));
    await vi.waitFor(() => expect(server.log).toHaveLength(2));
    server.release();
    expect([users.values.length, messages.values.length]).toEqual([2, 2]);
  });
});

describe('reconnecting', () => {
  it('keeps the rows, marked as stale, and then emits the actual differences once', async () => {
    const { server, connection } = setUp();
    server.insertUser({ identity: ann, name: 'Ann' });
    server.insertUser({ identity: bob, name: 'Bob' });
    const users = liveTable(connection, tables.user);
    const messages = liveTable(connection, tables.message);
    const shown = record(users);
    const states = record(users.status);
    const others = record(messages);
    await ready(users);
    server.holding = true;
    server.down = true;
    server.socket.drop();
    await vi.waitFor(() => expect(users.status.get().status).toBe('stale'));
    expect(names(users.get())).toEqual(['Ann', 'Bob']);

    server.updateUser(bob, { name: 'Bobby' });
    server.insertUser({ identity: cy, name: 'Cy' });
    server.down = false;
    await vi.waitFor(() => expect(server.log).toHaveLength(4));
    server.insertUser({ identity: new Identity(9n), name: 'Dee' });
    expect(shown.values).toHaveLength(2);
    server.release();
    // A separate transaction, after the snapshot.
    expect(shown.values.slice(2).map(names)).toEqual([
      ['Ann', 'Bobby', 'Cy'],
      ['Ann', 'Bobby', 'Cy', 'Dee'],
    ]);
    expect(shown.values[2]?.[0]).toBe(shown.values[1]?.[0]);
    expect(states.values.map(({ status }) => status)).toEqual(['loading', 'ready', 'stale', 'ready']);
    expect(others.values).toHaveLength(1);

    server.updateUser(ann, { online: false });
    expect(shown.values).toHaveLength(5);
  });

  it('emits nothing when nothing has changed', async () => {
    const { server, connection } = setUp();
    server.insertUser({ identity: ann, name: 'Ann' });
    server.insertMessage(ann, 'hello');
    const users = liveTable(connection, tables.user);
    const messages = liveTable(connection, tables.message);
    const records = [record(users), record(messages)];
    await ready(users);
    for (let i = 0; i < 3; i++) {
      server.socket.drop();
      await vi.waitFor(() => expect(server.sockets).toHaveLength(2 + i));
      await ready(users);
    }
    expect(records.map(({ values }) => values.length)).toEqual([2, 2]);
  });

  it('loses nothing when the connection breaks again before everything has arrived', async () => {
    const { server, connection } = setUp();
    server.insertUser({ identity: ann, name: 'Ann' });
    const users = liveTable(connection, tables.user);
    const { values } = record(users);
    await ready(users);
    server.holding = true;
    server.socket.drop();
    await vi.waitFor(() => expect(server.log).toHaveLength(2));
    server.socket.drop();
    await vi.waitFor(() => expect(server.log).toHaveLength(3));
    expect(users.status.get().status).toBe('stale');
    server.release();
    expect(users.status.get().status).toBe('ready');
    expect(values).toHaveLength(2);
  });

  it('does not wait for a query that nobody needs any more', async () => {
    const { server, connection } = setUp();
    const users = liveTable(connection, tables.user);
    record(users);
    const messages = liveTable(connection, tables.message);
    const { stop } = record(messages);
    await ready(users);
    server.holding = true;
    server.socket.drop();
    await vi.waitFor(() => expect(server.log).toHaveLength(4));
    // Only the answer for the users arrives.
    server.socket.flush();
    stop();
    await ready(users);
  });
});
