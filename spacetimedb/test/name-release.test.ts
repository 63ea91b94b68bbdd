/** When a name becomes free for others. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { NO_LIMITS, OK, nameOf, openRoom, refused, textsIn, type Caller, type Room } from './room.ts';
import { join } from './server.ts';

const DAY = 86_400_000;
const TAKEN = refused('Bobby is taken. Try Bobby2');

async function withBobby(room: Room): Promise<Caller> {
  const bobby = await room.newcomer();
  expect(await bobby.call('set_name', 'Bobby')).toEqual(OK);
  return bobby;
}

describe('sign_out', () => {
  test('after someone has signed out, others may take their name, and old messages no longer show it', async () => {
    const room = await openRoom();
    const bobby = await withBobby(room);
    await bobby.call('send_message', 'I was Bobby');
    expect(await bobby.call('sign_out')).toEqual(OK);
    // Until someone takes it, the messages still show it.
    expect(nameOf(room, bobby)).toBe('Bobby');
    const other = await room.newcomer();
    expect(await other.call('set_name', 'bobby')).toEqual(OK);
    expect([nameOf(room, bobby), nameOf(room, other)]).toEqual([undefined, 'bobby']);
    expect(await (await room.newcomer()).call('set_name', 'Bobby')).toEqual(TAKEN);
  });

  test('someone who returns before their name is taken gets it back', async () => {
    const room = await openRoom();
    const bobby = await withBobby(room);
    await bobby.call('sign_out');
    await bobby.call('send_message', 'I am back');
    expect(await (await room.newcomer()).call('set_name', 'Bobby')).toEqual(TAKEN);
    expect(nameOf(room, bobby)).toBe('Bobby');
  });

  test('someone who returns after their name was taken can choose another', async () => {
    const room = await openRoom();
    const bobby = await withBobby(room);
    await bobby.call('sign_out');
    expect(await (await room.newcomer()).call('set_name', 'Bobby')).toEqual(OK);
    expect(await bobby.call('set_name', 'Bobby')).toEqual(TAKEN);
    expect(await bobby.call('set_name', 'Bob')).toEqual(OK);
  });

  test('a name stays taken while its owner is still connected elsewhere', async () => {
    const room = await openRoom();
    const { connection, token, identity, leave } = await join(room);
    await connection.reducers.setName({ name: 'Bobby' });
    const otherTab = await join(room, { token });
    await connection.reducers.signOut({});
    const other = await room.newcomer();
    expect(await other.call('set_name', 'Bobby')).toEqual(TAKEN);
    await leave();
    expect(await other.call('set_name', 'Bobby')).toEqual(TAKEN);
    await otherTab.leave();
    await expect.poll(() => room.sql('SELECT * FROM live_connection')).toEqual([]);
    expect(await other.call('set_name', 'Bobby')).toEqual(OK);
    expect(nameOf(room, { identity } as Caller)).toBeUndefined();
  });

  test('someone without a name can sign out, and leaves nothing', async () => {
    const room = await openRoom();
    expect(await (await room.newcomer()).call('sign_out')).toEqual(OK);
    expect(room.sql('SELECT * FROM absence')).toEqual([]);
  });

  test('a new name ends the sign-out', async () => {
    const room = await openRoom();
    const bobby = await join(room);
    await bobby.connection.reducers.setName({ name: 'Bobby' });
    await bobby.connection.reducers.signOut({});
    await bobby.connection.reducers.setName({ name: 'Bobby' });
    await bobby.leave();
    await expect.poll(() => room.sql('SELECT * FROM live_connection')).toEqual([]);
    expect(await (await room.newcomer()).call('set_name', 'Bobby')).toEqual(TAKEN);
  });
});

describe('a long absence', () => {
  test('after 30 days away, the name of someone who never wrote is free', async () => {
    const room = await openRoom();
    const bobby = await withBobby(room);
    const other = await room.newcomer();
    room.time.advance(30 * DAY - 10_000);
    expect(await other.call('set_name', 'Bobby')).toEqual(TAKEN);
    room.time.advance(20_000);
    expect(await other.call('set_name', 'Bobby')).toEqual(OK);
    expect(nameOf(room, bobby)).toBeUndefined();
  });

  test('a visit restarts the time, and nobody is away while connected', async () => {
    const room = await openRoom();
    const bobby = await join(room);
    await bobby.connection.reducers.setName({ name: 'Bobby' });
    const other = await room.newcomer();
    room.time.advance(31 * DAY);
    expect(await other.call('set_name', 'Bobby')).toEqual(TAKEN);
    await bobby.leave();
    await expect.poll(() => room.sql('SELECT * FROM live_connection')).toEqual([]);
    room.time.advance(29 * DAY);
    expect(await other.call('set_name', 'Bobby')).toEqual(TAKEN);
    await (await join(room, { token: bobby.token })).leave();
    await expect.poll(() => room.sql('SELECT * FROM live_connection')).toEqual([]);
    room.time.advance(29 * DAY);
    expect(await other.call('set_name', 'Bobby')).toEqual(TAKEN);
    room.time.advance(2 * DAY);
    expect(await other.call('set_name', 'Bobby')).toEqual(OK);
  });

  test('people whose messages are kept keep their name', async () => {
    const room = await openRoom();
    const bobby = await withBobby(room);
    await bobby.call('send_message', 'I will be back');
    room.time.advance(365 * DAY);
    expect(await (await room.newcomer()).call('set_name', 'Bobby')).toEqual(TAKEN);
  });

  test('the name is free once all messages of its owner are deleted by age', async () => {
    const room = await openRoom();
    const [bobby, other] = [await withBobby(room), await room.newcomer()];
    await bobby.call('send_message', 'I will be back');
    room.time.advance(45 * DAY);
    await room.owner.call('set_retention', 0, 60);
    expect(await other.call('set_name', 'Bobby')).toEqual(TAKEN);
    // Without a schedule, which would run every minute.
    await room.owner.call('set_retention', 0, 0);
    room.time.advance(20 * DAY);
    await room.owner.call('set_retention', 0, 60);
    room.time.advance(10_000);
    await expect.poll(() => other.call('set_name', 'Bobby')).toEqual(OK);
    expect(textsIn(room)).toEqual([]);
  });

  test('a moderator keeps their name', async () => {
    const room = await openRoom();
    const bobby = await withBobby(room);
    await room.owner.call('appoint_moderator', [`0x${bobby.identity}`]);
    await bobby.call('sign_out');
    room.time.advance(365 * DAY);
    expect(await (await room.newcomer()).call('set_name', 'Bobby')).toEqual(TAKEN);
  });

  test('the owner sets the days, and 0 keeps names for good', async () => {
    const room = await openRoom();
    await withBobby(room);
    const other = await room.newcomer();
    expect(await other.call('set_name_release', 1)).toEqual(
      refused('Only the owner of the room may do this'),
    );
    expect(await room.owner.call('set_name_release', 0)).toEqual(OK);
    room.time.advance(365 * DAY);
    expect(await other.call('set_name', 'Bobby')).toEqual(TAKEN);
    expect(await room.owner.call('set_name_release', 400)).toEqual(OK);
    expect(await other.call('set_name', 'Bobby')).toEqual(TAKEN);
    expect(await room.owner.call('set_name_release', 300)).toEqual(OK);
    expect(await other.call('set_name', 'Bobby')).toEqual(OK);
  });

  test('names reserved by an import are released like others', async () => {
    const room = await openRoom();
    const bobby = await room.newcomer();
    const [identity, other] = [`0x${bobby.identity}`, await room.newcomer()];
    expect(await room.owner.call('import_people', [[[identity], [0, 'Bobby']]], true)).toEqual(OK);
    room.time.advance(365 * DAY);
    // They may have messages here until all messages of that time are deleted.
    expect(await other.call('set_name', 'Bobby')).toEqual(TAKEN);
    await room.owner.call('set_retention', 0, 1);
    expect(await other.call('set_name', 'Bobby')).toEqual(OK);
  });

  test('in a room from before absences were recorded, the time starts with the first visit', async () => {
    const dataDir = await mkdtemp(path.join(tmpdir(), 'names-'));
    onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
    const before = await openRoom({ dataDir });
    await withBobby(before);
    for (const table of ['absence', 'tidied']) before.sql(`DELETE FROM ${table}`);
    await before.stop();
    const { time } = before;
    time.advance(365 * DAY);
    const room = await openRoom({ dataDir, time, limits: NO_LIMITS });
    const other = await room.newcomer();
    expect(await other.call('set_name', 'Bobby')).toEqual(TAKEN);
    time.advance(31 * DAY);
    expect(await other.call('set_name', 'Bobby')).toEqual(OK);
  });
});
