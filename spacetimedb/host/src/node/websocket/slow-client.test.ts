/** Clients that do not read what they are sent, over real sockets. */
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { ClientMessage, ServerMessage } from '../../engine/wire/messages.ts';
import type { HostLimits } from '../../engine/limits.ts';
import { Host } from '../host.ts';
import { createApp } from '../http/app.ts';
import { listen } from '../http/server.ts';
import { bundleSource } from '../../testing/module-source.ts';
import { decodeServerMessage, encodeClientMessage } from '../../testing/raw-client.ts';
import { SubscribeServer } from './websocket-server.ts';

const NOTES = `
  import { schema, table, t } from 'spacetimedb/server';
  const note = table({ name: 'note', public: true }, { id: t.u32().primaryKey().autoInc(), text: t.string() });
  const spacetimedb = schema({ note });
  export default spacetimedb;
  export const write = spacetimedb.reducer({ bytes: t.u32() }, (ctx, { bytes }) => {
    ctx.db.note.insert({ id: 0, text: 'x'.repeat(bytes) });
  });
  export const clear = spacetimedb.reducer((ctx) => { for (const row of ctx.db.note.iter()) ctx.db.note.id.delete(row.id); });
`;
const KIB = 1024;
const WAIT = { timeout: 60_000, interval: 20 };

let program: Uint8Array;
beforeAll(async () => {
  program = new TextEncoder().encode(await bundleSource(NOTES));
});

async function startServer(limits: Partial<HostLimits>) {
  const host = await Host.open({ limits });
  const database = await host.ensure('notes', program);
  const server = await listen(createApp(host), { port: 0, onUpgrade: new SubscribeServer(host).upgrade });
  onTestFinished(async () => {
    await host.close();
    await server.close(0);
  });
  const owner = { identity: host.owner.identity, connectionId: null };
  const call = (reducer: string, ...args: readonly unknown[]) => {
    const outcome = database.callReducer(owner, reducer, { format: 'json', text: JSON.stringify(args) });
    expect(outcome.tag).toBe('ok');
  };
  return { database, uri: server.url.replace('http', 'ws'), call, owner: host.owner };
}

async function connect(uri: string, query = 'confirmed=false') {
  const socket = new WebSocket(`${uri}/v1/database/notes/subscribe?compression=None&${query}`, [
    'v2.bsatn.spacetimedb',
  ]);
  const answers: ServerMessage[] = [];
  socket.on('message', (data: Buffer) => {
    answers.push(decodeServerMessage(new Uint8Array(data.subarray(1))));
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
  });
  onTestFinished(() => socket.terminate());
  const send = (message: ClientMessage) => socket.send(encodeClientMessage(message));
  await vi.waitFor(() => expect(answers.map(({ tag }) => tag)).toEqual(['InitialConnection']), WAIT);
  answers.length = 0;
  return {
    socket,
    answers,
    closed,
    queryOnce: (requestId: number, queryString: string) =>
      send({ tag: 'OneOffQuery', value: { requestId, queryString } }),
    subscribe: (id: number, ...queryStrings: string[]) =>
      send({ tag: 'Subscribe', value: { requestId: id, querySetId: { id }, queryStrings } }),
  };
}

describe('a client that does not read', () => {
  test('a client that does not read is not disconnected, and gets the remaining answers once it reads', async () => {
    const { database, uri, call } = await startServer({ outgoingBytes: 4 * KIB * KIB });
    for (let n = 0; n < 4; n++) call('write', 128 * KIB);
    const queryOnce = vi.spyOn(database, 'queryOnce');
    const client = await connect(uri);
    client.socket.pause();
    for (let requestId = 0; requestId < 80; requestId++) client.queryOnce(requestId, 'SELECT * FROM note');
    // 40 MB of answers. The host creates only as many as the operating system takes, and a few more.
    await vi.waitFor(() => expect(database.usage.outgoingBytes()).toBeGreaterThan(KIB * KIB), WAIT);
    const other = await connect(uri);
    for (let requestId = 0; requestId < 20; requestId++) {
      other.queryOnce(requestId, 'SELECT * FROM note WHERE id = 0');
      await vi.waitFor(() => expect(other.answers).toHaveLength(requestId + 1), WAIT);
      expect(database.usage.outgoingBytes()).toBeLessThan(4 * KIB * KIB);
    }
    expect(queryOnce.mock.calls.filter(([, sql]) => sql === 'SELECT * FROM note').length).toBeLessThan(70);

    client.socket.resume();
    await vi.waitFor(() => expect(client.answers).toHaveLength(80), WAIT);
    const ids = client.answers.map((answer) =>
      answer.tag === 'OneOffQueryResult' ? answer.value.requestId : -1,
    );
    expect(ids).toEqual(Array.from({ length: 80 }, (_, i) => i));
    await vi.waitFor(() => expect(database.usage.outgoingBytes()).toBe(0), WAIT);
    expect(database.logs.tail().filter(({ level }) => level === 'Warn')).toEqual([]);
  }, 120_000);

  test('all ten clients with too much waiting data are disconnected with the reason', async () => {
    const { database, uri, call } = await startServer({ outgoingBytes: 2 * KIB * KIB });
    const reader = await connect(uri);
    const slow = await Promise.all(Array.from({ length: 10 }, () => connect(uri)));
    for (const client of [reader, ...slow]) {
      client.subscribe(1, 'SELECT * FROM note');
      await vi.waitFor(() => expect(client.answers).toHaveLength(1), WAIT);
    }
    for (const { socket } of slow) socket.pause();
    const warnings = () => database.logs.tail().filter(({ level }) => level === 'Warn');
    let written = 0;
    while (warnings().length < slow.length) {
      call('write', 256 * KIB);
      written++;
      await vi.waitFor(() => expect(reader.answers).toHaveLength(1 + written), WAIT);
      expect(written).toBeLessThan(1_000);
    }
    for (const { message } of warnings()) {
      expect(message).toMatch(
        /^A client \([0-9a-f]{64}\) was disconnected: it has \d+ bytes waiting \(limit outgoingBytes: 2097152\)$/,
      );
    }
    for (const { socket } of slow) socket.resume();
    for (const { closed } of slow) {
      const { code, reason } = await closed;
      expect([code, reason]).toEqual([1008, expect.stringContaining('limit outgoingBytes: 2097152')]);
    }
    expect(database.usage.outgoingBytes()).toBe(0);
    expect(reader.socket.readyState).toBe(WebSocket.OPEN);
  }, 120_000);

  test('a client that does not even read why it is disconnected is dropped soon after', async () => {
    const { database, uri, call } = await startServer({ outgoingBytes: 2 * KIB * KIB });
    const client = await connect(uri);
    client.subscribe(1, 'SELECT * FROM note');
    await vi.waitFor(() => expect(client.answers).toHaveLength(1), WAIT);
    client.socket.pause();
    while (database.logs.tail().every(({ level }) => level !== 'Warn')) {
      call('write', 256 * KIB);
      // The bytes are sent after this turn of the event loop.
      await new Promise((resolve) => setImmediate(resolve));
    }
    // The other end is gone, so sending fails.
    const errors: Error[] = [];
    client.socket.on('error', (error) => errors.push(error));
    await vi.waitFor(() => {
      client.queryOnce(1, 'SELECT * FROM note');
      expect(client.socket.readyState).not.toBe(WebSocket.OPEN);
    }, WAIT);
  }, 120_000);
});

test('a large answer is sent in fragments and arrives as one message', async () => {
  const { database, uri, call, owner } = await startServer({
    outgoingBytes: 2 * KIB * KIB,
    queryBytes: 8 * KIB * KIB,
  });
  for (let n = 0; n < 24; n++) call('write', 256 * KIB);
  const client = await connect(uri);
  client.queryOnce(1, 'SELECT * FROM note');
  await vi.waitFor(() => expect(client.answers).toHaveLength(1), WAIT);
  const [answer] = client.answers;
  if (answer?.tag !== 'OneOffQueryResult' || answer.value.result.tag !== 'Ok') throw new TypeError('no rows');
  const [rows] = answer.value.result.value.tables;
  expect(rows?.rows.rowsData.length).toBe(24 * (256 * KIB + 8));

  // It exceeds the limit for other clients, but the owner has no limit.
  for (let n = 0; n < 24; n++) call('write', 256 * KIB);
  client.queryOnce(2, 'SELECT * FROM note');
  client.subscribe(1, 'SELECT * FROM note');
  await vi.waitFor(() => expect(client.answers).toHaveLength(3), WAIT);
  expect(client.answers[1]).toMatchObject({
    tag: 'OneOffQueryResult',
    value: { requestId: 2, result: { tag: 'Err', value: expect.stringContaining('queryBytes') } },
  });
  expect(client.answers[2]).toMatchObject({
    tag: 'SubscriptionError',
    value: { requestId: 1, querySetId: { id: 1 }, error: expect.stringContaining('queryBytes') },
  });
  const mine = await connect(uri, `confirmed=false&token=${owner.token}`);
  mine.subscribe(1, 'SELECT * FROM note');
  await vi.waitFor(() => expect(mine.answers).toHaveLength(1), WAIT);
  expect(mine.answers[0]?.tag).toBe('SubscribeApplied');
  expect(database.usage.outgoingBytes()).toBe(0);
}, 120_000);

test('large answers are refused while too much data waits for all clients together', async () => {
  const { database, uri, call } = await startServer({
    outgoingBytesPerHost: 0,
    outgoingBytes: 64 * KIB * KIB,
  });
  for (let n = 0; n < 40; n++) call('write', 512 * KIB);
  const slow = await connect(uri);
  slow.socket.pause();
  slow.queryOnce(1, 'SELECT * FROM note');
  await vi.waitFor(() => expect(database.usage.outgoingBytes()).toBeGreaterThan(0), WAIT);
  const other = await connect(uri);
  other.queryOnce(1, 'SELECT * FROM note');
  other.subscribe(2, 'SELECT * FROM note');
  await vi.waitFor(() => expect(other.answers).toHaveLength(2), WAIT);
  expect(other.answers).toMatchObject([
    {
      tag: 'OneOffQueryResult',
      value: { result: { tag: 'Err', value: expect.stringContaining('outgoingBytesPerHost') } },
    },
    { tag: 'SubscriptionError', value: { error: expect.stringContaining('outgoingBytesPerHost') } },
  ]);
  slow.socket.resume();
  await vi.waitFor(() => expect(database.usage.outgoingBytes()).toBe(0), WAIT);
  other.queryOnce(3, 'SELECT * FROM note');
  await vi.waitFor(() => expect(other.answers[2]).toMatchObject({ value: { result: { tag: 'Ok' } } }), WAIT);
}, 120_000);
