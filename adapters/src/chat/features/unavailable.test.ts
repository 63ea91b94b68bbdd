import { Identity } from 'spacetimedb';
import { expect, it, vi } from 'vitest';
import { FakeServer } from '../../../test/fake-server.ts';
import { record, setUp } from '../../../test/set-up.ts';
import { createChat, createFeatures } from '../index.ts';

const ann = new Identity(3n);

/** A chat on a server without the features. */
async function openPlain() {
  const server = new FakeServer();
  server.refused.set('message_rule', 'no such table: `message_rule`');
  server.insertUser({ identity: ann, name: 'Ann' });
  server.insertMessage(ann, 'Hello');
  const { connection } = setUp({ environment: { now: () => server.clock } }, server);
  const chat = createChat(connection);
  const features = createFeatures(connection, chat);
  const messages = record(chat.messages);
  await vi.waitFor(() => expect(chat.messages.status.get().status).toBe('ready'));
  return { server, connection, chat, features, messages };
}

it('a server without the features is asked for them once, and the chat works', async () => {
  const errors = vi.spyOn(console, 'error');
  const warnings = vi.spyOn(console, 'warn');
  const { server, connection, chat, features, messages } = await openPlain();
  const available = record(features.isAvailable);
  const [message] = chat.messages.get();
  if (!message) throw new Error('There is no message');
  const details = features.details(message);
  const stores = [
    details,
    features.pins,
    features.blocked,
    features.readUntil,
    features.typing,
    features.editLimitMs,
  ];
  const recorded = stores.map((store) => record<unknown>(store));
  await vi.waitFor(() => expect(details.status.get().status).toBe('error'));
  expect(details.get()).toMatchObject({ reactions: [], isPinned: false, isBeingDeleted: false });
  features.setTyping(true);
  features.markRead(message);
  await chat.sendMessage('Bye');
  expect(available.values).toEqual([false]);
  expect(recorded.map(({ values }) => values.length)).toEqual(stores.map(() => 1));
  expect(messages.values.at(-1)?.map(({ text }) => text)).toEqual(['Hello', 'Bye']);
  expect(chat.messages.status.get().status).toBe('ready');
  expect(connection.status.get().status).toBe('connected');
  expect(server.log.filter((line) => !/(user|message) ?( WHERE|$)/.test(line))).toEqual([
    '+ SELECT * FROM message_rule',
  ]);
  expect(errors).not.toHaveBeenCalled();
  expect(warnings).not.toHaveBeenCalled();
});

it('the features appear when the server has them after a reconnect', async () => {
  const { server, chat, features } = await openPlain();
  const available = record(features.isAvailable);
  const [message] = chat.messages.get();
  const details = features.details(message as NonNullable<typeof message>);
  record(details);
  await vi.waitFor(() => expect(details.status.get().status).toBe('error'));
  server.refused.clear();
  server.socket.drop();
  await vi.waitFor(() => expect(details.status.get().status).toBe('ready'));
  expect(available.values).toEqual([false, true]);
  // They stay while the connection is down.
  server.down = true;
  server.socket.drop();
  await vi.waitFor(() => expect(details.status.get().status).toBe('stale'));
  expect(available.values).toEqual([false, true]);
});
