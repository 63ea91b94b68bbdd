import { Identity } from 'spacetimedb';
import { vi } from 'vitest';
import { FakeServer } from '../fake-server.ts';

/**
 * A server with a few people and messages, to which every WebSocket of the test connects.
 */
export function serveExamples(): void {
  const server = new FakeServer();
  const [ann, bob, cy] = [11n, 12n, 13n].map((value) => new Identity(value)) as [
    Identity,
    Identity,
    Identity,
  ];
  server.insertUser({ identity: ann, name: 'Ann' });
  server.insertUser({ identity: bob, name: 'Bob' });
  server.insertUser({ identity: cy, name: 'Cy', online: false });
  server.clock = Date.now();
  const minute = 60_000;
  server.insertMessage(ann, 'Hello', Date.now() - 2 * minute);
  server.insertMessage(bob, 'Hi Ann', Date.now() - minute);
  const { onCall } = server;
  server.onCall = (call) => {
    if (call.text === '') return { error: 'Names must not be empty' };
    return onCall(call);
  };
  const Socket = function (url: string, protocols: string[]) {
    return server.environment.openSocket(url, protocols);
  };
  vi.stubGlobal('WebSocket', Socket);
  vi.stubGlobal('fetch', server.environment.fetch);
}
