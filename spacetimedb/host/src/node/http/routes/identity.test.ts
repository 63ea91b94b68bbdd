import { createPublicKey } from 'node:crypto';
import { compactVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { SignInCodes } from '../../auth/sign-in-codes.ts';
import { startTestServer } from '../testing/start-test-server.ts';

const SOCKETS_ONLY = 'Invalid token: it opens WebSockets only; send the token that it was made from';

describe('/v1/identity', () => {
  it('a new identity has a working token', async () => {
    const { request, auth } = await startTestServer();
    const response = await request('/v1/identity', { method: 'POST' });
    expect(response.headers.get('content-type')).toBe('application/json');
    const { identity, token } = (await response.json()) as { identity: string; token: string };
    expect((await auth.verify(token)).identity.toHexString()).toBe(identity);
  });

  it('only a caller with a token gets a WebSocket token, which is valid for a minute', async () => {
    const { request, auth, owner } = await startTestServer();
    const response = await request('/v1/identity/websocket-token', { method: 'POST', as: owner });
    const { token } = (await response.json()) as { token: string };
    const { claims } = await auth.verify(token);
    expect(claims.identity.isEqual(owner.identity)).toBe(true);
    expect(claims.expiresAt).toBe(claims.issuedAt + 60);

    const none = await request('/v1/identity/websocket-token', { method: 'POST' });
    expect([none.status, await none.text()]).toEqual([401, 'Authorization required']);
  });

  it('a WebSocket token cannot be exchanged for another one', async () => {
    const { request, auth, owner } = await startTestServer();
    const as = await auth.mintWebSocketToken(owner.claims);
    const again = await request('/v1/identity/websocket-token', { method: 'POST', as });
    expect([again.status, await again.text()]).toEqual([401, SOCKETS_ONLY]);
  });

  it('a sign-in code exchanges for its token once', async () => {
    const codes = new SignInCodes();
    const { request, owner } = await startTestServer({ redeemSignInCode: (code) => codes.redeem(code) });
    const redeem = (body: string) => request('/v1/identity/sign-in-code', { method: 'POST', body });
    const code = codes.issue(owner.token);
    expect(codes.issue(owner.token)).not.toBe(code);
    expect(await (await redeem(code)).json()).toEqual({ token: owner.token });
    for (const body of [code, '', 'x'.repeat(1000)]) {
      const refused = await redeem(body);
      expect([refused.status, await refused.text()]).toEqual([
        404,
        'This sign-in code was already used, or the server has been restarted since',
      ]);
    }
  });

  it("the key that verifies the host's tokens is public", async () => {
    const { request, owner } = await startTestServer();
    const response = await request('/v1/identity/public-key');
    expect(response.headers.get('content-type')).toBe('application/pem-certificate-chain');
    const key = createPublicKey(await response.text());
    await expect(compactVerify(owner.token, key)).resolves.toBeDefined();
  });

  it('a token is verified for an identity', async () => {
    const { request, auth, owner } = await startTestServer();
    const verify = async (id: string, as?: typeof owner) =>
      (await request(`/v1/identity/${id}/verify`, as && { as })).status;
    const id = owner.identity.toHexString();
    expect(await verify(id, owner)).toBe(204);
    expect(await verify(id, await auth.mint())).toBe(400);
    expect(await verify(id)).toBe(401);
    expect(await verify('chat', owner)).toBe(400);
  });

  it('the databases of an identity are listed', async () => {
    const { request, auth, owner, database } = await startTestServer();
    const list = async (who: typeof owner) =>
      (await request(`/v1/identity/${who.identity.toHexString()}/databases`)).json();
    expect(await list(owner)).toEqual({ identities: [database.identity.toHexString()] });
    expect(await list(await auth.mint())).toEqual({ identities: [] });
  });
});

describe('a token', () => {
  it('a WebSocket token is refused by every route that reads tokens, in the header and in the URL', async () => {
    const { request, auth, owner, database, host } = await startTestServer();
    const short = await auth.mintWebSocketToken(owner.claims);
    const id = owner.identity.toHexString();
    const json = { headers: { 'content-type': 'application/json' }, body: '[]' };
    const routes: [string, string, object?][] = [
      ['GET', '/v1/ping'],
      ['GET', `/v1/identity/${id}/verify`],
      ['GET', '/v1/database/chat'],
      ['GET', '/v1/database/chat/schema?version=9'],
      ['GET', '/v1/database/chat/logs'],
      ['GET', '/v1/database/chat/subscribe'],
      ['POST', '/v1/database/chat/sql', { body: 'SELECT 1' }],
      ['POST', '/v1/database/chat/call/add', json],
      ['POST', '/v1/database?host_type=Js', { body: 'x' }],
      ['PUT', '/v1/database/chat?host_type=Js', { body: 'x' }],
      ['POST', '/v1/database/chat/pre_publish?host_type=Js', { body: 'x' }],
      ['DELETE', '/v1/database/chat'],
    ];
    expect(host.owner.identity.isEqual(owner.identity)).toBe(true);
    for (const [method, path, init = {}] of routes) {
      const inAddress = `${path}${path.includes('?') ? '&' : '?'}token=${short.token}`;
      for (const response of [
        await request(path, { method, ...init, as: short }),
        await request(inAddress, { method, ...init }),
      ]) {
        expect([method, path, response.status, await response.text()]).toEqual([
          method,
          path,
          401,
          SOCKETS_ONLY,
        ]);
      }
    }
    expect(database.events).toEqual([]);
  });

  it('a token in the header takes precedence over one in the URL', async () => {
    const { request, auth, owner } = await startTestServer();
    const other = await auth.mint();
    const path = `/v1/identity/${owner.identity.toHexString()}/verify?token=`;
    expect((await request(path + owner.token)).status).toBe(204);
    expect((await request(path + owner.token, { as: other })).status).toBe(400);
    expect((await request(path + other.token, { as: owner })).status).toBe(204);
  });

  it.each(['Basic dTpw', 'Bearer', 'token'])('the header %j is malformed', async (authorization) => {
    const { request } = await startTestServer();
    const response = await request('/v1/database/chat', { headers: { authorization } });
    expect([response.status, await response.text()]).toEqual([
      400,
      'Authorization is invalid: malformed token',
    ]);
  });
});
