/** The features on the module of this repository, and on the tutorial's. */
import { connect, memoryTokens, type Readable } from 'spacetimedb-stores';
import { createChat, type ChatMessage } from 'spacetimedb-stores/chat';
import { expect, onTestFinished, test, vi } from 'vitest';
import { bundleSource } from '../../../spacetimedb/host/src/testing/module-source.ts';
import { PLAIN_MODULE } from '../../../spacetimedb/test/plain-module.ts';
import { openRoom, type Caller, type Room } from '../../../spacetimedb/test/room.ts';
import { DbConnection } from '../../module_bindings/index.ts';
import { openFeatures } from './features.ts';

const patient = { timeout: 30_000, interval: 5 };

const until = <T>(store: Readable<T>, test: (value: T) => boolean): Promise<void> =>
  vi.waitFor(() => expect(test(store.get())).toBe(true), patient);

/** A person at the site. */
async function join({ uri, database }: Room, name: string, person?: Caller) {
  const lines: string[] = [];
  const builder = () =>
    DbConnection.builder().withUri(uri).withDatabaseName(database).withToken(person?.token);
  const connection = connect(builder, {
    connectOnServer: true,
    tokens: memoryTokens(),
    unsubscribeDelayMs: 0,
    debug: (line) => lines.push(line),
  });
  onTestFinished(() => connection.close());
  const chat = createChat(connection);
  const features = openFeatures({ connection, chat });
  for (const store of [chat.messages, chat.users, chat.onlineUsers, features.isAvailable])
    store.subscribe(() => undefined);
  await until(chat.messages.status, ({ isReady }) => isReady);
  await chat.setName(name);
  const sees = async (text: string): Promise<ChatMessage> => {
    const find = () => chat.messages.get().find((message) => message.text === text && message.row);
    await until(chat.messages, () => find() !== undefined);
    return find() as ChatMessage;
  };
  const watch = async (text: string) => {
    const details = features.details(await sees(text));
    details.subscribe(() => undefined);
    await until(details.status, ({ isReady }) => isReady);
    return details;
  };
  return { connection, chat, features, sees, watch, lines };
}

test('people answer, react, mention, edit, pin, search and delete', async () => {
  const room = await openRoom();
  const ann = await join(room, 'Ann', room.owner);
  const ben = await join(room, 'Ben');
  await until(ann.features.isAvailable, Boolean);
  await ann.chat.sendMessage('Hello @Ben');
  const greeting = await ben.watch('Hello @Ben');
  expect(greeting.get().mentions).toMatchObject([{ name: 'Ben', isMe: true }]);
  await ben.chat.sendMessage('Hi', { replyTo: await ben.sees('Hello @Ben') });
  expect((await ann.watch('Hi')).get().replyTo).toMatchObject({ text: 'Hello @Ben', status: 'ready' });

  await ben.features.toggleReaction(await ben.sees('Hello @Ben'), '👍');
  expect(greeting.get().reactions).toMatchObject([{ emoji: '👍', count: 1, isMine: true }]);
  const refused = ben.features.toggleReaction(await ben.sees('Hello @Ben'), 'no emoji');
  expect(greeting.get().reactions).toHaveLength(2);
  await expect(refused).rejects.toMatchObject({ code: 'refused' });
  expect(greeting.get().reactions).toHaveLength(1);

  const { key } = await ben.sees('Hello @Ben');
  await ann.features.edit(await ann.sees('Hello @Ben'), 'Hello, everybody');
  expect(await ben.sees('Hello, everybody')).toMatchObject({ key });
  await until(greeting, ({ editedAt, mentions }) => editedAt !== undefined && mentions.length === 0);
  expect(await ann.features.versions(await ann.sees('Hello, everybody'))).toMatchObject([
    { text: 'Hello @Ben' },
  ]);
  await expect(ben.features.versions(await ben.sees('Hello, everybody'))).rejects.toThrow();

  await expect(ben.features.pin(await ben.sees('Hi'))).rejects.toMatchObject({ code: 'refused' });
  await ann.features.pin(await ann.sees('Hi'));
  ben.features.pins.subscribe(() => undefined);
  await until(ben.features.pins, (pins) => pins[0]?.text === 'Hi');
  expect((await ben.features.search('HELLO EVERYBODY')).map(({ key }) => key)).toEqual([key]);
  expect(await ben.features.search('everybody', { before: await ben.sees('Hello, everybody') })).toEqual([]);

  const answer = await ann.watch('Hi');
  await ann.features.deleteOwn(await ann.sees('Hello, everybody'));
  await until(answer, ({ replyTo }) => replyTo?.status === 'deleted');
});

test('people see who types, block, report, and read on several devices', async () => {
  const room = await openRoom();
  const person = await room.newcomer();
  const [ann, device] = [await join(room, 'Ann', person), await join(room, 'Ann', person)];
  const ben = await join(room, 'Ben');
  ann.features.typing.subscribe(() => undefined);
  await ben.chat.sendMessage('One');
  await ben.chat.sendMessage('Two @Ann');
  for (const { features } of [ann, device]) features.readUntil.subscribe(() => undefined);
  ann.features.markRead(await ann.sees('One'));
  const { sent } = await device.sees('One');
  await until(device.features.readUntil, (time) => time?.getTime() === sent.getTime());
  expect(await device.features.countUnread()).toEqual({ messages: 1, mentions: 1 });

  await vi.waitFor(() => expect(ann.lines.join()).toMatch(/subscribed[^,]*,[^,]* FROM typing/), patient);
  ben.features.setTyping(true);
  await until(ann.features.typing, ([user]) => user?.label === 'Ben');
  const { author } = await ann.sees('One');
  for (const { features } of [ann, device]) features.blocked.subscribe(() => undefined);
  await ann.features.block(author);
  await until(device.features.blocked, (ids) => ids.has(author.id));
  await ann.features.report(await ann.sees('One'), 'Rude');
  expect(room.sql('SELECT reason FROM report')).toEqual([['Rude']]);
  await expect(ann.features.report(await ann.sees('One'), 'Rude')).rejects.toMatchObject({ code: 'refused' });
});

test('a server with the tutorial’s module has no features', async () => {
  const errors = vi.spyOn(console, 'error');
  const room = await openRoom({ program: await bundleSource(PLAIN_MODULE), limits: 'default' });
  const ann = await join(room, 'Ann');
  await ann.chat.sendMessage('Hello');
  const details = ann.features.details(await ann.sees('Hello'));
  details.subscribe(() => undefined);
  await until(details.status, ({ status }) => status === 'error');
  expect(ann.features.isAvailable.get()).toBe(false);
  expect(ann.chat.messages.status.get().status).toBe('ready');
  expect(errors).not.toHaveBeenCalled();
});
