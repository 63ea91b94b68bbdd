import { Identity } from 'spacetimedb';
import { describe, expect, it, vi } from 'vitest';
import { FakeServer } from '../../test/fake-server.ts';
import { record, setUp } from '../../test/set-up.ts';
import { createChat } from './index.ts';

const ann = new Identity(3n);
const DAY = 86_400_000;

/** A chat with 100 messages, one per day; 46 are shown. */
async function setUpChat() {
  const server = new FakeServer();
  server.insertUser({ identity: ann, name: 'Ann' });
  for (let i = 99; i >= 0; i--) server.insertMessage(ann, String(i), server.clock - i * DAY);
  const { connection } = setUp({ environment: { now: () => server.clock } }, server);
  const chat = createChat(connection, { pageSize: 5 });
  const { values } = record(chat.messages);
  const ready = () => vi.waitFor(() => expect(chat.messages.status.get().status).toBe('ready'));
  await ready();
  await chat.loadOlder();
  expect(chat.messages.get()).toHaveLength(46);
  values.length = 0;
  const length = () => chat.messages.get().length;
  return { server, connection, chat, values, ready, length };
}

describe('unloadOlder', () => {
  it('unloads whole spans at once, ends their queries, and keeps at least the requested number', async () => {
    const { server, chat, values, length } = await setUpChat();
    expect(chat.unloadOlder(7)).toBe(false);
    expect(chat.unloadOlder(6)).toBe(true);
    expect(length()).toBe(6);
    expect(values).toHaveLength(1);
    expect(chat.unloadOlder()).toBe(false);
    await vi.waitFor(() => expect(server.log.filter((line) => line.startsWith('-'))).toHaveLength(1));
    expect(values).toHaveLength(1);
    expect(await chat.loadOlder()).toBe(true);
    expect(length()).toBe(46);
    // The same text as before, so that all clients share it.
    const [query] = server.log.filter((line) => line.startsWith('-'));
    expect(server.log.filter((line) => line === query?.replace('-', '+'))).toHaveLength(2);
  });

  it('resets that the beginning was reached', async () => {
    const { chat, length } = await setUpChat();
    while (await chat.loadOlder());
    expect(chat.history.get().reachedStart).toBe(true);
    expect(chat.unloadOlder(50)).toBe(true);
    expect(chat.history.get()).toEqual({ isLoading: false, reachedStart: false, hiddenCount: 0 });
    expect(length()).toBe(100);
    while (await chat.loadOlder());
    expect(chat.history.get().reachedStart).toBe(true);
  });

  it('does nothing while messages are loading or the connection is down', async () => {
    const { server, chat, ready, length } = await setUpChat();
    const older = chat.loadOlder();
    expect(chat.unloadOlder()).toBe(false);
    await older;
    expect(length()).toBe(100);
    server.down = true;
    server.socket.drop();
    await vi.waitFor(() => expect(chat.messages.status.get().status).toBe('stale'));
    expect(chat.unloadOlder()).toBe(false);
    expect(length()).toBe(100);
    server.down = false;
    await ready();
    expect(chat.unloadOlder()).toBe(true);
    expect(length()).toBe(6);
  });

  it('continues after a span that the server refused', async () => {
    const { server, chat, length } = await setUpChat();
    server.refused.set('2026-01-27', 'too many rows');
    await expect(chat.loadOlder()).rejects.toThrow('too many rows');
    expect(chat.unloadOlder()).toBe(true);
    expect(length()).toBe(6);
    server.refused.clear();
    await chat.loadOlder();
    expect(length()).toBe(46);
    await chat.loadOlder();
    expect(length()).toBe(100);
  });
});
