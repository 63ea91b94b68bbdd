import { Identity } from 'spacetimedb';
import { describe, expect, it, vi } from 'vitest';
import { tables } from '../test/module_bindings/index.ts';
import { record, setUp } from '../test/set-up.ts';
import { derived, joined, liveTable, type Live } from './index.ts';
import { Scope, Store } from './store.ts';

const [ann, bob] = [3n, 4n].map((value) => new Identity(value)) as [Identity, Identity];
const ready = (store: Live<unknown>) => vi.waitFor(() => expect(store.state.get().phase).toBe('ready'));

describe('derived', () => {
  it('emits once for a transaction that changes several, and agrees with them at every moment', async () => {
    const { server, connection } = setUp();
    const users = liveTable(connection, tables.user);
    const messages = liveTable(connection, tables.message);
    const combine = vi.fn((a: readonly unknown[], b: readonly unknown[]) => `${a.length}/${b.length}`);
    const counts = derived([users, messages], combine);
    const seen: string[] = [];
    users.subscribe((rows) => seen.push(`${rows.length} ${counts.get()}`));
    const { values, stop } = record(counts);
    await ready(counts);
    const user = { identity: ann, name: 'Ann', online: true };
    const message = { ...server.insertMessage(ann, 'a'), text: 'b' };
    server.commit({
      user: { inserts: [user], deletes: [] },
      message: { inserts: [message], deletes: [] },
    });
    server.updateUser(ann, { name: 'Anna' });
    expect(values).toEqual(['0/0', '0/1', '1/2']);
    expect(seen).toEqual(['0 0/0', '1 1/2', '1 1/2']);
    expect(combine).toHaveBeenCalledTimes(4);
    stop();
    server.insertMessage(ann, 'c');
    expect(values).toHaveLength(3);
  });

  it('takes on the state of the worst, and keeps its sources open while only that is watched', async () => {
    const { server, connection } = setUp();
    const list = derived([liveTable(connection, tables.user), connection.status], (rows) => rows);
    const { values, stop } = record(list.state);
    await ready(list);
    server.socket.drop();
    await vi.waitFor(() => expect(values.at(-2)?.phase).toBe('stale'));
    await ready(list);
    stop();
    await vi.waitFor(() => expect(connection.status.get().state).toBe('idle'));
  });

  it('takes stores without a connection', () => {
    const scope = new Scope(() => undefined);
    const a = new Store(scope, 1);
    const sum = derived([a, new Store(scope, 2)], (a, b) => a + b);
    const { values } = record(sum);
    a.set(5);
    expect(values).toEqual([3, 7]);
    expect(sum.state.get()).toEqual({ phase: 'ready' });
  });
});

describe('joined', () => {
  it('puts each row together with its other, and keeps the objects that did not change', async () => {
    const { server, connection } = setUp();
    for (let i = 0; i < 3_000; i++) server.insertMessage(i === 7 ? bob : ann, `text ${i}`);
    server.insertUser({ identity: ann, name: 'Ann' });
    const byTime = liveTable(connection, tables.message, {
      order: (a, b) => Number(a.sent.microsSinceUnixEpoch - b.sent.microsSinceUnixEpoch),
    });
    const authored = joined(byTime, liveTable(connection, tables.user), {
      on: (message) => message.sender.__identity__,
      key: (user) => user.identity.__identity__,
      with: (message, user) => ({ text: message.text, by: user?.name }),
    });
    const { values } = record(authored);
    await ready(authored);
    server.insertUser({ identity: bob, name: 'Bob' });
    server.insertMessage(bob, 'last');
    const [, first, second, third] = values;
    expect(values).toHaveLength(4);
    expect([first?.[7], second?.[7]?.by, third?.at(-1)]).toEqual([
      { text: 'text 7', by: undefined },
      'Bob',
      { text: 'last', by: 'Bob' },
    ]);
    expect(second?.filter((row, index) => row !== first?.[index])).toHaveLength(1);
    expect(third?.filter((row, index) => row !== second?.[index])).toHaveLength(1);
  });

  it('tells nothing when the other list changes in what no row belongs to', async () => {
    const { server, connection } = setUp();
    for (let i = 0; i < 3_000; i++) server.insertMessage(ann, `text ${i}`);
    server.insertUser({ identity: ann, name: 'Ann' });
    const authored = joined(liveTable(connection, tables.message), liveTable(connection, tables.user), {
      on: (message) => message.sender.__identity__,
      key: (user) => user.identity.__identity__,
      with: (message, user) => ({ text: message.text, by: user?.name }),
    });
    const { values } = record(authored);
    await ready(authored);
    server.insertUser({ identity: bob, name: 'Bob' });
    expect(values).toHaveLength(2);
    server.updateUser(ann, { name: 'Anna' });
    expect(values).toHaveLength(3);
  });
});
