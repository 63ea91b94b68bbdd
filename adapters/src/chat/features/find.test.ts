import { expect, it, vi } from 'vitest';
import { FakeServer } from '../../../test/fake-server.ts';
import { record, setUp } from '../../../test/set-up.ts';
import { createChat, createFeatures } from '../index.ts';

function openFind(isDown: boolean) {
  const server = new FakeServer();
  server.down = isDown;
  const { connection } = setUp({}, server);
  const chat = createChat(connection);
  record(chat.users);
  return { server, connection, find: createFeatures(connection, chat).find };
}

it('waiting for a message ends when the connection is closed', async () => {
  const { connection, find } = openFind(true);
  const found = find('a-000000000000');
  connection.close();
  expect(await found).toBeUndefined();
});

it('the query for a message ends after its answer', async () => {
  const { server, find } = openFind(false);
  expect(await find('a-000000000000')).toBeUndefined();
  const sql = `SELECT * FROM message WHERE sent = '1970-01-01T00:00:00.000010Z'`;
  await vi.waitFor(() => expect(server.log).toContain(`- ${sql}`));
});
