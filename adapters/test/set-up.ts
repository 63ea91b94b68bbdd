import { setGlobalLogLevel } from 'spacetimedb';
import { expect, onTestFinished, vi } from 'vitest';
import {
  connect,
  liveTable,
  memoryTokens,
  type ConnectOptions,
  type ConnectionStatus,
  type Readable,
} from '../src/index.ts';
import { FakeServer } from './fake-server.ts';
import { DbConnection, tables } from './module_bindings/index.ts';

/** Hides the SDK's logs of attempts and failures, which ignore the log level, until the end of the file. */
export function silenceSdk(): void {
  setGlobalLogLevel('error');
  vi.spyOn(console, 'log').mockImplementation(() => undefined);
}

/** A connection to a fake server, with short timeouts. It is closed after the test. */
export function setUp(options: ConnectOptions = {}, server: FakeServer = new FakeServer()) {
  silenceSdk();
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
  onTestFinished(() => connection.close());
  return { server, connection };
}

/** Subscribes and records all values. */
export function record<T>(store: Readable<T>) {
  const values: T[] = [];
  return { values, stop: store.subscribe((value) => values.push(value)) };
}

export type Fixture = ReturnType<typeof setUp>;

/** Keeps the connection open by subscribing to its users. */
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
