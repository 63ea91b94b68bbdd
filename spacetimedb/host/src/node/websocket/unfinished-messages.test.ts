import { beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { eventually } from '../../testing/eventually.ts';
import { bundleSource } from '../../testing/module-source.ts';
import { callMessage, openRawClient, type RawClient } from '../../testing/raw-client.ts';
import { startHost } from '../start-host.ts';

const ECHO = `
  import { schema, table, t } from 'spacetimedb/server';
  const spacetimedb = schema({ size: table({ name: 'size' }, { bytes: t.u32() }) });
  export default spacetimedb;
  export const take = spacetimedb.reducer({ data: t.byteArray() }, (ctx, { data }) => {
    ctx.db.size.insert({ bytes: data.length });
  });
`;

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let program: string;
beforeAll(async () => {
  program = await bundleSource(ECHO);
});

async function setUp(unfinishedBytes: number) {
  const host = await startHost({ program, name: 'echo', limits: { unfinishedBytes } });
  onTestFinished(() => host.stop());
  return { host, open: () => openRawClient(host.uri, 'echo', { query: { confirmed: 'false' } }) };
}

/** A call with an argument of that many bytes. */
function take(bytes: number): Uint8Array {
  const args = Buffer.alloc(4 + bytes);
  args.writeUInt32LE(bytes);
  return callMessage(1, 'take', args);
}

const isAnswered = ({ received }: RawClient) => received.some(([tag]) => tag === 6);

test('clients with large incomplete messages are dropped, largest first, and others are served', async () => {
  const { host, open } = await setUp(2_000_000);
  const [large, larger, honest] = [await open(), await open(), await open()];
  large.socket.send(Buffer.alloc(600_000), { fin: false });
  larger.socket.send(Buffer.alloc(900_000), { fin: false });
  honest.socket.send(take(100_000));
  await eventually(() => isAnswered(honest)).toBe(true);
  expect([large, larger].map(({ socket }) => socket.readyState)).toEqual([1, 1]);

  large.socket.send(Buffer.alloc(700_000), { fin: false });
  // The client with the most incomplete data is dropped, here the first one with 1.3 MB.
  await large.closed;
  expect([larger, honest].map(({ socket }) => socket.readyState)).toEqual([1, 1]);
  expect(host.logs().at(-1)?.message).toMatch(/did not finish its message/);
});

test('complete messages and control frames do not count', async () => {
  const { host, open } = await setUp(200_000);
  const client = await open();
  for (let n = 0; n < 10; n++) client.socket.send(take(100_000 + n));
  // Unlike pings, `ws` accepts any number of these.
  for (let n = 0; n < 3000; n++) client.socket.pong(Buffer.alloc(100));
  client.socket.send(take(110_000));
  await eventually(() => host.sql('SELECT COUNT(*) AS n FROM size').rows[0]?.[0]).toBe(11n);
  expect(client.socket.readyState).toBe(1);
});
