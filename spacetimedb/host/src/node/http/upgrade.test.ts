import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { startTestServer } from './testing/start-test-server.ts';
import { authenticateUpgrade, refuseUpgrade, type AcceptedUpgrade } from './upgrade.ts';

/** A server that accepts every socket and answers with a status line of its own. */
async function startUpgrading() {
  const accepted: AcceptedUpgrade[] = [];
  const server = await startTestServer(
    {},
    {
      onUpgradeWith: (host) => (request, socket) => {
        authenticateUpgrade(host, request, ['v2.bsatn.spacetimedb']).then(
          (upgrade) => {
            accepted.push(upgrade);
            socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\n');
          },
          (error: unknown) => refuseUpgrade(socket, error),
        );
      },
    },
  );
  /** The whole response to an upgrade: status line, headers and body, until the server closes. */
  async function upgrade(path: string, headers: Record<string, string> = {}) {
    const socket = connect(server.port, '127.0.0.1').setEncoding('utf8');
    const lines = Object.entries({
      host: 'x',
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-protocol': 'v2.bsatn.spacetimedb',
      ...headers,
    });
    socket.write(`GET ${path} HTTP/1.1\r\n${lines.map((line) => line.join(': ')).join('\r\n')}\r\n\r\n`);
    let text = '';
    socket.on('data', (part: string) => (text += part));
    await once(socket, 'close');
    const [head = '', body = ''] = text.split('\r\n\r\n');
    return { status: Number(head.split(' ')[1]), head, body };
  }
  return { ...server, accepted, upgrade };
}

const PATH = '/v1/database/chat/subscribe';

describe('authenticateUpgrade', () => {
  it('an upgrade uses the token of the header, otherwise of the URL', async () => {
    const { upgrade, accepted, owner, auth, database } = await startUpgrading();
    const other = await auth.mint();
    await upgrade(`${PATH}?token=${owner.token}&compression=Gzip`);
    await upgrade(`${PATH}?token=${owner.token}`, { authorization: `Bearer ${other.token}` });
    expect(accepted.map(({ token }) => token)).toEqual([owner.token, other.token]);
    const [first] = accepted;
    expect(first?.database).toBe(database);
    expect(first?.client.identity.isEqual(owner.identity)).toBe(true);
    expect(first?.client.jwtPayload).toBe(owner.jwtPayload);
    expect([first?.compression, first?.confirmedReads]).toEqual(['gzip', true]);
    expect(first?.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'spacetime-identity': owner.identity.toHexString(),
      'spacetime-identity-token': owner.token,
    });
  });

  it('an upgrade without a token gets an identity and a connection id, and finds databases by identity', async () => {
    const { upgrade, accepted, auth, database } = await startUpgrading();
    for (let count = 0; count < 2; count++) await upgrade(`/v1/database/${database.identity}/subscribe`);
    const [a, b] = accepted;
    if (!a || !b) throw new Error('both are accepted');
    expect((await auth.verify(a.token)).identity.isEqual(a.client.identity)).toBe(true);
    expect(a.client.identity.isEqual(b.client.identity)).toBe(false);
    expect(a.client.connectionId.isEqual(b.client.connectionId)).toBe(false);
  });

  it('an upgrade accepts a WebSocket token without returning a longer-lived one', async () => {
    const { upgrade, accepted, owner, auth } = await startUpgrading();
    const short = await auth.mintWebSocketToken(owner.claims);
    await upgrade(`${PATH}?token=${short.token}`);
    expect(accepted[0]?.client.identity.isEqual(owner.identity)).toBe(true);
    expect(accepted[0]?.token).toBe(short.token);
    expect(accepted[0]?.headers['spacetime-identity-token']).toBe(short.token);
  });

  it('an upgrade keeps the connection id that the client chose', async () => {
    const { upgrade, accepted } = await startUpgrading();
    const id = '0123456789abcdef0123456789abcdef';
    await upgrade(`${PATH}?connection_id=${id}`);
    expect(accepted[0]?.client.connectionId.toHexString()).toBe(id);
  });

  it.each([
    ['/v1/database/other/subscribe', 404, '`other` not found'],
    ['/v1/database/No_Name/subscribe', 400, 'Invalid URL: invalid characters in database name'],
    ['/v1/database/%ff/subscribe', 400, 'Invalid URL: not UTF-8'],
    ['/v1/database/chat', 404, ''],
    ['/anywhere', 404, ''],
    [`${PATH}?token=garbage`, 401, 'Invalid token: InvalidToken'],
    [
      `${PATH}?connection_id=${'0'.repeat(32)}`,
      400,
      'Invalid connection ID: the all-zeros ConnectionId is reserved.',
    ],
    [
      `${PATH}?connection_id=1`,
      400,
      'Failed to deserialize query string: invalid value: string "1", expected a byte array or hex string',
    ],
    [
      `${PATH}?confirmed=1`,
      400,
      'Failed to deserialize query string: provided string was not `true` or `false`',
    ],
    [`${PATH}?light=`, 400, 'Failed to deserialize query string: provided string was not `true` or `false`'],
    [
      `${PATH}?compression=Zip`,
      400,
      'Failed to deserialize query string: unknown variant `Zip`, expected one of `None`, `Brotli`, `Gzip`',
    ],
    [
      `${PATH}?compression=None&compression=None`,
      400,
      'Failed to deserialize query string: duplicate field `compression`',
    ],
  ])('refuses %s', async (path, status, text) => {
    const { upgrade, accepted } = await startUpgrading();
    const answer = await upgrade(path);
    expect([answer.status, answer.body]).toEqual([status, text]);
    expect(answer.head).toMatch(/content-length: \d+/);
    expect(accepted).toEqual([]);
  });

  it('says who was refused, and lets any page read why', async () => {
    const { upgrade, owner } = await startUpgrading();
    const { head } = await upgrade(`/v1/database/other/subscribe?token=${owner.token}`);
    expect(head).toContain(`spacetime-identity: ${owner.identity}`);
    expect(head).toContain('access-control-allow-origin: *');
  });

  it('refuses subprotocols that the host does not speak', async () => {
    const { upgrade } = await startUpgrading();
    const answer = await upgrade(PATH, { 'sec-websocket-protocol': 'v9.bsatn.spacetimedb' });
    expect([answer.status, answer.body]).toEqual([400, 'no valid protocol selected']);
  });

  it('refuses an identity that no database has', async () => {
    const { upgrade, owner } = await startUpgrading();
    const identity = '0'.repeat(64);
    const answer = await upgrade(`/v1/database/${identity}/subscribe?token=${owner.token}`);
    expect([answer.status, answer.body]).toEqual([
      500,
      `Unable to authorize ${owner.identity} for SQL: database ${identity} not found`,
    ]);
  });

  it('refuses a malformed header', async () => {
    const { upgrade } = await startUpgrading();
    const answer = await upgrade(PATH, { authorization: 'Token x' });
    expect([answer.status, answer.body]).toEqual([400, 'Authorization is invalid: malformed token']);
  });

  it('clients may disconnect while their upgrade is pending', async () => {
    const { port, request } = await startUpgrading();
    for (let count = 0; count < 20; count++) {
      const socket = connect(port, '127.0.0.1');
      await once(socket, 'connect');
      socket.write(`GET ${PATH} HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n`);
      socket.resetAndDestroy();
    }
    expect((await request('/v1/ping')).status).toBe(200);
  });
});
