import { gzipSync } from 'node:zlib';
import { Identity } from 'spacetimedb';
import { describe, expect, it, vi } from 'vitest';
import { FakeServer } from '../test/fake-server.ts';
import { tables } from '../test/module_bindings/index.ts';
import { sendLargeThenSmall } from '../test/large-then-small.ts';
import { record, setUp } from '../test/set-up.ts';
import { liveTable } from './index.ts';

const ann = new Identity(3n);

describe('frames under gzip', () => {
  it('arrive in order with our transport', async () => {
    const { server, connection } = setUp();
    const messages = liveTable(connection, tables.message);
    const { values } = record(messages);
    await vi.waitFor(() => expect(messages.status.get().status).toBe('ready'));
    sendLargeThenSmall(server);
    await vi.waitFor(() => expect(messages.get()).toHaveLength(3_999));
    expect(values.slice(-2).map((rows) => rows.length)).toEqual([4_000, 3_999]);
    expect(messages.get().some((message) => message.text === '0 and so on')).toBe(false);
  });

  it('are delivered until the connection ends', async () => {
    const { server, connection } = setUp({ backoff: { minDelayMs: 60_000, maxDelayMs: 60_000 } });
    const messages = liveTable(connection, tables.message);
    record(messages);
    await vi.waitFor(() => expect(messages.status.get().status).toBe('ready'));
    server.socket.gzip = true;
    server.insertMessage(ann, 'x'.repeat(100_000));
    server.socket.drop();
    await vi.waitFor(() => expect(messages.status.get().status).toBe('stale'));
    expect(messages.get()).toHaveLength(1);
  });
});

describe('bad frames', () => {
  it.each([
    ['a gzip frame that is none', [2, 1, 2, 3]],
    ['an unknown message', [0, 99]],
    ['a message that is cut short', [0, 4, 1, 0, 0, 0]],
    ['an unknown compression', [7, 1]],
  ])('%s ends the connection, and the next one works', async (_, bytes) => {
    const { server, connection } = setUp();
    const users = liveTable(connection, tables.user);
    const statuses = record(connection.status);
    record(users);
    await vi.waitFor(() => expect(users.status.get().status).toBe('ready'));
    server.socket.deliver(new Uint8Array(bytes));
    await vi.waitFor(() => expect(server.open).toHaveLength(1));
    await vi.waitFor(() => expect(server.sockets).toHaveLength(2));
    await vi.waitFor(() => expect(users.status.get().status).toBe('ready'));
    expect(statuses.values.find(({ error }) => error)?.error?.code).toBe('bad-frame');
  });
});

it('does not decompress a small frame that would fill the memory', async () => {
  const { server, connection } = setUp({ backoff: { minDelayMs: 60_000, maxDelayMs: 60_000 } });
  const users = liveTable(connection, tables.user);
  record(users);
  await vi.waitFor(() => expect(users.status.get().status).toBe('ready'));
  const bomb = gzipSync(new Uint8Array(256 * 1024 * 1024 + 1), { level: 1 });
  expect(bomb.length).toBeLessThan(4 * 1024 * 1024);
  server.socket.deliver(Uint8Array.from([2, ...bomb]));
  await vi.waitFor(() => expect(connection.status.get().error?.code).toBe('bad-frame'), { timeout: 150_000 });
  expect(connection.status.get().error?.message).toBe('A frame of the server could not be unpacked');
}, 180_000);

describe('the address of the socket', () => {
  it('contains the options of the builder', async () => {
    const server = new FakeServer();
    const { connection } = setUp({}, server);
    record(liveTable(connection, tables.user));
    await vi.waitFor(() => expect(server.sockets).toHaveLength(1));
    expect(server.socket.url.href).toBe('ws://chat.example/v1/database/chat/subscribe?compression=Gzip');
  });
});

it('uses v2 with a server that supports nothing else', async () => {
  const server = new FakeServer();
  server.protocol = 'v2.bsatn.spacetimedb';
  const { connection } = setUp({}, server);
  server.insertUser({ identity: ann });
  const users = liveTable(connection, tables.user);
  record(users);
  await vi.waitFor(() => expect(users.get()).toHaveLength(1));
  await connection.call((db) => db.reducers.setName({ name: 'Ann' }));
  expect(users.get()).toHaveLength(2);
});
