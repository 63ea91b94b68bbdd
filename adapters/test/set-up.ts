import { setGlobalLogLevel } from 'spacetimedb';
import { afterEach, expect, vi } from 'vitest';
import {
  connect,
  liveTable,
  memoryTokens,
  type ConnectOptions,
  type Connection,
  type ConnectionStatus,
  type Readable,
} from '../src/index.ts';
import { FakeServer } from './fake-server.ts';
import { DbConnection, tables } from './module_bindings/index.ts';

// The SDK tells of each try and each failure, at whatever level.
setGlobalLogLevel('error');
vi.spyOn(console, 'log').mockImplementation(() => undefined);

const open: Connection<DbConnection>[] = [];
afterEach(() => {
  for (const connection of open.splice(0)) connection.close();
});

/** A connection to a fake server, with short times. It is closed after the test. */
export function setUp(options: ConnectOptions = {}, server: FakeServer = new FakeServer()) {
  const { environment, ...rest } = options;
  const connection = connect(
    () => DbConnection.builder().withUri('http://chat.example').withDatabaseName('chat'),
    {
      connectOnServer: true,
      tokens: memoryTokens(),
      unsubscribeDelayMs: 0,
      backoff: { minDelayMs: 1, maxDelayMs: 1 },
      environment: { ...server.environment, ...environment },
      ...rest,
    },
  );
  open.push(connection);
  return { server, connection };
}

/** Subscribes and keeps all that comes. */
export function record<T>(store: Readable<T>) {
  const values: T[] = [];
  return { values, stop: store.subscribe((value) => values.push(value)) };
}

export type Fixture = ReturnType<typeof setUp>;

/** Keeps the connection needed, by a store of its users. */
export function use({ connection }: Pick<Fixture, 'connection'>) {
  return record(liveTable(connection, tables.user));
}

/** Waits until the connection is in `state`. */
export function reaches(
  { connection }: Pick<Fixture, 'connection'>,
  state: ConnectionStatus['status'],
): Promise<void> {
  return vi.waitFor(() => expect(connection.status.get().status).toBe(state));
}
