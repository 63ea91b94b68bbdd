import { expect, onTestFinished, test, vi } from 'vitest';
import { OK, openRoom, type Room } from './room.ts';
import { id, named, say, visitor } from './messages.ts';
import { join, subscribe } from './server.ts';

/**
 * Someone who sees who is typing.
 *
 * @returns what they have seen, and a function that waits until all earlier events have arrived
 */
async function watch(room: Room) {
  const reader = await join(room);
  onTestFinished(() => reader.leave());
  const { connection } = reader;
  const seen: string[] = [];
  connection.db.typing.onInsert((_, { person, isTyping }) =>
    seen.push(`${person.toHexString()} ${isTyping ? 'types' : 'stops'}`),
  );
  await subscribe(reader, 'SELECT * FROM typing');
  await subscribe(reader, 'SELECT * FROM message');
  /** Messages arrive in the order of the calls, so all earlier events have arrived with one. */
  const settled = async () => {
    const text = `settled ${Math.random()}`;
    await say(room, room.owner, text);
    await vi.waitFor(() =>
      expect([...connection.db.message.iter()].map((message) => message.text)).toContain(text),
    );
    return seen;
  };
  return { seen, settled };
}

test('others see who begins and stops typing, and nothing is stored', async () => {
  const room = await openRoom();
  const ann = await named(room, 'Ann');
  const { settled } = await watch(room);
  expect(await ann.call('set_typing', true)).toEqual(OK);
  expect(await ann.call('set_typing', false)).toEqual(OK);
  expect(await settled()).toEqual([`${ann.identity} types`, `${ann.identity} stops`]);
  expect(room.sql('SELECT * FROM typing')).toEqual([]);
});

test('nobody sees typing of people who have no name or may not write, and they get no error', async () => {
  const room = await openRoom();
  const [muted, banned] = [await named(room, 'Muted'), await named(room, 'Banned')];
  await room.owner.call('mute_user', id(muted), 60, '');
  const still = await join(room, { token: banned.token });
  onTestFinished(() => still.leave());
  await room.owner.call('ban_user', id(banned), '');
  await room.owner.call('set_admission', 'approve', 0);
  const waiting = await named(room, 'Waiting');
  const { settled } = await watch(room);
  for (const person of [await visitor(room), muted, waiting]) {
    expect(await person.call('set_typing', true)).toEqual(OK);
  }
  await still.connection.reducers.setTyping({ isTyping: true });
  expect(await settled()).toEqual([]);
  // It does not admit anyone, either.
  expect((await waiting.call('send_message', 'hello')).text).toBe(
    'You can write once a moderator approves you',
  );
});

test('more than ten events at once are dropped, and later ones are seen again', async () => {
  const room = await openRoom();
  const ann = await named(room, 'Ann');
  const { settled } = await watch(room);
  for (let n = 0; n < 15; n++) expect(await ann.call('set_typing', n % 2 === 0)).toEqual(OK);
  expect(await settled()).toHaveLength(10);
  await room.time.advance(3000);
  expect(await ann.call('set_typing', true)).toEqual(OK);
  expect(await settled()).toHaveLength(11);
});
