import { expect, onTestFinished, test, vi } from 'vitest';
import { OK, openRoom, refused } from './room.ts';
import { id, named, rows, visitor } from './messages.ts';
import { join, subscribe } from './server.ts';

test('a person blocks others for themselves, and only they see it', async () => {
  const room = await openRoom();
  const [ann, ben, eve] = [await named(room, 'Ann'), await named(room, 'Ben'), await named(room, 'Eve')];
  const [first, second] = [await join(room, { token: ann.token }), await join(room, { token: eve.token })];
  for (const device of [first, second]) {
    onTestFinished(() => device.leave());
    await subscribe(device, 'SELECT * FROM own_blocks');
  }
  const seenBy = ({ connection }: typeof first) =>
    [...connection.db.ownBlocks.iter()].map(({ identity }) => identity.toHexString()).sort();
  for (const person of [ben, eve, eve]) expect(await ann.call('block_person', id(person))).toEqual(OK);
  await vi.waitFor(() => expect(seenBy(first)).toEqual([ben.identity, eve.identity].sort()));
  expect(await ann.call('unblock_person', id(eve))).toEqual(OK);
  expect(await ann.call('unblock_person', id(eve))).toEqual(OK);
  await vi.waitFor(() => expect(seenBy(first)).toEqual([ben.identity]));
  expect(seenBy(second)).toEqual([]);
  await expect(subscribe(second, 'SELECT * FROM block')).rejects.toThrow();
});

test('people cannot block themselves or someone who does not exist', async () => {
  const room = await openRoom();
  const ann = await named(room, 'Ann');
  expect(await ann.call('block_person', id(ann))).toEqual(refused('You cannot block yourself'));
  expect(await ann.call('block_person', [`0x${'ab'.repeat(32)}`])).toEqual(refused('Person not found'));
  expect(rows(room, 'block', 'id')).toEqual([]);
});

test('a person blocks at most 1,000 others', { timeout: 60_000 }, async () => {
  const room = await openRoom();
  const [ann, ben] = [await named(room, 'Ann'), await named(room, 'Ben')];
  for (let n = 0; n < 1000; n++) {
    const blocked = n.toString(16).padStart(64, '0');
    room.sql(`INSERT INTO block (id, person, blocked) VALUES (0, 0x${ann.identity}, 0x${blocked})`);
  }
  expect(await ann.call('block_person', id(ben))).toEqual(refused('You can block at most 1000 people'));
  expect(await ann.call('unblock_person', [`0x${'0'.repeat(64)}`])).toEqual(OK);
  expect(await ann.call('block_person', id(ben))).toEqual(OK);
});

test('the blocks of visitors who never chose a name or wrote go when they leave', async () => {
  const room = await openRoom();
  const ben = await named(room, 'Ben');
  const guest = await visitor(room);
  // Each call over HTTP is a visit.
  expect(await guest.call('block_person', id(ben))).toEqual(OK);
  await vi.waitFor(() => expect(rows(room, 'block', 'id')).toEqual([]));
  await guest.call('set_name', 'Visitor');
  expect(await guest.call('block_person', id(ben))).toEqual(OK);
  await guest.call('mark_read', [0]);
  expect(rows(room, 'block', 'blocked')).toEqual([id(ben)]);
});
