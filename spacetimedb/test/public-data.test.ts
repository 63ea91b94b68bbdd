/** Public data of a room besides its people and messages. */
import { expect, onTestFinished, test, vi } from 'vitest';
import { OK, micros, openRoom, refused, type Caller, type Room } from './room.ts';
import { join, subscribe } from './server.ts';

const id = ({ identity }: Caller) => [`0x${identity}`];

test('everyone sees who owns and moderates the room, as it changes', async () => {
  const room = await openRoom();
  const moderator = await room.newcomer();
  await moderator.call('set_name', 'Moderator');
  const visitor = await join(room);
  onTestFinished(() => visitor.leave());
  await subscribe(visitor, 'SELECT * FROM room_staff');
  const seen = () =>
    Object.fromEntries(
      [...visitor.connection.db.roomStaff.iter()].map(({ identity, role }) => [identity.toHexString(), role]),
    );
  expect(seen()).toEqual({ [room.owner.identity]: 'owner' });
  await room.owner.call('appoint_moderator', id(moderator));
  await vi.waitFor(() =>
    expect(seen()).toEqual({ [room.owner.identity]: 'owner', [moderator.identity]: 'moderator' }),
  );
  await room.owner.call('dismiss_moderator', id(moderator));
  await vi.waitFor(() => expect(seen()).toEqual({ [room.owner.identity]: 'owner' }));
});

function since(room: Room, { identity }: Caller): bigint[] {
  return room.sql(`SELECT since FROM member WHERE identity = 0x${identity}`).map(([at]) => micros(at));
}

test('a person joins with their first name or message', async () => {
  const room = await openRoom();
  const [ada, bob, lurker] = [await room.newcomer(), await room.newcomer(), await room.newcomer()];
  expect(await ada.call('set_name', 'Ada')).toEqual(OK);
  const first = since(room, ada);
  expect(first).toHaveLength(1);
  await room.time.advance(60_000);
  expect(await ada.call('send_message', 'later')).toEqual(OK);
  expect(await bob.call('send_message', 'hello')).toEqual(OK);
  expect(since(room, ada)).toEqual(first);
  expect(since(room, bob)[0]).toBeGreaterThanOrEqual((first[0] ?? 0n) + 60_000_000n);
  expect(since(room, lurker)).toEqual([]);
});

test('people from before there was a member table get their row when they connect', async () => {
  const room = await openRoom();
  const ada = await room.newcomer();
  await ada.call('set_name', 'Ada');
  const before = since(room, ada);
  room.sql('DELETE FROM member');
  const again = await join(room, { token: ada.token });
  onTestFinished(() => again.leave());
  expect(since(room, ada)).toEqual(before);
});

test('the owner names the room, and removes the name again', async () => {
  const room = await openRoom();
  const person = await room.newcomer();
  const titles = () => room.sql('SELECT title FROM room_title').flat();
  expect(await person.call('set_room_title', 'Mine')).toEqual(
    refused('Only the owner of the room may do this'),
  );
  expect(await room.owner.call('set_room_title', '  Team   lounge ')).toEqual(OK);
  expect(titles()).toEqual(['Team lounge']);
  expect(await room.owner.call('set_room_title', 'x'.repeat(33))).toEqual(
    refused('Names must not have more than 32 characters'),
  );
  expect(await room.owner.call('set_room_title', 'Support')).toEqual(OK);
  expect(titles()).toEqual(['Support']);
  expect(await room.owner.call('set_room_title', ' ')).toEqual(OK);
  expect(titles()).toEqual([]);
});
