/**
 * Where the embedded host is known to differ from SpacetimeDB. Each test says what the real server does: against one
 * it has to pass, and against the embedded host it has to fail. A difference that is gone is to be taken off the list.
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
  'the subprotocol %s is spoken',
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

onRealServer('the energy of an identity can be asked for', async () => {
  const { identity } = (await (await fetch(`${server.uri}/v1/identity`, { method: 'POST' })).json()) as {
    identity: string;
  };
  expect((await fetch(`${server.uri}/v1/energy/${identity}`)).status).toBe(200);
});
