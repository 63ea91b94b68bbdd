/** How the server treats clients that break the rules: raw sockets, without the SDK. */
import { createConnection } from 'node:net';
import { BinaryWriter } from 'spacetimedb';
import { WebSocket } from 'undici';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { join, openServer, subscribe, unique, userOf, type ServerUnderTest } from './server.ts';

let server: ServerUnderTest;
beforeAll(async () => {
  server = await openServer();
});
afterAll(() => server.stop());

const V2 = 'v2.bsatn.spacetimedb';
const V3 = 'v3.bsatn.spacetimedb';

interface RawClient {
  readonly socket: WebSocket;
  /** Frames received so far. */
  readonly frames: Uint8Array[];
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
}

async function openRaw(protocols: string[], query = 'compression=None'): Promise<RawClient> {
  const { host } = new URL(server.uri);
  const socket = new WebSocket(`ws://${host}/v1/database/${server.database}/subscribe?${query}`, protocols);
  socket.binaryType = 'arraybuffer';
  const frames: Uint8Array[] = [];
  socket.addEventListener('message', ({ data }) => frames.push(new Uint8Array(data as ArrayBuffer)));
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.addEventListener('close', ({ code, reason }) => resolve({ code, reason }));
  });
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve());
    socket.addEventListener('error', () => reject(new Error('the WebSocket did not open')));
  });
  return { socket, frames, closed };
}

/** The bytes of a `CallReducer` message, written out so that the test does not share the host's message schema. */
function callMessage(requestId: number, reducer: string, args: Uint8Array): Uint8Array {
  const writer = new BinaryWriter(64);
  writer.writeU8(3);
  writer.writeU32(requestId);
  writer.writeU8(0);
  writer.writeString(reducer);
  writer.writeUInt8Array(args);
  return writer.getBuffer();
}

function textArgument(text: string): Uint8Array {
  const writer = new BinaryWriter(64);
  writer.writeString(text);
  return writer.getBuffer();
}

/** A name that is not taken. */
function nameArgument(): Uint8Array {
  return textArgument(unique('Raw'));
}

/** The outcomes of calls: 0 Ok, 2 Err, 3 InternalError. A `ReducerResult` is message 6. */
function reducerOutcomes(frames: readonly Uint8Array[]): number[] {
  return frames.filter((frame) => frame[1] === 6).map((frame) => frame[1 + 1 + 4 + 8] as number);
}

describe('subprotocol', () => {
  test('the server chooses v3 if the client knows it, otherwise v2', async () => {
    const both = await openRaw([V2, V3]);
    expect(both.socket.protocol).toBe(V3);
    const old = await openRaw([V2]);
    expect(old.socket.protocol).toBe(V2);
    both.socket.close();
    old.socket.close();
  });

  test('the server refuses an unknown subprotocol', async () => {
    await expect(openRaw(['v9.carrier-pigeon'])).rejects.toThrow();
  });

  test('the first message tells the client its identity', async () => {
    const { socket, frames } = await openRaw([V2]);
    await vi.waitFor(() => expect(frames).toHaveLength(1));
    // No compression, InitialConnection, identity, connection id, token.
    expect(frames[0]?.subarray(0, 2)).toEqual(new Uint8Array([0, 0]));
    expect(frames[0]?.length).toBeGreaterThan(2 + 32 + 16 + 4);
    socket.close();
  });
});

describe('a call', () => {
  test.each([
    ['that succeeds', 'set_name', nameArgument(), 0],
    ['that the module refuses', 'set_name', textArgument(''), 2],
    ['of an unknown reducer', 'no_such_reducer', textArgument(''), 3],
    ['of a lifecycle reducer', 'on_connect', new Uint8Array(0), 3],
    ['with too few arguments', 'set_name', new Uint8Array(0), 3],
    ['with truncated arguments', 'set_name', new Uint8Array([9, 0, 0, 0, 65]), 3],
    ['with a text that is not UTF-8', 'set_name', new Uint8Array([2, 0, 0, 0, 0xff, 0xfe]), 3],
    ['with trailing bytes', 'set_name', new Uint8Array([...nameArgument(), 1, 2, 3]), 0],
  ])('a call %s is answered, and the connection stays usable', async (_what, reducer, args, outcome) => {
    const { socket, frames } = await openRaw([V2]);
    socket.send(callMessage(1, reducer, args));
    await vi.waitFor(() => expect(reducerOutcomes(frames)).toEqual([outcome]));
    socket.send(callMessage(2, 'set_name', nameArgument()));
    await vi.waitFor(() => expect(reducerOutcomes(frames)).toEqual([outcome, 0]));
    socket.close();
  });

  test('several calls may share a v3 frame', async () => {
    const { socket, frames } = await openRaw([V3]);
    const calls = [nameArgument(), textArgument(''), nameArgument()].map((name, n) =>
      callMessage(n, 'set_name', name),
    );
    socket.send(Buffer.concat(calls));
    await vi.waitFor(() => expect(frames.length).toBeGreaterThanOrEqual(2));
    socket.close();
  });
});

describe('a client that sends garbage', () => {
  const garbage: [what: string, frame: Uint8Array][] = [
    ['an empty frame', new Uint8Array(0)],
    ['an unknown message', new Uint8Array([200, 1, 2, 3])],
    ['a truncated message', new Uint8Array([3, 1, 0])],
    ['a length beyond the end', new Uint8Array([3, 1, 0, 0, 0, 0, 255, 255, 255, 255])],
    ['random bytes', new Uint8Array(Array.from({ length: 300 }, (_, n) => (n * 97 + 31) % 256))],
  ];
  test.each(garbage.flatMap(([what, frame]) => [V2, V3].map((protocol) => [what, protocol, frame] as const)))(
    '%s over %s closes the connection with code 1011 and affects nobody else',
    async (_what, protocol, frame) => {
      const witness = await join(server);
      const { socket, closed } = await openRaw([protocol]);
      socket.send(frame);
      expect((await closed).code).toBe(1011);
      await witness.connection.reducers.setName({ name: unique('unharmed') });
      await witness.leave();
    },
  );

  test('a text message closes the connection with code 1011', async () => {
    const { socket, closed } = await openRaw([V2]);
    socket.send('hello');
    expect((await closed).code).toBe(1011);
  });
});

test('a person whose socket breaks without a Close frame goes offline', async () => {
  const watcher = await join(server);
  await subscribe(watcher, 'SELECT * FROM user');
  const users = () => [...watcher.connection.db.user.iter()];
  const known = new Set(users().map(({ identity }) => identity.toHexString()));
  const { hostname, port } = new URL(server.uri);
  const socket = createConnection(Number(port), hostname);
  socket.write(
    [
      `GET /v1/database/${server.database}/subscribe HTTP/1.1`,
      `Host: ${hostname}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      `Sec-WebSocket-Protocol: ${V2}`,
      '\r\n',
    ].join('\r\n'),
  );
  const { identity } = await vi.waitUntil(() =>
    users().find((user) => !known.has(user.identity.toHexString())),
  );
  socket.resetAndDestroy();
  // Our module deletes the row of a silent visitor; the tutorial's module keeps it.
  await vi.waitFor(() => expect(userOf(watcher, identity.toHexString())?.online).not.toBe(true));
  await watcher.leave();
});
