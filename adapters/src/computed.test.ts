import { Identity } from 'spacetimedb';
import { describe, expect, it, vi } from 'vitest';
import { tables } from '../test/module_bindings/index.ts';
import { record, setUp } from '../test/set-up.ts';
import { computed, liveTable, type Live } from './index.ts';
import { Scope, Store } from './store.ts';

const ann = new Identity(3n);
const ready = (store: Live<unknown>) => vi.waitFor(() => expect(store.status.get().status).toBe('ready'));

describe('computed', () => {
  it('emits once for a transaction that changes several sources, and always agrees with them', async () => {
    const { server, connection } = setUp();
    const users = liveTable(connection, tables.user);
    const messages = liveTable(connection, tables.message);
    const combine = vi.fn((a: readonly unknown[], b: readonly unknown[]) => `${a.length}/${b.length}`);
    const counts = computed([users, messages], combine);
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

  it('has the worst status of its sources, and keeps them open while only the status is subscribed', async () => {
    const { server, connection } = setUp();
    const list = computed([liveTable(connection, tables.user), connection.status], (rows) => rows);
    const { values, stop } = record(list.status);
    await ready(list);
    server.socket.drop();
    await vi.waitFor(() => expect(values.at(-2)?.status).toBe('stale'));
    await ready(list);
    stop();
    await vi.waitFor(() => expect(connection.status.get().status).toBe('idle'));
  });

  it('works with stores that have no connection', () => {
    const scope = new Scope(() => undefined);
    const a = new Store(scope, 1);
    const sum = computed([a, new Store(scope, 2)], (a, b) => a + b);
    const { values } = record(sum);
    a.set(5);
    expect(values).toEqual([3, 7]);
    expect(sum.status.get()).toMatchObject({ status: 'ready', isReady: true });
  });
});

it('a computed value is made again only when its last subscriber has left', () => {
  const source = new Store(new Scope(() => undefined), 1);
  const combine = vi.fn((value: number) => [value]);
  const list = computed([source], combine);
  const [first, second] = [record(list), record(list)];
  first.stop();
  first.stop();
  list.get();
  expect(combine).toHaveBeenCalledTimes(1);
  second.stop();
  list.get();
  expect(combine).toHaveBeenCalledTimes(2);
});
