import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS, type HostLimits } from '../../engine/limits.ts';
import { AddressLimits } from './address-limits.ts';
import { startTestServer } from './testing/start-test-server.ts';

/** A server behind one proxy, with a manual clock. */
async function startLimited(limits: Partial<HostLimits>) {
  const clock = { now: 0 };
  const addresses = new AddressLimits(
    { ...DEFAULT_LIMITS, ...limits },
    { trustProxy: 1, now: () => clock.now },
  );
  const server = await startTestServer({ addresses });
  const from = (address: string, path: string, init: Parameters<typeof server.request>[1] = {}) =>
    server.request(path, { ...init, headers: { ...init.headers, 'x-forwarded-for': address } });
  return { ...server, clock, from };
}

const ANN = '203.0.113.1';
const BOB = '203.0.113.2';
const json = { 'content-type': 'application/json' };

describe('new identities', () => {
  it('each address may create a limited number of identities per minute', async () => {
    const { from, clock } = await startLimited({ identitiesPerMinute: 2 });
    const make = async (address: string) => (await from(address, '/v1/identity', { method: 'POST' })).status;
    expect([await make(ANN), await make(ANN), await make(ANN)]).toEqual([200, 200, 429]);
    expect(await make(BOB)).toBe(200);
    clock.now = 30_000;
    expect([await make(ANN), await make(ANN)]).toEqual([200, 429]);
  });

  it('the refusal says the limit and when to retry', async () => {
    const { from } = await startLimited({ identitiesPerMinute: 1 });
    await from(ANN, '/v1/identity', { method: 'POST' });
    const refused = await from(ANN, '/v1/identity', { method: 'POST' });
    expect([refused.status, refused.headers.get('retry-after'), await refused.text()]).toEqual([
      429,
      '60',
      'Too many new identities from your address, at most 1 a minute; send the token of one that you have',
    ]);
  });

  it.each([
    ['GET', '/v1/database/chat', {}],
    ['GET', '/v1/database/chat/schema?version=9', {}],
    ['POST', '/v1/database/chat/sql', { body: 'SELECT' }],
    ['POST', '/v1/database/chat/call/add', { headers: json, body: '[]' }],
  ])('a new identity counts in %s %s without a token, but not with a token', async (method, path, init) => {
    const { from, auth, database } = await startLimited({ identitiesPerMinute: 1 });
    const known = await auth.mint();
    const ask = async (as?: typeof known) =>
      (await from(ANN, path, { method, ...init, ...(as && { as }) })).status;
    expect([await ask(), await ask()]).toEqual([200, 429]);
    const before = database.events.length;
    expect(await ask()).toBe(429);
    expect(database.events.length).toBe(before);
    expect(await ask(known)).toBe(200);
  });
});

describe('calls and queries', () => {
  it('calls and queries share one limit per address for everyone except the owner', async () => {
    const { from, auth, owner, database, clock } = await startLimited({ callsPerSecond: 3 });
    const people = [await auth.mint(), await auth.mint()];
    const call = async (address: string, as = people[0]) => {
      const init = { method: 'POST', headers: json, body: '[]', ...(as && { as }) };
      return (await from(address, '/v1/database/chat/call/add', init)).status;
    };
    const query = async (as = people[1]) =>
      (await from(ANN, '/v1/database/chat/sql', { method: 'POST', body: 'x', ...(as && { as }) })).status;
    expect([await call(ANN), await query(), await call(ANN)]).toEqual([200, 200, 200]);
    const before = database.events.length;
    expect([await call(ANN), await call(ANN, people[1]), await query()]).toEqual([429, 429, 429]);
    expect(database.events.length).toBe(before);
    expect([await call(BOB), await call(ANN, owner), await query(owner)]).toEqual([200, 200, 200]);
    clock.now = 1000;
    expect(await call(ANN)).toBe(200);
  });
});

describe('exempt clients', () => {
  it('clients on this machine are exempt without a trusted proxy, whatever their headers say', async () => {
    const limits = { ...DEFAULT_LIMITS, identitiesPerMinute: 0, callsPerSecond: 0 };
    const { request } = await startTestServer({ addresses: new AddressLimits(limits) });
    const headers = { 'x-forwarded-for': ANN };
    expect((await request('/v1/identity', { method: 'POST', headers })).status).toBe(200);
    expect((await request('/v1/database/chat/sql', { method: 'POST', body: 'x' })).status).toBe(200);
  });
});

describe('open connections', () => {
  it('open connections are counted per address until they close', () => {
    const limits = new AddressLimits({ ...DEFAULT_LIMITS, connectionsPerAddress: 2 });
    const first = limits.admitConnection(ANN);
    limits.admitConnection(ANN);
    expect(() => limits.admitConnection(ANN)).toThrow(
      'Too many WebSockets from your address, at most 2 at a time',
    );
    limits.admitConnection(BOB);
    for (let n = 0; n < 10; n++) limits.admitConnection(undefined);
    first();
    limits.admitConnection(ANN);
    expect(() => limits.admitConnection(ANN)).toThrow(/Too many/);
  });
});
