import { Identity } from 'spacetimedb';
import { afterEach, expect, it, vi } from 'vitest';
import { FakeServer, FakeSocket, type Message } from '../../test/fake-server.ts';
import { record, setUp } from '../../test/set-up.ts';
import { createChat } from './index.ts';

const ann = new Identity(3n);
const DAY = 86_400_000;

afterEach(() => void vi.restoreAllMocks());

/** A chat with 100 messages, one per day, whose text is their age in days; 6 are shown. */
async function setUpChat() {
  const server = new FakeServer();
  for (let age = 99; age >= 0; age--) server.insertMessage(ann, String(age), server.clock - age * DAY);
  const { connection } = setUp({ environment: { now: () => server.clock } }, server);
  const chat = createChat(connection, { pageSize: 5 });
  const { stop } = record(chat.messages);
  await vi.waitFor(() => expect(chat.messages.status.get().status).toBe('ready'));
  const daysAgo = (days: number) => new Date(server.clock - days * DAY);
  const oldest = () => Number(chat.messages.get()[0]?.text);
  expect(oldest()).toBe(5);
  return { server, connection, chat, stop, daysAgo, oldest };
}

it('a jump to a date loads all messages since then, and no more spans', async () => {
  const { server, chat, daysAgo, oldest } = await setUpChat();
  const before = server.log.length;
  expect(await chat.loadUntil(daysAgo(5))).toBe(true);
  expect(server.log).toHaveLength(before);
  expect(await chat.loadUntil(daysAgo(30))).toBe(true);
  expect(oldest()).toBe(45);
  expect(server.log).toHaveLength(before + 1);
});

it('a jump to the start of the oldest span loads nothing', async () => {
  const { server, chat, oldest } = await setUpChat();
  const before = server.log.length;
  const start = new Date('2026-11-19T00:00:00Z');
  expect(await chat.loadUntil(start)).toBe(true);
  expect(server.log).toHaveLength(before);
  expect(await chat.loadUntil(new Date(start.getTime() - 1))).toBe(true);
  expect(oldest()).toBe(45);
});

it('a jump over days without messages does not change the list', async () => {
  const { server, connection, daysAgo } = await setUpChat();
  for (const row of server.tables.message.values()) {
    if (Number((row as Message).text) > 5) server.commit({ message: { inserts: [], deletes: [row] } });
  }
  const chat = createChat(connection, { pageSize: 2 });
  const { values } = record(chat.messages);
  await vi.waitFor(() => expect(chat.messages.status.get().status).toBe('ready'));
  values.length = 0;
  expect(await chat.loadUntil(daysAgo(90))).toBe(true);
  expect(chat.history.get().reachedStart).toBe(false);
  const filled = values.length;
  expect(await chat.loadUntil(daysAgo(1_000))).toBe(true);
  expect(values).toHaveLength(filled);
});

it.each([
  ['older', 90, 30],
  ['newer', 30, 90],
])('of two jumps at once both arrive when the first is the %s one', async (_, first, second) => {
  const { chat, daysAgo, oldest } = await setUpChat();
  const jumps = [chat.loadUntil(daysAgo(first)), chat.loadUntil(daysAgo(second))];
  expect(await Promise.all(jumps)).toEqual([true, true]);
  expect(oldest()).toBeGreaterThanOrEqual(90);
});

it('a jump arrives even if another page is loaded meanwhile', async () => {
  const { chat, daysAgo, oldest } = await setUpChat();
  const [jumped, loaded] = await Promise.all([chat.loadUntil(daysAgo(90)), chat.loadOlder()]);
  expect([jumped, loaded]).toEqual([true, true]);
  expect(oldest()).toBe(99);
});

it('a jump before the messages are shown waits for them, and then continues to its date', async () => {
  const { connection, daysAgo } = await setUpChat();
  const other = createChat(connection, { pageSize: 2, windowMs: 3_600_000 });
  expect(await other.loadUntil(daysAgo(90))).toBe(true);
});

it('a jump has not arrived when the connection was closed', async () => {
  const { server, connection, chat, daysAgo, oldest } = await setUpChat();
  server.holding = true;
  const jump = chat.loadUntil(daysAgo(30));
  connection.close();
  expect(await jump).toBe(false);
  expect(oldest()).toBe(5);
});

it('a jump has not arrived when the connection was closed before the first page was complete', async () => {
  const { server, connection, daysAgo } = await setUpChat();
  const { push } = FakeSocket.prototype;
  let answers = 0;
  // The users and the newest span are answered, and nothing after them.
  vi.spyOn(FakeSocket.prototype, 'push').mockImplementation(function (this: FakeSocket, message) {
    if (message.tag !== 'SubscribeApplied' || ++answers <= 2) push.call(this, message);
  });
  const other = setUp({ environment: { now: () => server.clock } }, server);
  const chat = createChat(other.connection, { pageSize: 5 });
  const jump = chat.loadUntil(daysAgo(0));
  await vi.waitFor(() => expect(answers).toBe(3));
  other.connection.close();
  expect(await jump).toBe(false);
  expect(chat.messages.get()).toEqual([]);
  connection.close();
});

it('a jump to a date whose messages the server refuses says why, and can be tried again', async () => {
  const { server, chat, daysAgo, oldest } = await setUpChat();
  server.refused.set('2026-10-10', 'too many rows');
  await expect(chat.loadUntil(daysAgo(30))).rejects.toThrow('too many rows');
  expect(oldest()).toBe(5);
  server.refused.clear();
  expect(await chat.loadUntil(daysAgo(30))).toBe(true);
  expect(oldest()).toBe(45);
});
