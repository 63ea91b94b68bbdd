/** A visitor who neither chooses a name nor writes leaves nothing behind. */
import { startHost } from 'spacetimedb-host';
import { expect, test, vi } from 'vitest';
import { bundleSource } from '../host/src/testing/module-source.ts';
import { temporaryFolder } from '../host/src/testing/temporary-folder.ts';
import { PLAIN_MODULE } from './plain-module.ts';
import { openRoom, type Room } from './room.ts';
import { join } from './server.ts';

const TABLES = ['user', 'pace', 'live_connection', 'claimed_name', 'newcomer'];
const rows = (room: Room) => TABLES.map((table) => room.sql(`SELECT * FROM ${table}`).length);

test('silent visitors leave no row, however many come', async () => {
  const room = await openRoom();
  for (let n = 0; n < 20; n++) await (await join(room)).leave();
  await vi.waitFor(() => expect(rows(room)).toEqual([0, 0, 0, 0, 0]));
});

test('a silent visitor stays while one of their connections is open', async () => {
  const room = await openRoom();
  const first = await join(room);
  const second = await join(room, { token: first.token });
  await first.leave();
  await vi.waitFor(() => expect(room.sql('SELECT * FROM live_connection')).toHaveLength(1));
  expect(room.sql('SELECT online FROM user')).toEqual([[true]]);
  await second.leave();
  await vi.waitFor(() => expect(room.sql('SELECT * FROM user')).toEqual([]));
});

test('people with a name, authors, and people affected by moderation stay', async () => {
  const room = await openRoom();
  const [named, author, banned] = [await join(room), await join(room), await join(room)];
  await named.connection.reducers.setName({ name: 'Ann' });
  await author.connection.reducers.sendMessage({ text: 'hello' });
  await room.owner.call('ban_user', [`0x${banned.identity}`], '');
  await Promise.all([named, author, banned].map((person) => person.leave()));
  await vi.waitFor(() => expect(room.sql('SELECT * FROM live_connection')).toEqual([]));
  const left = room
    .sql('SELECT identity FROM user')
    .map(([id]) => (id as { toHexString(): string }).toHexString());
  expect(left).toEqual(expect.arrayContaining([named.identity, author.identity, banned.identity]));
});

test('the owner keeps their row without a name', async () => {
  const room = await openRoom();
  await (await join(room, { token: room.owner.token })).leave();
  await vi.waitFor(() => expect(room.sql('SELECT * FROM live_connection')).toEqual([]));
  expect(room.sql('SELECT identity FROM user')).toHaveLength(1);
});

test('the first visit after an update deletes the rows of silent visitors that a plain module kept', async () => {
  const dataDir = await temporaryFolder();
  const plain = await startHost({ program: await bundleSource(PLAIN_MODULE), name: 'room', dataDir });
  const server = { uri: plain.uri, database: 'room', stop: () => plain.stop() };
  const author = await join(server);
  await author.connection.reducers.sendMessage({ text: 'from the old days' });
  for (const person of [author, await join(server), await join(server)]) await person.leave();
  await vi.waitFor(() => expect(plain.sql('SELECT * FROM user WHERE online = true').rows).toEqual([]));
  expect(plain.sql('SELECT * FROM user').rows).toHaveLength(3);
  await plain.stop();

  const room = await openRoom({ dataDir, limits: 'default' });
  const left = () =>
    room.sql('SELECT identity FROM user').map(([id]) => (id as { toHexString(): string }).toHexString());
  for (const token of [undefined, author.token]) {
    await (await join(room, token === undefined ? {} : { token })).leave();
    await vi.waitFor(() => expect(room.sql('SELECT * FROM live_connection')).toEqual([]));
    expect(left()).toEqual([author.identity]);
  }
});
