import { fileURLToPath } from 'node:url';
import { startHost, type StartedHost } from 'spacetimedb-host';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { DbConnection, tables } from './module_bindings/index.ts';
import { connect, liveEvents, liveTable, memoryTokens } from '../src/index.ts';
import { record } from './set-up.ts';

const module = fileURLToPath(new URL('./module', import.meta.url));
const slow = { timeout: 10_000 };
let host: StartedHost;

beforeAll(async () => {
  host = await startHost({ module, name: 'shop' });
}, 60_000);
afterAll(() => host.stop());

it('delivers the rows of an event table, each once, to those who listen', async () => {
  const lines: string[] = [];
  const connection = connect(() => DbConnection.builder().withUri(host.uri).withDatabaseName('shop'), {
    connectOnServer: true,
    tokens: memoryTokens(),
    graceMs: 0,
    debug: (line) => lines.push(line),
  });
  const sales = liveEvents(connection, tables.sale);
  const dear = liveEvents(connection, tables.sale, { filter: ({ price }) => price > 10 });
  // Another query that brings the same rows.
  const text = liveEvents(connection, 'SELECT * FROM sale', { table: 'sale' });
  const all: number[] = [];
  const again: number[] = [];
  const some: number[] = [];
  const stops = [
    sales.subscribe(({ price }) => all.push(price)),
    dear.subscribe(({ price }) => some.push(price)),
    text.subscribe(({ price }) => again.push(price)),
  ];
  for (const { state } of [sales, text])
    await vi.waitFor(() => expect(state.get().phase).toBe('ready'), slow);
  for (const price of [5, 20, 5]) {
    await connection.call((db) => db.reducers.sell({ bookId: 1n, price }));
  }
  await expect(connection.call((db) => db.reducers.sell({ bookId: 1n, price: -1 }))).rejects.toThrow();
  expect(all).toEqual([5, 20, 5]);
  expect(some).toEqual([20]);
  expect(again).toEqual(all);
  // What a server really sends can be read by the log.
  await vi.waitFor(
    () => expect(lines).toContainEqual(expect.stringMatching(/call sell: refused: The price/)),
    slow,
  );
  expect(lines).toContainEqual(expect.stringMatching(/call sell: ok/));
  expect(lines).toContainEqual(expect.stringMatching(/query changed, \+1 -0 rows: SELECT \* FROM sale/));
  expect(lines.join('\n')).not.toMatch('unreadable');

  const rows = liveTable(connection, tables.sale);
  const { stop } = record(rows);
  await vi.waitFor(() => expect(rows.state.get().error?.message).toMatch('liveEvents'), slow);
  stops.forEach((stop) => stop());
  stop();
  await vi.waitFor(() => expect(connection.status.get().state).toBe('idle'), slow);
  connection.close();
}, 30_000);
