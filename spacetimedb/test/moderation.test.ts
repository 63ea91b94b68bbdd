import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { OK, micros, nameOf, openRoom, refused, textsIn, type Caller, type Room } from './room.ts';
import { join, subscribe, textsOf } from './server.ts';

const MODERATORS_ONLY = refused('Only moderators may do this');
const OWNER_ONLY = refused('Only the owner of the room may do this');
const NO_PERSON = refused('There is no such person');

const id = ({ identity }: Caller) => [`0x${identity}`];

async function setUp(): Promise<{ room: Room; moderator: Caller; person: Caller }> {
  const room = await openRoom();
  const [moderator, person] = [await room.newcomer(), await room.newcomer()];
  await moderator.call('set_name', 'Moderator');
  await person.call('set_name', 'Person');
  expect(await room.owner.call('appoint_moderator', id(moderator))).toEqual(OK);
  return { room, moderator, person };
}

/** What was done, and to whom, in order. */
function acts(room: Room): unknown[] {
  return room
    .sql('SELECT id, action, subject, reason FROM moderation_act')
    .toSorted(([a], [b]) => Number((a as bigint) - (b as bigint)))
    .map(([, action, subject, reason]) => [
      action,
      (subject as { toHexString(): string }).toHexString(),
      reason,
    ]);
}

/** Who sent the newest message, and when: what names it to a reducer. */
function newest(room: Room): [sender: unknown, sent: unknown] {
  const rows = room
    .sql('SELECT sent, sender FROM message')
    .toSorted(([a], [b]) => Number(micros(b) - micros(a)));
  const [sent, sender] = rows[0] ?? [];
  return [[`0x${(sender as { toHexString(): string }).toHexString()}`], [Number(micros(sent))]];
}

describe('the owner', () => {
  test('is whoever published the room', async () => {
    const room = await openRoom();
    expect(room.sql('SELECT role FROM staff')).toEqual([['owner']]);
    const person = await room.newcomer();
    expect(await person.call('appoint_moderator', id(person))).toEqual(OWNER_ONLY);
    expect(await person.call('dismiss_moderator', id(room.owner))).toEqual(OWNER_ONLY);
  });

  test('appoints moderators and dismisses them, and is one', async () => {
    const { room, moderator, person } = await setUp();
    expect(await moderator.call('mute_user', id(person), 60, '')).toEqual(OK);
    expect(await moderator.call('appoint_moderator', id(person))).toEqual(OWNER_ONLY);
    expect(await room.owner.call('appoint_moderator', id(moderator))).toEqual(
      refused('They are a moderator already'),
    );
    expect(await room.owner.call('dismiss_moderator', id(moderator))).toEqual(OK);
    expect(await moderator.call('unmute_user', id(person))).toEqual(MODERATORS_ONLY);
    expect(await room.owner.call('unmute_user', id(person))).toEqual(OK);
    expect(await room.owner.call('dismiss_moderator', id(moderator))).toEqual(
      refused('They are not a moderator'),
    );
    expect(await room.owner.call('dismiss_moderator', id(room.owner))).toEqual(
      refused('They are not a moderator'),
    );
    expect(acts(room)).toEqual([
      ['appoint_moderator', moderator.identity, ''],
      ['mute_user', person.identity, ''],
      ['dismiss_moderator', moderator.identity, ''],
      ['unmute_user', person.identity, ''],
    ]);
  });

  test('of a room from before there were owners writes themselves down by SQL', async () => {
    const room = await openRoom();
    room.sql('DELETE FROM staff');
    expect(await room.owner.call('set_retention', 0, 0)).toEqual(OWNER_ONLY);
    room.sql(`INSERT INTO staff (identity, role) VALUES (0x${room.owner.identity}, 'owner')`);
    expect(await room.owner.call('set_retention', 0, 0)).toEqual(OK);
  });
});

test('nobody else may moderate', async () => {
  const { room, person, moderator } = await setUp();
  await person.call('send_message', 'mine');
  const calls: [string, ...unknown[]][] = [
    ['delete_message', ...newest(room), ''],
    ['restore_message', 1],
    ['mute_user', id(moderator), 60, ''],
    ['unmute_user', id(moderator)],
    ['ban_user', id(moderator), ''],
    ['unban_user', id(moderator)],
  ];
  for (const [reducer, ...args] of calls)
    expect(await person.call(reducer, ...args)).toEqual(MODERATORS_ONLY);
  expect(textsIn(room)).toEqual(['mine']);
  expect(acts(room)).toHaveLength(1);
});

describe('a message', () => {
  test('is deleted before the eyes of everybody, and can be put back as it was', async () => {
    const { room, moderator, person } = await setUp();
    const reader = await join(room);
    onTestFinished(() => reader.leave());
    await subscribe(reader, 'SELECT * FROM message');
    for (const text of ['first', 'rude', 'last']) await person.call('send_message', text);
    const before = room.sql("SELECT * FROM message WHERE text = 'rude'");
    await vi.waitFor(() => expect(textsOf(reader)).toHaveLength(3));
    const [, sent] = before[0] ?? [];
    const rude = [id(person), [Number(micros(sent))]];

    expect(await moderator.call('delete_message', ...rude, ' be kind ')).toEqual(OK);
    await vi.waitFor(() => expect(textsOf(reader).sort()).toEqual(['first', 'last']));
    expect(await moderator.call('delete_message', ...rude, '')).toEqual(refused('There is no such message'));
    const [act, reason] =
      room.sql("SELECT id, reason FROM moderation_act WHERE action = 'delete_message'")[0] ?? [];
    expect(reason).toBe('be kind');

    expect(await moderator.call('restore_message', Number(act))).toEqual(OK);
    await vi.waitFor(() => expect(textsOf(reader)).toHaveLength(3));
    expect(room.sql("SELECT * FROM message WHERE text = 'rude'")).toEqual(before);
    expect(await moderator.call('restore_message', Number(act))).toEqual(
      refused('There is no such deleted message'),
    );
    expect(acts(room).slice(1)).toEqual([
      ['delete_message', person.identity, 'be kind'],
      ['restore_message', person.identity, ''],
    ]);
  });

  test('of somebody else at the same moment stays', async () => {
    const { room, moderator, person } = await setUp();
    await person.call('send_message', 'mine');
    const [, sent] = newest(room);
    expect(await moderator.call('delete_message', id(moderator), sent, '')).toEqual(
      refused('There is no such message'),
    );
    expect(textsIn(room)).toEqual(['mine']);
  });
});

describe('somebody who is muted', () => {
  test('can neither write nor change their name until the time is over', async () => {
    const { room, moderator, person } = await setUp();
    expect(await moderator.call('mute_user', id(person), 600, 'cool down')).toEqual(OK);
    const muted = (left: string) => refused(`You are muted for another ${left}: cool down`);
    expect(await person.call('send_message', 'but')).toEqual(muted('10 minutes'));
    expect(await person.call('set_name', 'But')).toEqual(muted('10 minutes'));
    room.time.advance(599_500);
    expect(await person.call('send_message', 'but')).toEqual(muted('1 second'));
    room.time.advance(1000);
    expect(await person.call('send_message', 'sorry')).toEqual(OK);
    expect(room.sql('SELECT * FROM mute')).toEqual([]);
    expect(nameOf(room, person)).toBe('Person');
  });

  test('can be muted for another time, and be let off', async () => {
    const { moderator, person } = await setUp();
    await moderator.call('mute_user', id(person), 600, '');
    expect(await moderator.call('mute_user', id(person), 5, '')).toEqual(OK);
    expect(await person.call('send_message', 'but')).toEqual(refused('You are muted for another 5 seconds'));
    expect(await moderator.call('unmute_user', id(person))).toEqual(OK);
    expect(await person.call('send_message', 'thanks')).toEqual(OK);
    expect(await moderator.call('unmute_user', id(person))).toEqual(refused('They are not muted'));
  });
});

describe('somebody who is banned', () => {
  test('is refused with the reason, at once and at every connect, until they are let in again', async () => {
    const { room, moderator, person } = await setUp();
    const open = await join(room, { token: person.token });
    onTestFinished(() => open.leave());
    expect(await moderator.call('ban_user', id(person), 'spam')).toEqual(OK);

    const text = 'You are banned from this room: spam';
    await expect(open.connection.reducers.sendMessage({ text: 'more' })).rejects.toThrow(text);
    await expect(open.connection.reducers.setName({ name: 'More' })).rejects.toThrow(text);
    expect(await person.call('send_message', 'more')).toEqual({ status: 403, text });
    await expect(join(room, { token: person.token })).rejects.toThrow();
    expect(textsIn(room)).toEqual([]);

    expect(await moderator.call('unban_user', id(person))).toEqual(OK);
    expect(await person.call('send_message', 'back')).toEqual(OK);
    expect(await moderator.call('unban_user', id(person))).toEqual(refused('They are not banned'));
    expect(acts(room).slice(1)).toEqual([
      ['ban_user', person.identity, 'spam'],
      ['unban_user', person.identity, ''],
    ]);
  });
});

describe('what moderators read', () => {
  const VIEWS = ['my_role', 'moderation_log', 'muted_user', 'banned_user'].map(
    (view) => `SELECT * FROM ${view}`,
  );

  async function reading(room: Room, who: Caller) {
    const reader = await join(room, { token: who.token });
    onTestFinished(() => reader.leave());
    await subscribe(reader, ...VIEWS);
    const { db } = reader.connection;
    return () => ({
      role: [...db.myRole.iter()].map(({ role }) => role),
      log: [...db.moderationLog.iter()].sort((a, b) => Number(a.id - b.id)).map(({ action }) => action),
      muted: [...db.mutedUser.iter()].map(({ identity, reason }) => [identity.toHexString(), reason]),
      banned: [...db.bannedUser.iter()].map(({ identity, reason }) => [identity.toHexString(), reason]),
    });
  }
  const NOTHING = { role: [], log: [], muted: [], banned: [] };

  test('is for them only, and changes before their eyes', async () => {
    const { room, moderator, person } = await setUp();
    const [seenByModerator, seenByPerson, seenByOwner] = [
      await reading(room, moderator),
      await reading(room, person),
      await reading(room, room.owner),
    ];
    expect(seenByModerator()).toEqual({ ...NOTHING, role: ['moderator'], log: ['appoint_moderator'] });
    expect(seenByOwner()).toEqual({ ...NOTHING, role: ['owner'], log: ['appoint_moderator'] });
    expect(seenByPerson()).toEqual(NOTHING);

    const other = await room.newcomer();
    await other.call('send_message', 'hello');
    await moderator.call('mute_user', id(other), 60, 'too loud');
    await moderator.call('ban_user', id(other), 'still too loud');
    const log = ['appoint_moderator', 'mute_user', 'ban_user'];
    const seen = { log, muted: [[other.identity, 'too loud']], banned: [[other.identity, 'still too loud']] };
    await vi.waitFor(() => expect(seenByModerator()).toEqual({ role: ['moderator'], ...seen }));
    expect(seenByOwner()).toEqual({ role: ['owner'], ...seen });
    expect(seenByPerson()).toEqual(NOTHING);

    // Whoever is appointed sees it from then on, and whoever is dismissed no more.
    await room.owner.call('appoint_moderator', id(person));
    await vi.waitFor(() =>
      expect(seenByPerson()).toMatchObject({ role: ['moderator'], log: [...log, 'appoint_moderator'] }),
    );
    await room.owner.call('dismiss_moderator', id(moderator));
    await vi.waitFor(() => expect(seenByModerator()).toEqual(NOTHING));
  });

  test('goes back 200 acts at least, however many there were', async () => {
    const { room, moderator, person } = await setUp();
    const seen = await reading(room, moderator);
    for (let n = 0; n < 220; n++) await moderator.call('mute_user', id(person), n + 1, '');
    await vi.waitFor(() => expect(seen().log).toHaveLength(221));
    for (let n = 0; n < 190; n++) await moderator.call('mute_user', id(person), n + 1, '');
    await vi.waitFor(() => expect(seen().log.length).toBeLessThan(400));
    expect(seen().log.length).toBeGreaterThanOrEqual(200);
    expect(room.sql('SELECT COUNT(*) AS n FROM moderation_act')).toEqual([[411n]]);
  }, 20_000);

  test('is not to be had from the tables behind it', async () => {
    const { room, moderator } = await setUp();
    const reader = await join(room, { token: moderator.token });
    onTestFinished(() => reader.leave());
    for (const table of [
      'staff',
      'mute',
      'ban',
      'moderation_act',
      'deleted_message',
      'pace',
      'claimed_name',
      'flood_limits',
      'retention',
    ]) {
      await expect(subscribe(reader, `SELECT * FROM ${table}`)).rejects.toThrow('no such table');
    }
  });
});

test('moderators cannot be turned against each other or the owner', async () => {
  const { room, moderator, person } = await setUp();
  await room.owner.call('appoint_moderator', id(person));
  const immune = refused('Moderators cannot be muted or banned');
  for (const target of [person, moderator]) {
    expect(await moderator.call('ban_user', id(target), '')).toEqual(immune);
    expect(await moderator.call('mute_user', id(target), 60, '')).toEqual(immune);
    expect(await room.owner.call('ban_user', id(target), '')).toEqual(immune);
  }
});

test('what makes no sense is refused in words', async () => {
  const { room, moderator, person } = await setUp();
  const nobody = [`0x${'c2'.padEnd(64, '0')}`];
  expect(await room.owner.call('appoint_moderator', nobody)).toEqual(NO_PERSON);
  expect(await moderator.call('ban_user', nobody, '')).toEqual(NO_PERSON);
  expect(await moderator.call('mute_user', nobody, 60, '')).toEqual(NO_PERSON);
  expect(await moderator.call('mute_user', id(person), 0, '')).toEqual(refused('Say for how long'));
  expect(await moderator.call('ban_user', id(person), 'x'.repeat(201))).toEqual(
    refused('Reasons must not have more than 200 characters'),
  );
});
