import { Identity } from 'spacetimedb';
import type { FakeServer } from './fake-server.ts';

const ann = new Identity(3n);

/**
 * Triggers the bug in the SDK's default transport: a large compressed frame is still being decompressed when a small
 * plain one arrives. The first inserts 2,000 messages, the second deletes one of them.
 */
export function sendLargeThenSmall(server: FakeServer): void {
  const inserts = Array.from({ length: 2_000 }, (_, i) => ({
    ...server.insertMessage(ann, `before ${i}`),
    text: `${Math.sin(i)} and so on`,
  }));
  server.socket.gzip = true;
  server.commit({ message: { inserts, deletes: [] } });
  server.socket.gzip = false;
  server.commit({ message: { inserts: [], deletes: inserts.slice(0, 1) } });
}
