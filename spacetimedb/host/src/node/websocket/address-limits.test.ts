/**
 * Limits per address for WebSockets. The tests act as clients behind a proxy, because this machine itself is not
 * limited.
 */
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { HostLimits } from '../../engine/limits.ts';
import { eventually } from '../../testing/eventually.ts';
import { bundleSource } from '../../testing/module-source.ts';
import { callMessage, openRawClient, UpgradeRefusedError, type RawClient } from '../../testing/raw-client.ts';
import { startHost } from '../start-host.ts';

const COUNTER = `
  import { schema, table, t } from 'spacetimedb/server';
  const call = table({ name: 'call' }, { n: t.u64().primaryKey().autoInc() });
  const spacetimedb = schema({ call });
  export default spacetimedb;
  export const add = spacetimedb.reducer((ctx) => { ctx.db.call.insert({ n: 0n }); });
`;
const ANN = '203.0.113.1';
const BOB = '203.0.113.2';
const REDUCER_RESULT = 6;

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let program: string;
beforeAll(async () => {
  program = await bundleSource(COUNTER);
});

type OpenOptions = Parameters<typeof openRawClient>[2];

async function setUp(limits: Partial<HostLimits>, { isProxied = true } = {}) {
  const host = await startHost({ program, name: 'counter', limits, ...(isProxied && { trustProxy: 1 }) });
  onTestFinished(() => host.stop());
  const open = (address: string, { query, ...options }: OpenOptions & {} = {}) =>
    openRawClient(host.uri, 'counter', {
      ...options,
      query: { confirmed: 'false', ...query },
      headers: { 'x-forwarded-for': address },
    });
  const refusal = async (address: string, options?: OpenOptions) => {
    const error: unknown = await open(address, options).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (!(error instanceof UpgradeRefusedError))
      throw new Error('the WebSocket was not refused', { cause: error });
    return [error.status, error.headers['retry-after'], error.message];
  };
  const calls = () => host.sql('SELECT COUNT(*) AS n FROM call').rows[0]?.[0];
  return { host, open, refusal, calls };
}

const results = ({ received }: RawClient) => received.filter(([tag]) => tag === REDUCER_RESULT).length;

describe('WebSockets per address', () => {
  test('an address may open only so many WebSockets until one closes', async () => {
    const { host, open, refusal } = await setUp({ connectionsPerAddress: 2 });
    const [first] = [await open(ANN), await open(ANN)];
    expect(await refusal(ANN)).toEqual([
      429,
      '10',
      'Too many WebSockets from your address, at most 2 at a time',
    ]);
    await open(BOB);
    await open(ANN, { query: { token: host.ownerToken } });
    first.socket.terminate();
    await eventually(() =>
      open(ANN).then(
        () => 'opened',
        () => 'refused',
      ),
    ).toBe('opened');
    await refusal(ANN);
  });

  test('WebSockets refused for another reason do not count', async () => {
    const { open, refusal } = await setUp({ connectionsPerAddress: 1 });
    expect((await refusal(ANN, { query: { compression: 'Zip' } }))[0]).toBe(400);
    expect((await refusal(ANN, { query: { connection_id: '1' } }))[0]).toBe(400);
    await open(ANN);
  });

  test('a WebSocket without a token counts as a new identity of its address', async () => {
    const { host, open, refusal } = await setUp({ identitiesPerMinute: 1 });
    const answer = await fetch(`${host.uri}/v1/identity`, {
      method: 'POST',
      headers: { 'x-forwarded-for': ANN },
    });
    const { token } = (await answer.json()) as { token: string };
    expect(await refusal(ANN)).toEqual([429, '60', expect.stringMatching(/^Too many new identities/)]);
    await open(ANN, { query: { token } });
    await open(BOB);
  });

  test('opening a WebSocket counts as a call', async () => {
    const { open, refusal } = await setUp({ callsPerSecond: 1 });
    await open(ANN);
    const refused = await Promise.all(Array.from({ length: 20 }, () => refusal(ANN).catch(() => undefined)));
    expect(refused).toContainEqual([429, '1', 'Too many calls from your address, at most 1 a second']);
  });
});

describe('calls over a WebSocket', () => {
  test('calls beyond the limit wait and are answered', async () => {
    const { host, open, calls } = await setUp({ callsPerSecond: 20 });
    const [ann, bob] = [await open(ANN), await open(BOB)];
    const started = performance.now();
    for (let n = 0; n < 60; n++) ann.socket.send(callMessage(n, 'add'));
    // Calls of another address and of the owner are not delayed.
    bob.socket.send(callMessage(0, 'add'));
    await eventually(() => results(bob)).toBe(1);
    expect(host.call('add').tag).toBe('ok');
    expect(results(ann)).toBeLessThan(60);

    await eventually(() => results(ann)).toBe(60);
    // 20 at once, one of which opening the socket used, then 20 per second.
    expect(performance.now() - started).toBeGreaterThan(1900);
    const requestIds = ann.received
      .filter(([tag]) => tag === REDUCER_RESULT)
      .map((message) => Buffer.from(message).readUInt32LE(1));
    expect(requestIds).toEqual(Array.from({ length: 60 }, (_, n) => n));
    expect(calls()).toBe(62n);
  });

  test('all sockets of an address share its limit', async () => {
    const { open } = await setUp({ callsPerSecond: 20 });
    const clients = await Promise.all([open(ANN), open(ANN)]);
    const started = performance.now();
    for (const { socket } of clients) for (let n = 0; n < 25; n++) socket.send(callMessage(n, 'add'));
    for (const client of clients) await eventually(() => results(client)).toBe(25);
    expect(performance.now() - started).toBeGreaterThan(1400);
  });

  test('thousands of calls in one message close the connection with a reason', async () => {
    const { open, calls } = await setUp({ callsPerSecond: 20 });
    const ann = await open(ANN, { version: 'v3' });
    const call = callMessage(0, 'add');
    ann.socket.send(Buffer.concat(Array.from({ length: 17_000 }, () => call)));
    expect(await ann.closed).toEqual({ code: 1013, reason: 'too many requests' });
    expect(Number(calls())).toBeLessThanOrEqual(20);
  });

  test('calls of the owner, and of this machine without a trusted proxy, do not wait', async () => {
    const limits = { callsPerSecond: 1, connectionsPerAddress: 0, identitiesPerMinute: 0 };
    const behindProxy = await setUp(limits);
    const direct = await setUp(limits, { isProxied: false });
    for (const client of [
      await behindProxy.open(ANN, { query: { token: behindProxy.host.ownerToken } }),
      await direct.open(ANN),
    ]) {
      for (let n = 0; n < 100; n++) client.socket.send(callMessage(n, 'add'));
      await eventually(() => results(client)).toBe(100);
    }
  });

  test('waiting calls are dropped when their client closes', async () => {
    const { open, calls } = await setUp({ callsPerSecond: 5 });
    const ann = await open(ANN);
    for (let n = 0; n < 50; n++) ann.socket.send(callMessage(n, 'add'));
    await eventually(() => results(ann)).toBeGreaterThan(0);
    ann.socket.terminate();
    await ann.closed;
    const again = await open(BOB);
    again.socket.send(callMessage(0, 'add'));
    await eventually(() => results(again)).toBe(1);
    expect(Number(calls())).toBeLessThan(50);
  });
});
