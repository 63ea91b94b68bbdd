import { describe, expect, it } from 'vitest';
import { startTestServer } from './testing/start-test-server.ts';

describe('all routes', () => {
  it('any origin may use the API and sees none of our own headers', async () => {
    const { request } = await startTestServer();
    for (const path of ['/v1/ping', '/v1/database/chat', '/v1/database/nope']) {
      const response = await request(path, { headers: { origin: 'https://site.example' } });
      expect(response.headers.get('access-control-allow-origin')).toBe('*');
      expect(response.headers.has('access-control-expose-headers')).toBe(false);
      expect(response.headers.has('access-control-allow-credentials')).toBe(false);
    }
  });

  it('an unknown path has no CORS headers and no preflight', async () => {
    const { request } = await startTestServer();
    for (const method of ['GET', 'OPTIONS']) {
      const response = await request('/v1/nothing', { method, headers: { origin: 'https://site.example' } });
      expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([404, null]);
    }
  });

  it('the preflight of a call with a token is answered', async () => {
    const { request } = await startTestServer();
    const response = await request('/v1/database/chat/call/send_message', {
      method: 'OPTIONS',
      headers: {
        origin: 'https://site.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type',
      },
    });
    expect(response.ok).toBe(true);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('access-control-allow-methods')).toBe('*');
    expect(response.headers.get('access-control-allow-headers')).toBe('authorization,accept,content-type');
  });

  it('an unknown route is 404 and another method 405', async () => {
    const { request } = await startTestServer();
    for (const path of [
      '/v1',
      '/v1/',
      '/v1/nothing',
      '/v1/database',
      '/v1/database/chat/nothing',
      '/elsewhere',
    ]) {
      const { status } = await request(path);
      expect([path, status]).toEqual([path, path === '/v1/database' ? 405 : 404]);
    }
    const response = await request('/v1/database/chat/sql', { method: 'GET' });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST');
  });

  it('an unexpected error is a 500 with its text, and the server continues', async () => {
    const { request, database, unexpected } = await startTestServer();
    database.callOutcome = new RangeError('the disk is full');
    const response = await request('/v1/database/chat/call/x', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '[]',
    });
    expect([response.status, await response.text()]).toEqual([500, 'the disk is full']);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(unexpected).toEqual([database.callOutcome]);
    expect(database.events.at(-1)?.tag).toBe('disconnected');
    expect((await request('/v1/ping')).status).toBe(200);
  });
});

describe('about the host', () => {
  it('a ping is answered, but not with an invalid token', async () => {
    const { request, owner } = await startTestServer();
    const plain = await request('/v1/ping');
    expect([plain.status, await plain.text()]).toEqual([200, '']);
    expect((await request('/v1/ping', { as: owner })).status).toBe(200);
    const bad = await request('/v1/ping?token=garbage');
    expect([bad.status, await bad.text()]).toEqual([401, 'Invalid token: InvalidToken']);
  });

  it('the health route answers', async () => {
    const { request } = await startTestServer();
    expect(await (await request('/v1/health')).json()).toEqual({
      package_name: 'spacetimedb-host',
      version: '1.2.3',
      nodes: [0],
      schedulable: true,
    });
  });
});
