import { afterEach, expect, it, vi } from 'vitest';
import { DbConnection, tables } from '../test/module_bindings/index.ts';
import { FakeServer } from '../test/fake-server.ts';
import { sendLargeThenSmall } from '../test/large-then-small.ts';

afterEach(() => vi.unstubAllGlobals());

it('of the SDK delivers frames out of order with gzip, so this package has its own', async () => {
  const server = new FakeServer();
  vi.stubGlobal('WebSocket', function (url: string, protocols: string[]) {
    return server.environment.openSocket(url, protocols);
  });
  const applied = vi.fn();
  const db = DbConnection.builder().withUri('http://chat.example').withDatabaseName('chat').build();
  db.subscriptionBuilder().onApplied(applied).subscribe(tables.message);
  await vi.waitFor(() => expect(applied).toHaveBeenCalled());
  sendLargeThenSmall(server);
  await vi.waitFor(() => expect(db.db.message.count()).toBe(4_000n));
  // The row still exists, because its deletion was processed before its insertion.
  expect([...db.db.message.iter()].filter((message) => message.text === '0 and so on')).toHaveLength(1);
  db.disconnect();
});
