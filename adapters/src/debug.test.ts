import { Identity } from 'spacetimedb';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { FakeServer } from '../test/fake-server.ts';
import { tables } from '../test/module_bindings/index.ts';
import { record, setUp } from '../test/set-up.ts';
import { openDebugLog } from './debug.ts';
import { liveTable, memoryTokens, type ConnectOptions } from './index.ts';

const ann = new Identity(7n);
const soon = { timeout: 10_000 };

afterEach(() => {
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** A connection with a log, and a subscription to its users. */
function open(options: ConnectOptions = {}, server = new FakeServer()) {
  const lines: string[] = [];
  const { connection } = setUp({ debug: (line) => lines.push(line), ...options }, server);
  server.insertUser({ identity: ann, name: 'Ann' });
  const users = liveTable(connection, tables.user);
  const { stop } = record(users);
  const ready = () => vi.waitFor(() => expect(users.status.get().status).toBe('ready'), soon);
  const logs = (pattern: RegExp) =>
    vi.waitFor(() => expect(lines).toContainEqual(expect.stringMatching(pattern)), soon);
  return { server, connection, users, lines, stop, ready, logs };
}

it('writes one line for each attempt, frame, subscription and call', async () => {
  const { server, connection, lines, stop, ready, logs } = open();
  await ready();
  await connection.call((db) => db.reducers.setName({ name: 'Me' }));
  server.onCall = () => ({ error: 'Names must not be empty' });
  await connection.call((db) => db.reducers.setName({ name: '' })).catch(() => undefined);
  server.onCall = () => undefined;
  const lost = connection.call((db) => db.reducers.sendMessage({ text: 'Hi' })).catch(() => undefined);
  await logs(/ > .*CallReducer/);
  await vi.waitFor(() =>
    expect(server.socket.received.filter(({ tag }) => tag === 'CallReducer')).toHaveLength(3),
  );
  server.socket.drop();
  await lost;
  await vi.waitFor(() => expect(server.sockets).toHaveLength(2), soon);
  await ready();
  stop();
  await logs(/connection idle/);
  const user = 'SELECT * FROM "user"';
  expect(lines.map((line) => line.replaceAll(/\b\d+ ms/g, 'n ms').replace('spacetimedb:', ''))).toEqual([
    'connection connecting to chat.example/chat, attempt 1',
    'frame < 61 bytes: InitialConnection',
    `connection connected as ${'1'.padStart(64, '0')} (n ms)`,
    'frame > 37 bytes: Subscribe',
    `query subscribing: ${user}`,
    'frame < 80 bytes: SubscribeApplied',
    `query subscribed, 1 row (n ms): ${user}`,
    'frame > 28 bytes: CallReducer',
    'frame < 110 bytes: ReducerResult',
    'call set_name: ok (n ms)',
    `query changed, +1 -0 rows: ${user}`,
    'frame > 26 bytes: CallReducer',
    'frame < 46 bytes: ReducerResult',
    'call set_name: refused: Names must not be empty (n ms)',
    'frame > 32 bytes: CallReducer',
    'call send_message: connection lost before the answer (n ms)',
    'connection reconnecting, closed-by-server: The connection was closed (code 1006), next attempt in n ms',
    'connection connecting to chat.example/chat, attempt 2',
    'frame < 61 bytes: InitialConnection',
    `connection connected as ${'1'.padStart(64, '0')} (n ms)`,
    'frame > 37 bytes: Subscribe',
    `query subscribing: ${user}`,
    'frame < 128 bytes: SubscribeApplied',
    `query subscribed, 2 rows (n ms): ${user}`,
    'frame > 10 bytes: Unsubscribe',
    `query unsubscribing: ${user}`,
    'frame < 129 bytes: UnsubscribeApplied',
    `query unsubscribed: ${user}`,
    'connection idle',
  ]);
});

it('shows the size of a compressed frame on the wire and decompressed', async () => {
  const { server, ready, logs } = open();
  await ready();
  server.socket.gzip = true;
  server.updateUser(ann, { name: 'A'.repeat(10_000) });
  await logs(/frame < \d{2,3} bytes, 10\d{3} bytes unpacked: TransactionUpdate$/);
});

it('logs a query that the server refuses, and a call that was not sent', async () => {
  const { server, connection, logs } = open();
  server.refused.set('message', 'there is no such table');
  record(liveTable(connection, tables.message));
  await logs(/query failed, there is no such table \(\d+ ms\): SELECT \* FROM "message"$/);
  server.down = true;
  server.socket.drop();
  await logs(/reconnecting/);
  await vi.waitFor(async () => {
    await expect(connection.call((db) => db.reducers.setName({ name: 'x' }))).rejects.toThrow();
  }, soon);
  await logs(/call not sent: /);
});

it('does not log tokens or the arguments of calls', async () => {
  const jwt = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl';
  const tokens = memoryTokens();
  tokens.set('spacetimedb:chat.example/chat', jwt);
  const { server, connection, lines, ready, logs } = open({ tokens });
  await ready();
  await connection.call((db) => db.reducers.sendMessage({ text: 'My secret' }));
  const refused = liveTable(connection, tables.message);
  server.refused.set('message', `no rows for ${jwt}`);
  record(refused);
  await logs(/no rows for \[token\]/);
  server.socket.drop();
  await vi.waitFor(() => expect(server.sockets).toHaveLength(2), soon);
  await ready();
  for (const line of lines) expect(line).not.toMatch(/eyJ|secret|short/);
});

it('reports what the function throws, and continues', async () => {
  const onError = vi.fn();
  const fault = new Error('The log is full');
  const debug = () => {
    throw fault;
  };
  const { ready } = open({ debug, onError });
  await ready();
  await vi.waitFor(() => expect(onError).toHaveBeenCalledWith(fault), soon);
});

describe('without the option', () => {
  const event = { kind: 'unsent', error: new Error('There is no connection') } as const;
  const inBrowser = (getItem: () => string | null) => vi.stubGlobal('window', { localStorage: { getItem } });
  const report = () => undefined;

  it.each([
    ['spacetimedb', true],
    ['spacetimedb:*', true],
    ['*', true],
    ['app:*, spacetimedb:call', true],
    ['spacetimedb:c*', true],
    ['', false],
    [null, false],
    ['app:*', false],
    ['spacetimedb2', false],
    ['spacetimedbxcall', false],
    ['*,-spacetimedb', false],
    ['spacetimedb,-spacetimedb:*', false],
  ])('localStorage.debug = %j turns the log on: %s', (pattern, isOn) => {
    inBrowser(() => pattern);
    expect(openDebugLog(undefined, report) !== undefined).toBe(isOn);
  });

  it('a pattern chooses the lines', async () => {
    const written = vi.spyOn(console, 'debug').mockImplementation(() => undefined);
    inBrowser(() => 'spacetimedb,-spacetimedb:frame');
    const log = openDebugLog(undefined, report);
    log?.({ kind: 'sent', bytes: new Uint8Array([1, 0, 0, 0, 0, 0, 0, 0, 0, 0]) });
    log?.(event);
    await vi.waitFor(() => expect(written).toHaveBeenCalledTimes(2), soon);
    expect(written.mock.calls).toEqual([
      ['spacetimedb:query unsubscribing: query 0'],
      ['spacetimedb:call not sent: There is no connection'],
    ]);
  });

  it('the log stays off if the storage cannot be read', () => {
    inBrowser(() => {
      throw new DOMException('Access is denied', 'SecurityError');
    });
    expect(openDebugLog(undefined, report)).toBe(undefined);
  });

  it('the environment variable DEBUG turns the log on in Node, on standard error', async () => {
    const written = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    expect(openDebugLog(undefined, report)).toBe(undefined);
    vi.stubEnv('DEBUG', 'spacetimedb:call');
    openDebugLog(undefined, report)?.(event);
    await vi.waitFor(() => {
      expect(written).toHaveBeenCalledWith('spacetimedb:call not sent: There is no connection');
    }, soon);
  });

  it('false wins over DEBUG', () => {
    vi.stubEnv('DEBUG', '*');
    expect(openDebugLog(false, report)).toBe(undefined);
    expect(openDebugLog(true, report)).toBeTypeOf('function');
  });
});
