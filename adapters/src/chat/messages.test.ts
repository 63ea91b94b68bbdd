/** The list of messages while older ones load, and after the server refused some. */
import { Identity } from 'spacetimedb';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { FakeServer, FakeSocket, type Message } from '../../test/fake-server.ts';
import { tables } from '../../test/module_bindings/index.ts';
import { record, setUp } from '../../test/set-up.ts';
import { liveTable } from '../index.ts';
import { LONGEST_TEXT } from './bounds.ts';
import { createChat, type ChatMessage, type ChatOptions } from './index.ts';

const me = new Identity(1n);
const ann = new Identity(3n);
const DAY = 86_400_000;

const shown = (list: readonly ChatMessage[]) => list.map(({ text, status }) => `${text} ${status}`);

afterEach(() => void vi.restoreAllMocks());

function setUpChat(server: FakeServer, options: ChatOptions = {}) {
  const { connection } = setUp({ environment: { now: () => server.clock } }, server);
  const chat = createChat(connection, options);
  const status = (expected: string) =>
    vi.waitFor(() => expect(chat.messages.status.get().status).toBe(expected));
  const now = () => shown(chat.messages.get());
  return { connection, chat, status, now };
}

it('does not report the beginning as reached before the first page has arrived', async () => {
  const server = new FakeServer();
  for (const age of [40, 30, 0]) server.insertMessage(ann, String(age), server.clock - age * DAY);
  const { chat, status } = setUpChat(server, { pageSize: 2 });
  const { values } = record(chat.history);
  record(chat.messages);
  await status('ready');
  expect(values.at(-1)).toEqual({ isLoading: false, reachedStart: false, hiddenCount: 0 });
  expect(values.filter(({ reachedStart }) => reachedStart)).toEqual([]);
});

it('shows a message sent exactly when the oldest span begins', async () => {
  const server = new FakeServer();
  server.insertMessage(ann, 'before', Date.UTC(2026, 10, 22, 23, 59));
  server.insertMessage(ann, 'edge', Date.UTC(2026, 10, 23));
  const { chat, status, now } = setUpChat(server, { pageSize: 1 });
  record(chat.messages);
  await status('ready');
  expect(now()).toEqual(['edge sent']);
});

it('shows each message once after the server refused the query on one reconnect and not on the next', async () => {
  const server = new FakeServer();
  server.insertMessage(ann, 'deleted');
  server.insertMessage(ann, 'kept');
  const { connection, chat, status, now } = setUpChat(server);
  record(chat.messages);
  await status('ready');
  server.refused.set('message', 'not now');
  connection.reconnect();
  await status('error');
  const [deleted] = server.tables.message.values();
  server.commit({ message: { inserts: [], deletes: [deleted as Message] } });
  server.insertMessage(ann, 'new');
  server.refused.clear();
  connection.reconnect();
  await status('ready');
  expect(now()).toEqual(['kept sent', 'new sent']);
});

it('keeps the keys of messages while the server refuses their query and others are written or edited', async () => {
  const server = new FakeServer();
  const moment = server.clock++;
  server.insertMessage(ann, 'b', moment);
  const { connection, chat, status } = setUpChat(server);
  record(chat.messages);
  await status('ready');
  await chat.sendMessage('edited');
  const edited = [...server.tables.message.values()].at(-1) as Message;
  await chat.sendMessage('mine');
  const keyOf = (text: string) => chat.messages.get().find((message) => message.text === text)?.key;
  const keys = [keyOf('b'), keyOf('edited'), keyOf('mine')];
  server.refused.set('message', 'not now');
  connection.reconnect();
  await status('error');
  server.insertMessage(ann, 'a', moment);
  server.commit({ message: { inserts: [{ ...edited, text: 'new text' }], deletes: [edited] } });
  server.refused.clear();
  connection.reconnect();
  await status('ready');
  expect([keyOf('b'), keyOf('new text'), keyOf('mine')]).toEqual(keys);
  expect(new Set(chat.messages.get().map(({ key }) => key)).size).toBe(4);
});

it('does not confuse a lost message with an older one that another query loads', async () => {
  const server = new FakeServer();
  server.insertUser({ identity: me });
  server.insertMessage(me, 'hello', server.clock - 100 * DAY);
  server.insertMessage(ann, 'recent');
  const { connection, chat, status, now } = setUpChat(server, { pageSize: 1 });
  record(chat.messages);
  await status('ready');
  server.onCall = ({ socket }) => {
    server.down = true;
    socket.drop();
    return undefined;
  };
  const sent = chat.sendMessage('hello').catch(({ name }: Error) => name);
  await status('stale');
  const all = liveTable(connection, tables.message);
  record(all);
  server.down = false;
  expect(await sent).toBe('NotConnectedError');
  expect(all.get()).toHaveLength(2);
  expect(now()).toEqual(['recent sent', 'hello failed']);
});

describe('my message that reaches the server before the first page has arrived', () => {
  /** A chat with the newest span loaded and the next one held back until `release`. */
  async function setUpLoading() {
    const server = new FakeServer();
    server.insertUser({ identity: me });
    server.insertMessage(ann, 'old', server.clock - 400 * DAY);
    const { push } = FakeSocket.prototype;
    const held: (() => void)[] = [];
    let answers = 0;
    vi.spyOn(FakeSocket.prototype, 'push').mockImplementation(function (this: FakeSocket, message) {
      if (message.tag === 'SubscribeApplied' && ++answers > 2) held.push(() => push.call(this, message));
      else push.call(this, message);
    });
    const fixture = setUpChat(server);
    const { stop } = record(fixture.chat.messages);
    await vi.waitFor(() => expect(held).toHaveLength(1));
    const answer = () => {
      vi.restoreAllMocks();
      for (const send of held) send();
    };
    const release = async () => {
      answer();
      await fixture.status('ready');
    };
    const row = () => [...server.tables.message.values()].at(-1) as Message;
    return { ...fixture, server, stop, answer, release, row };
  }

  it('does not keep the query of that page when nobody subscribes any more', async () => {
    const { server, chat, stop, answer } = await setUpLoading();
    // Keeps the connection.
    record(chat.users);
    const ended = () => server.log.filter((line) => line.startsWith('-')).length;
    stop();
    await vi.waitFor(() => expect(ended()).toBe(1));
    answer();
    await vi.waitFor(() => expect(ended()).toBe(2));
    expect(server.log.filter((line) => line.startsWith('+'))).toHaveLength(3);
  });

  it('keeps its object while that page loads, and vanishes when it is deleted', async () => {
    const { server, chat, now, release, row } = await setUpLoading();
    await chat.sendMessage('mine');
    expect(now()).toEqual(['mine sent']);
    const before = chat.messages.get();
    server.insertUser({ identity: ann });
    expect(chat.messages.get()).toBe(before);
    server.commit({ message: { inserts: [], deletes: [row()] } });
    expect(now()).toEqual([]);
    await release();
    expect(now()).toEqual(['old sent']);
  });

  it('is shown once, with its new text and its key, when it is edited', async () => {
    const { server, chat, now, release, row } = await setUpLoading();
    await chat.sendMessage('mine');
    const key = chat.messages.get()[0]?.key;
    server.commit({ message: { inserts: [{ ...row(), text: 'edited' }], deletes: [row()] } });
    expect(now()).toEqual(['edited sent']);
    expect(chat.messages.get()[0]?.key).toBe(key);
    await release();
    expect(now()).toEqual(['old sent', 'edited sent']);
    expect(chat.messages.get()[1]?.key).toBe(key);
  });

  it.each([
    ['is sent when the rows have it after the reconnect', true],
    ['has failed when they do not', false],
  ])('%s, if its answer was lost', async (_, arrives) => {
    const { server, chat, status, now } = await setUpLoading();
    const { onCall } = server;
    server.onCall = (call) => {
      vi.restoreAllMocks();
      call.socket.drop();
      if (arrives) onCall(call);
      return undefined;
    };
    const outcome = chat.sendMessage('mine').then(
      () => 'sent',
      ({ name }: Error) => name,
    );
    expect(await outcome).toBe(arrives ? 'sent' : 'NotConnectedError');
    await status('ready');
    expect(now()).toEqual(['old sent', arrives ? 'mine sent' : 'mine failed']);
  });

  it('leaves the list when it cannot be shown', async () => {
    const { chat, now, release } = await setUpLoading();
    await chat.sendMessage('x'.repeat(LONGEST_TEXT + 1));
    expect(now()).toEqual([]);
    await release();
    expect(now()).toEqual(['old sent']);
    expect(chat.history.get().hiddenCount).toBe(1);
  });
});
