import { describe, expect, it } from 'vitest';
import { startTestServer } from '../testing/start-test-server.ts';

describe('/v1/database/:database', () => {
  it('a database is described as by the real server', async () => {
    const { request, database, owner } = await startTestServer();
    const expected = {
      database_identity: { __identity__: `0x${database.identity.toHexString()}` },
      owner_identity: { __identity__: `0x${owner.identity.toHexString()}` },
      host_type: { Js: [] },
      // A hash is sent as the little-endian number of its bytes, 00…00 be ef.
      initial_program: `0xefbe${'00'.repeat(30)}`,
    };
    for (const key of ['chat', database.identity.toHexString(), `0x${database.identity.toHexString()}`]) {
      expect(await (await request(`/v1/database/${key}`)).json()).toEqual(expected);
    }
  });

  it('identity and names are returned', async () => {
    const { request, database } = await startTestServer();
    const identity = await request('/v1/database/chat/identity');
    expect(await identity.text()).toBe(database.identity.toHexString());
    const names = await request(`/v1/database/${database.identity.toHexString()}/names`);
    expect(await names.json()).toEqual({ names: ['chat'] });
  });

  it('an unknown name and an identity without a database are 404', async () => {
    const { request, owner } = await startTestServer();
    for (const rest of ['', '/identity', '/names', '/schema?version=10', '/logs']) {
      const response = await request(`/v1/database/other${rest}`);
      expect([response.status, await response.text()]).toEqual([404, '`other` not found']);
    }
    const hex = owner.identity.toHexString();
    const unknown = await request(`/v1/database/${hex}`);
    expect([unknown.status, await unknown.text()]).toEqual([404, 'No such database.']);
    // As on the real server, an identity resolves to itself.
    expect(await (await request(`/v1/database/${hex}/identity`)).text()).toBe(hex);
  });

  it.each([
    ['Chat', 'invalid characters in database name'],
    ['my_chat', 'invalid characters in database name'],
    ['%F0%9F%92%AC', 'invalid characters in database name'],
    ['-chat', 'invalid hyphen in database name'],
    ['chat-', 'invalid hyphen in database name'],
    ['my--chat', 'invalid hyphen in database name'],
    ['a%2Fb', 'invalid characters in database name'],
  ])('the name %s is refused', async (name, problem) => {
    const { request } = await startTestServer();
    const response = await request(`/v1/database/${name}`);
    expect([response.status, await response.text()]).toEqual([400, `Invalid URL: ${problem}`]);
  });

  it('every response names the caller, including errors', async () => {
    const { request, owner, auth } = await startTestServer();
    for (const path of ['/v1/database/chat', '/v1/database/other', '/v1/database/chat/logs']) {
      const known = await request(path, { as: owner });
      expect(known.headers.get('spacetime-identity')).toBe(owner.identity.toHexString());
      expect(known.headers.get('spacetime-identity-token')).toBe(owner.token);

      const anonymous = await request(path);
      const minted = await auth.verify(anonymous.headers.get('spacetime-identity-token') ?? '');
      expect(minted.identity.toHexString()).toBe(anonymous.headers.get('spacetime-identity'));
    }
  });

  it('subscribe needs a WebSocket, and the module has no HTTP handlers', async () => {
    const { request } = await startTestServer();
    const subscribe = await request('/v1/database/chat/subscribe');
    expect([subscribe.status, await subscribe.text()]).toEqual([
      426,
      'This service requires use of the websocket protocol',
    ]);
    for (const path of ['route', 'route/', 'route/a/b']) {
      const response = await request(`/v1/database/chat/${path}`, {
        method: 'PATCH',
        headers: { authorization: 'Bearer garbage' },
      });
      expect([response.status, await response.text()]).toEqual([
        404,
        'Database has not registered a handler for this route',
      ]);
      expect(response.headers.has('spacetime-identity')).toBe(false);
    }
  });

  it('the schema is available in both versions', async () => {
    const { request } = await startTestServer();
    for (const [version, key] of [
      ['10', 'sections'],
      ['9', 'tables'],
    ] as const) {
      const response = await request(`/v1/database/chat/schema?version=${version}`);
      expect(response.headers.get('content-type')).toBe('application/json');
      expect(await response.json()).toMatchObject({ [key]: expect.any(Array) });
    }
  });

  it.each([
    ['', 'missing field `version`'],
    ['?version=8', 'unknown variant `8`, expected `9` or `10`'],
  ])('schema%s is refused', async (query, problem) => {
    const { request } = await startTestServer();
    const response = await request(`/v1/database/chat/schema${query}`);
    expect([response.status, await response.text()]).toEqual([
      400,
      `Failed to deserialize query string: ${problem}`,
    ]);
  });

  it('the time is in microseconds', async () => {
    const { request } = await startTestServer();
    const before = Date.now() * 1000;
    const time = (await (await request('/v1/database/chat/unstable/timestamp')).json()) as Record<
      string,
      number
    >;
    const micros = time.__timestamp_micros_since_unix_epoch__ ?? 0;
    expect(micros).toBeGreaterThanOrEqual(before);
    expect(micros).toBeLessThanOrEqual(Date.now() * 1000);
  });
});
