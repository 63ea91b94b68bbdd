import { Identity, Timestamp } from 'spacetimedb';
import { vi } from 'vitest';
import { annotation, insert } from '../fake-features.ts';
import { FakeServer } from '../fake-server.ts';

/**
 * Starts a server with a few people and messages. Every WebSocket of the test connects to it.
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
  const hello = server.insertMessage(ann, 'Hello', Date.now() - 2 * minute);
  const answer = server.insertMessage(bob, 'Hi Ann', Date.now() - minute);
  const at = Timestamp.fromDate(new Date());
  insert(server, 'reaction', annotation(hello, { person: bob, emoji: '👋' }));
  insert(server, 'reply', annotation(answer, { toSender: hello.sender, toSent: hello.sent }));
  insert(server, 'mention', annotation(answer, { person: ann, isEveryone: false, name: 'Ann' }));
  insert(server, 'message_edit', annotation(answer, { at }));
  insert(server, 'pin', annotation(answer, { pinnedBy: ann, at }));
  const { onCall } = server;
  server.onCall = (call) => {
    if (!call.args && call.text === '') return { error: 'Names must not be empty' };
    return onCall(call);
  };
  const Socket = function (url: string, protocols: string[]) {
    return server.environment.openSocket(url, protocols);
  };
  vi.stubGlobal('WebSocket', Socket);
  vi.stubGlobal('fetch', server.environment.fetch);
}
