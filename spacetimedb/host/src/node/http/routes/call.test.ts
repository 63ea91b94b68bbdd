import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { UnavailableError, type ReducerOutcome } from '../../../engine/database-api.ts';
import { MAX_BODY_BYTES } from '../request-body.ts';
import { startTestServer, type TestServer } from '../testing/start-test-server.ts';

const json = { 'content-type': 'application/json' };
const call = (
  { request }: TestServer,
  name = 'send_message',
  init: Parameters<TestServer['request']>[1] = {},
) => request(`/v1/database/chat/call/${name}`, { method: 'POST', headers: json, body: '["hi"]', ...init });

describe('POST …/call/:reducer', () => {
  it('a call runs the reducer as a client that connects and disconnects', async () => {
    const server = await startTestServer();
    const response = await call(server, 'send_message', { as: server.owner });
    expect([response.status, await response.text()]).toEqual([200, '']);
    expect(response.headers.get('spacetime-execution-duration-micros')).toBe('7');
    expect(response.headers.get('spacetime-energy-used')).toMatch(/^\d+$/);

    const [connected, called, durable, disconnected, ...rest] = server.database.events;
    expect(rest).toEqual([]);
    expect(durable).toEqual({ tag: 'durable' });
    if (connected?.tag !== 'connected' || called?.tag !== 'call') throw new Error('connect, then call');
    expect(connected.client.identity.isEqual(server.owner.identity)).toBe(true);
    expect(connected.client.jwtPayload).toBe(server.owner.jwtPayload);
    expect(called).toMatchObject({ name: 'send_message', args: { format: 'json', text: '["hi"]' } });
    expect(called.caller.connectionId).toBe(connected.client.connectionId);
    expect(disconnected).toEqual({ tag: 'disconnected', client: connected.client });

    await call(server);
    const again = server.database.events[4];
    if (again?.tag !== 'connected') throw new Error('connects again');
    expect(again.client.connectionId.isEqual(connected.client.connectionId)).toBe(false);
    expect(again.client.identity.isEqual(server.owner.identity)).toBe(false);
  });

  it('a call is answered only when its changes are on disk', async () => {
    const server = await startTestServer();
    let reachDisk: () => void = () => undefined;
    server.database.untilDurable = new Promise((resolve) => (reachDisk = resolve));
    let status: number | undefined;
    const answer = call(server).then((response) => (status = response.status));
    await expect.poll(() => server.database.events.at(-1)?.tag, { timeout: 20_000 }).toBe('durable');
    expect(status).toBeUndefined();
    reachDisk();
    await answer;
    expect(status).toBe(200);
  });

  it('a call without changes is answered without waiting for the disk', async () => {
    const server = await startTestServer();
    server.database.untilDurable = new Promise(() => undefined);
    server.database.callOutcome = { tag: 'sender_error', message: 'no' };
    expect((await call(server)).status).toBe(530);
  });

  it('a call is 503 when the disk does not accept its changes', async () => {
    const server = await startTestServer();
    server.database.untilDurable = Promise.reject(new UnavailableError('The disk is full'));
    server.database.untilDurable.catch(() => undefined);
    const response = await call(server);
    expect([response.status, await response.text()]).toEqual([503, 'The disk is full']);
    expect(server.database.events.at(-1)?.tag).toBe('disconnected');
  });

  it.each<[ReducerOutcome, number, string]>([
    [{ tag: 'unavailable', message: 'The disk is full' }, 503, 'The disk is full'],
    [{ tag: 'sender_error', message: 'Names must not be empty' }, 530, 'Names must not be empty'],
    [
      { tag: 'fatal', message: 'The instance encountered a fatal error.' },
      530,
      'The instance encountered a fatal error.',
    ],
    [{ tag: 'no_such_reducer', message: 'no such reducer' }, 404, 'No such procedure'],
    [
      { tag: 'invalid_arguments', message: 'invalid arguments for reducer x: EOF' },
      400,
      'invalid arguments for reducer x: EOF',
    ],
    [
      { tag: 'lifecycle_reducer', message: "can't directly call special Init lifecycle reducer" },
      400,
      "can't directly call special Init lifecycle reducer",
    ],
  ])('a call answers %o', async (outcome, status, text) => {
    const server = await startTestServer();
    server.database.callOutcome = outcome;
    const response = await call(server);
    expect([response.status, await response.text()]).toEqual([status, text]);
    expect(response.headers.has('spacetime-identity')).toBe(true);
    expect(server.database.events.at(-1)?.tag).toBe('disconnected');
    expect(server.unexpected).toEqual([]);
  });

  it("a call is 403 with the module's message if client_connected refuses, and nothing runs", async () => {
    const server = await startTestServer();
    server.database.connectOutcome = { tag: 'rejected', message: 'You are banned' };
    const response = await call(server);
    expect([response.status, await response.text()]).toEqual([403, 'You are banned']);
    expect(server.database.events.map(({ tag }) => tag)).toEqual(['connected']);
  });

  it.each(['application/json; charset=utf-8', 'text/plain', 'application/xml'])(
    'a call is 415 for %s',
    async (type) => {
      const server = await startTestServer();
      const response = await call(server, 'x', { headers: { 'content-type': type } });
      expect([response.status, await response.text()]).toEqual([
        415,
        'Expected request with `Content-Type: application/json`',
      ]);
      expect(server.database.events).toEqual([]);
    },
  );

  it('a call is 400 without a content type and for invalid UTF-8', async () => {
    const server = await startTestServer();
    const none = await call(server, 'x', { headers: {}, body: Buffer.from('[]') });
    expect([none.status, await none.text()]).toEqual([400, 'Header of type `content-type` was missing']);
    const latin1 = await call(server, 'x', { body: Buffer.from([0x5b, 0x22, 0xe9, 0x22, 0x5d]) });
    expect([latin1.status, await latin1.text()]).toEqual([400, "Request body didn't contain valid UTF-8"]);
  });

  it('a call accepts a body of up to 2 MiB, however it is sent', async () => {
    const server = await startTestServer();
    const largest = Buffer.alloc(MAX_BODY_BYTES, 'a');
    const larger = Buffer.alloc(MAX_BODY_BYTES + 1, 'a');
    const inChunks = (body: Buffer) =>
      ({ body: new Blob([new Uint8Array(body)]).stream(), duplex: 'half' }) as const;

    expect((await call(server, 'x', { body: largest })).status).toBe(200);
    expect((await call(server, 'x', inChunks(largest))).status).toBe(200);
    for (const init of [{ body: larger }, inChunks(larger), { body: Buffer.alloc(20_000_000, 'a') }]) {
      const response = await call(server, 'x', init);
      expect([response.status, await response.text()]).toEqual([
        413,
        'Failed to buffer the request body: length limit exceeded',
      ]);
    }
    expect(server.database.events.filter(({ tag }) => tag === 'call')).toHaveLength(2);
  });

  it('a client that disconnects while sending is not an error of the host, and nothing runs', async () => {
    const server = await startTestServer();
    for (const length of ['content-length: 1000', 'transfer-encoding: chunked']) {
      const socket = connect(server.port, '127.0.0.1');
      socket.write(
        `POST /v1/database/chat/call/x HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n${length}\r\n` +
          'expect: 100-continue\r\n\r\n',
      );
      await once(socket, 'data');
      socket.write('5\r\n["abc');
      socket.resetAndDestroy();
      await once(socket, 'close');
    }
    expect((await call(server)).status).toBe(200);
    expect(server.unexpected).toEqual([]);
    expect(server.database.events.filter(({ tag }) => tag === 'call')).toHaveLength(1);
  });

  it('a call passes names on unchanged', async () => {
    const server = await startTestServer();
    await call(server, encodeURIComponent('näme/with?all#'));
    expect(server.database.events[1]).toMatchObject({ tag: 'call', name: 'näme/with?all#' });
  });
});
