/** A list that shows some rows of a table while other rows keep arriving. */
import { Identity } from 'spacetimedb';
import { expect, it, vi } from 'vitest';
import { FakeServer } from '../test/fake-server.ts';
import { tables } from '../test/module_bindings/index.ts';
import { record, setUp } from '../test/set-up.ts';
import { liveTable } from './index.ts';

const [ann, bob] = [new Identity(1n), new Identity(2n)];

/** A list of the people online whose query is refused after a reconnect, beside a list of all people. */
async function openRefused() {
  const server = new FakeServer();
  server.insertUser({ identity: ann, name: 'Ann', online: true });
  const { connection } = setUp({}, server);
  const all = liveTable(connection, tables.user);
  const online = liveTable(
    connection,
    tables.user.where((user) => user.online.eq(true)),
  );
  record(all);
  record(online);
  const reaches = (status: string) => vi.waitFor(() => expect(online.status.get().status).toBe(status));
  await reaches('ready');
  const before = online.get();
  server.refused.set('online', 'not now');
  server.socket.drop();
  await reaches('error');
  expect(online.get()).toBe(before);
  const recover = async () => {
    server.refused.clear();
    server.socket.drop();
    await reaches('ready');
  };
  return { server, all, online, before, recover };
}

it('a query that was temporarily refused shows the rows that another query has loaded meanwhile', async () => {
  const { server, all, online, recover } = await openRefused();
  server.insertUser({ identity: bob, name: 'Bob', online: true });
  await vi.waitFor(() => expect(all.get()).toHaveLength(2));
  await recover();
  expect(online.get().map(({ name }) => name)).toEqual(['Ann', 'Bob']);
});

it('a query that was temporarily refused keeps its list if its rows are the same', async () => {
  const { online, before, recover } = await openRefused();
  await recover();
  expect(online.get()).toBe(before);
});
