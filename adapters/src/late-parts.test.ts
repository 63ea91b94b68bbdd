/** What comes later, and when it does not, as when the page is offline or its files are gone. */
import { expect, it, vi } from 'vitest';
import { FakeServer } from '../test/fake-server.ts';
import { tables } from '../../web/module_bindings/index.ts';
import { record, setUp } from '../test/set-up.ts';
import { liveTable } from './index.ts';

vi.mock('./explain.ts', () => {
  throw new Error('Failed to fetch dynamically imported module');
});

it('is unreachable, and tries again, when it cannot find out why there is no connection', async () => {
  const server = new FakeServer();
  server.hasDatabase = false;
  const { connection } = setUp({}, server);
  record(liveTable(connection, tables.user));
  await vi.waitFor(() => expect(connection.status.get().attempt).toBeGreaterThan(2));
  expect(connection.status.get()).toMatchObject({
    problem: 'unreachable',
    reason: 'No answer from chat.example',
  });
  server.hasDatabase = true;
  await vi.waitFor(() => expect(connection.status.get().state).toBe('connected'));
});
