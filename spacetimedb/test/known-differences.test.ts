/**
 * Known differences between the embedded host and SpacetimeDB. Each test describes the real server: it must pass
 * there and fail on the embedded host. Remove a test when the difference is gone.
 */
import { WebSocket } from 'undici';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isLive, openServer, type ServerUnderTest } from './server.ts';

let server: ServerUnderTest;
beforeAll(async () => {
  server = await openServer();
});
afterAll(() => server.stop());

const onRealServer = isLive ? test : test.fails;

function database(path: string): string {
  return `${server.uri}/v1/database/${server.database}${path}`;
}

onRealServer.each(['v1.bsatn.spacetimedb', 'v1.json.spacetimedb'])(
  'the server speaks the subprotocol %s',
  async (protocol) => {
    const socket = new WebSocket(database('/subscribe').replace('http', 'ws'), protocol);
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener('open', () => resolve());
      socket.addEventListener('error', () => reject(new Error('the WebSocket did not open')));
    });
    expect(socket.protocol).toBe(protocol);
    socket.close();
  },
);

onRealServer('the energy of an identity can be requested', async () => {
  const { identity } = (await (await fetch(`${server.uri}/v1/identity`, { method: 'POST' })).json()) as {
    identity: string;
  };
  expect((await fetch(`${server.uri}/v1/energy/${identity}`)).status).toBe(200);
});
