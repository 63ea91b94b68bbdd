/** What comes later, and when it does not, as when the page is offline or its files are gone. */
import { expect, it, vi } from 'vitest';
import { FakeServer } from '../test/fake-server.ts';
import { tables } from '../../web/module_bindings/index.ts';
import { record, setUp } from '../test/set-up.ts';
import { liveTable } from './index.ts';

vi.mock('./explain.ts', () => {
  throw new Error('Failed to fetch dynamically imported module');
});
vi.mock('./list.ts', () => {
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

it('goes on with plain arrays when the code for long lists does not come', async () => {
  const { server, connection } = setUp();
  const sender = server.identify('x').identity;
  const messages = liveTable(connection, tables.message);
  record(messages);
  await vi.waitFor(() => expect(messages.state.get().phase).toBe('ready'));
  for (let i = 0; i < 3; i++) {
    const inserts = Array.from({ length: 1_000 }, (_, n) => ({
      ...server.insertMessage(sender, `${i}`),
      text: `${i} ${n}`,
    }));
    server.commit({ message: { inserts, deletes: [] } });
    await vi.waitFor(() => expect(messages.get()).toHaveLength((i + 1) * 2_000));
  }
  expect(structuredClone(messages.get())).toHaveLength(6_000);
});
