/** The bounds of the outbox: how many messages wait, and which rows they match. */
import { Identity, Timestamp } from 'spacetimedb';
import { expect, it, vi } from 'vitest';
import { FakeServer } from '../../test/fake-server.ts';
import { record, setUp } from '../../test/set-up.ts';
import { createChat, type ChatOptions } from './index.ts';

const me = new Identity(1n);

async function open(options: ChatOptions = {}) {
  const server = new FakeServer();
  server.insertUser({ identity: me, name: 'Me' });
  const { connection } = setUp({ environment: { now: () => server.clock } }, server);
  const chat = createChat(connection, options);
  record(chat.messages);
  const reaches = (status: string) =>
    vi.waitFor(() => expect(chat.messages.status.get().status).toBe(status));
  await reaches('ready');
  const shown = () => chat.messages.get().map(({ text, status }) => `${text} ${status}`);
  return { server, chat, reaches, shown };
}

it('a message whose answer was lost is not matched with a hidden row that has the same text', async () => {
  const { server, chat, reaches, shown } = await open();
  const { onCall } = server;
  server.onCall = (call) => {
    server.down = true;
    call.socket.drop();
    return undefined;
  };
  chat.sendMessage('hello').catch(() => undefined);
  await reaches('stale');
  server.onCall = onCall;
  server.down = false;
  await reaches('ready');
  expect(shown()).toEqual(['hello failed']);

  const year20000 = new Timestamp(568_971_820_800_000_000n);
  server.commit({ message: { inserts: [{ sender: me, sent: year20000, text: 'hello' }], deletes: [] } });
  expect(chat.history.get().hiddenCount).toBe(1);
  expect(shown()).toEqual(['hello failed']);
});

it.each([1, 2])(
  'while there is no connection, exactly maxQueued messages (%i) wait in a chat that sends one at a time',
  async (maxQueued) => {
    const { server, chat, reaches, shown } = await open({ retryAfterMs: () => undefined, maxQueued });
    server.down = true;
    server.socket.drop();
    await reaches('stale');
    const texts = Array.from({ length: maxQueued + 1 }, (_, n) => `text ${n}`);
    const outcomes = texts.map((text) => chat.sendMessage(text));
    expect(shown()).toEqual(texts.map((text, n) => `${text} ${n < maxQueued ? 'pending' : 'failed'}`));
    await expect(outcomes.at(-1)).rejects.toMatchObject({ name: 'NotConnectedError' });
    server.down = false;
    await reaches('ready');
    await vi.waitFor(() => expect(server.tables.message.size).toBe(maxQueued));
  },
);
