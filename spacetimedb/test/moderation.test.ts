import { Identity } from 'spacetimedb';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { OK, micros, nameOf, openRoom, refused, textsIn, type Caller, type Room } from './room.ts';
import { join, subscribe, textsOf } from './server.ts';

const MODERATORS_ONLY = refused('Only moderators may do this');
const OWNER_ONLY = refused('Only the owner of the room may do this');
const NO_PERSON = refused('Person not found');

const id = ({ identity }: Caller) => [`0x${identity}`];

async function setUp(): Promise<{ room: Room; moderator: Caller; person: Caller }> {
  const room = await openRoom();
  const [moderator, person] = [await room.newcomer(), await room.newcomer()];
  await moderator.call('set_name', 'Moderator');
  await person.call('set_name', 'Person');
  expect(await room.owner.call('appoint_moderator', id(moderator))).toEqual(OK);
  return { room, moderator, person };
}

/** The recorded actions and their subjects, in order. */
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

/** Sender and time of the newest message, which identify it in reducers. */
function newest(room: Room): [sender: unknown, sent: unknown] {
  const rows = room
    .sql('SELECT sent, sender FROM message')
    .toSorted(([a], [b]) => Number(micros(b) - micros(a)));
  const [sent, sender] = rows[0] ?? [];
  return [[`0x${(sender as { toHexString(): string }).toHexString()}`], [Number(micros(sent))]];
}

describe('the owner', () => {
  test('the publisher of the room is its owner', async () => {
    const room = await openRoom();
    expect(room.sql('SELECT role FROM staff')).toEqual([['owner']]);
    const person = await room.newcomer();
    expect(await person.call('appoint_moderator', id(person))).toEqual(OWNER_ONLY);
    expect(await person.call('dismiss_moderator', id(room.owner))).toEqual(OWNER_ONLY);
  });

  test('the owner appoints and dismisses moderators and is one', async () => {
    const { room, moderator, person } = await setUp();
    expect(await moderator.call('mute_user', id(person), 60, '')).toEqual(OK);
    expect(await moderator.call('appoint_moderator', id(person))).toEqual(OWNER_ONLY);
    expect(await room.owner.call('appoint_moderator', id(moderator))).toEqual(
      refused('They are already a moderator'),
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

  test('the owner of a room from before there were owners registers by SQL', async () => {
    const room = await openRoom();
    room.sql('DELETE FROM staff');
    expect(await room.owner.call('set_retention', 0, 0)).toEqual(OWNER_ONLY);
    room.sql(`INSERT INTO staff (identity, role) VALUES (0x${room.owner.identity}, 'owner')`);
    expect(await room.owner.call('set_retention', 0, 0)).toEqual(OK);
  });
});

test('only moderators may moderate', async () => {
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

describe('delete_message', () => {
  test('a message is deleted for everyone and can be restored unchanged', async () => {
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
    expect(await moderator.call('delete_message', ...rude, '')).toEqual(refused('Message not found'));
    const [act, reason] =
      room.sql("SELECT id, reason FROM moderation_act WHERE action = 'delete_message'")[0] ?? [];
    expect(reason).toBe('be kind');

    expect(await moderator.call('restore_message', Number(act))).toEqual(OK);
    await vi.waitFor(() => expect(textsOf(reader)).toHaveLength(3));
    expect(room.sql("SELECT * FROM message WHERE text = 'rude'")).toEqual(before);
    expect(await moderator.call('restore_message', Number(act))).toEqual(
      refused('Deleted message not found'),
    );
    expect(acts(room).slice(1)).toEqual([
      ['delete_message', person.identity, 'be kind'],
      ['restore_message', person.identity, ''],
    ]);
  });

  test("deleting a message keeps another person's message of the same moment", async () => {
    const { room, moderator, person } = await setUp();
    await person.call('send_message', 'mine');
    const [, sent] = newest(room);
    expect(await moderator.call('delete_message', id(moderator), sent, '')).toEqual(
      refused('Message not found'),
    );
    expect(textsIn(room)).toEqual(['mine']);
  });
});

describe('mute_user', () => {
  test('a muted person can neither write nor change their name until the mute ends', async () => {
    const { room, moderator, person } = await setUp();
    expect(await moderator.call('mute_user', id(person), 600, 'cool down')).toEqual(OK);
    const muted = (left: string) => refused(`You are muted for another ${left}: cool down`);
    expect(await person.call('send_message', 'but')).toEqual(muted('10 minutes'));
    expect(await person.call('set_name', 'But')).toEqual(muted('10 minutes'));
    room.time.advance(599_500);
    expect(await person.call('send_message', 'but')).toEqual(muted('0.5 seconds'));
    room.time.advance(1000);
    expect(await person.call('send_message', 'sorry')).toEqual(OK);
    expect(room.sql('SELECT * FROM mute')).toEqual([]);
    expect(nameOf(room, person)).toBe('Person');
  });

  test('a mute can be changed and lifted', async () => {
    const { moderator, person } = await setUp();
    await moderator.call('mute_user', id(person), 600, '');
    expect(await moderator.call('mute_user', id(person), 5, '')).toEqual(OK);
    expect(await person.call('send_message', 'but')).toEqual(refused('You are muted for another 5 seconds'));
    expect(await moderator.call('unmute_user', id(person))).toEqual(OK);
    expect(await person.call('send_message', 'thanks')).toEqual(OK);
    expect(await moderator.call('unmute_user', id(person))).toEqual(refused('They are not muted'));
  });
});

describe('ban_user', () => {
  test('a banned person is refused with the reason, at once and at every connect, until the ban is lifted', async () => {
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

/** What the views show to someone, updated continuously. */
async function reading(room: Room, who: Caller) {
  const reader = await join(room, { token: who.token });
  onTestFinished(() => reader.leave());
  await subscribe(
    reader,
    ...['standing', 'moderation_log', 'room_settings'].map((view) => `SELECT * FROM ${view}`),
  );
  const { db } = reader.connection;
  return () => ({
    log: [...db.moderationLog.iter()].sort((a, b) => Number(a.id - b.id)),
    settings: [...db.roomSettings.iter()],
    /** By identity, in a few words. */
    standing: Object.fromEntries(
      [...db.standing.iter()].map(({ identity, role, mutedUntil, bannedSince, reason }) => [
        identity.toHexString(),
        [role, mutedUntil && 'muted', bannedSince && 'banned', reason].filter(Boolean).join(' '),
      ]),
    ),
  });
}
const actionsIn = ({ log }: { log: readonly { action: string }[] }) => log.map(({ action }) => action);

describe('views of moderation', () => {
  test('moderators see the standing of everyone, others only their own', async () => {
    const { room, moderator, person } = await setUp();
    const other = await room.newcomer();
    await other.call('send_message', 'hello');
    const [seenByModerator, seenByPerson, seenByOther, seenByOwner] = [
      await reading(room, moderator),
      await reading(room, person),
      await reading(room, other),
      await reading(room, room.owner),
    ];
    const staff = { [room.owner.identity]: 'owner', [moderator.identity]: 'moderator' };
    expect(seenByModerator().standing).toEqual(staff);
    expect(seenByOwner().standing).toEqual(staff);
    expect(seenByPerson().standing).toEqual({});

    await moderator.call('mute_user', id(other), 60, 'too loud');
    await vi.waitFor(() => expect(seenByOther().standing).toEqual({ [other.identity]: 'muted too loud' }));
    await vi.waitFor(() =>
      expect(seenByModerator().standing).toEqual({ ...staff, [other.identity]: 'muted too loud' }),
    );
    await moderator.call('ban_user', id(other), 'still too loud');
    const banned = { [other.identity]: 'muted banned still too loud' };
    await vi.waitFor(() => expect(seenByOther().standing).toEqual(banned));
    await vi.waitFor(() => expect(seenByOwner().standing).toEqual({ ...staff, ...banned }));
    expect(seenByPerson().standing).toEqual({});

    await moderator.call('unban_user', id(other));
    await moderator.call('unmute_user', id(other));
    await vi.waitFor(() => expect(seenByOther().standing).toEqual({}));
    await vi.waitFor(() => expect(seenByModerator().standing).toEqual(staff));
  });
});

describe('moderation_log', () => {
  test('only moderators see the record, from their appointment to their dismissal', async () => {
    const { room, moderator, person } = await setUp();
    const [seenByModerator, seenByPerson] = [await reading(room, moderator), await reading(room, person)];
    expect(actionsIn(seenByModerator())).toEqual(['appoint_moderator']);
    expect(seenByPerson().log).toEqual([]);

    const other = await room.newcomer();
    await other.call('send_message', 'hello');
    await moderator.call('mute_user', id(other), 60, 'too loud');
    await vi.waitFor(() =>
      expect(seenByModerator().log[1]).toMatchObject({ action: 'mute_user', reason: 'too loud' }),
    );
    expect(seenByModerator().log[1]?.actor.toHexString()).toBe(moderator.identity);
    expect(seenByModerator().log[1]?.subject.toHexString()).toBe(other.identity);
    expect(seenByPerson().log).toEqual([]);

    await room.owner.call('appoint_moderator', id(person));
    await vi.waitFor(() =>
      expect(actionsIn(seenByPerson())).toEqual(['appoint_moderator', 'mute_user', 'appoint_moderator']),
    );
    await room.owner.call('dismiss_moderator', id(moderator));
    await vi.waitFor(() => expect(seenByModerator()).toEqual({ log: [], settings: [], standing: {} }));
  });

  test('the record has the text of a deleted message while it can be restored', async () => {
    const { room, moderator, person } = await setUp();
    const seen = await reading(room, moderator);
    await person.call('send_message', 'rude');
    await moderator.call('delete_message', ...newest(room), '');
    await vi.waitFor(() =>
      expect(seen().log.map(({ deletedText }) => deletedText)).toEqual([undefined, 'rude']),
    );
    await moderator.call('restore_message', Number(seen().log[1]?.id));
    await vi.waitFor(() =>
      expect(seen().log.map(({ deletedText }) => deletedText)).toEqual([undefined, undefined, undefined]),
    );
  });

  test('the record goes back at least 200 acts', async () => {
    const { room, moderator, person } = await setUp();
    const seen = await reading(room, moderator);
    // One connection instead of one per call.
    const { connection, leave } = await join(room, { token: moderator.token });
    onTestFinished(leave);
    const identity = Identity.fromString(person.identity);
    const mute = (times: number) =>
      Promise.all(
        Array.from({ length: times }, (_, n) =>
          connection.reducers.muteUser({ identity, seconds: n + 1, reason: '' }),
        ),
      );
    await mute(220);
    await vi.waitFor(() => expect(seen().log).toHaveLength(221));
    await mute(190);
    await vi.waitFor(() => expect(seen().log.length).toBeLessThan(400));
    expect(seen().log.length).toBeGreaterThanOrEqual(200);
    expect(room.sql('SELECT COUNT(*) AS n FROM moderation_act')).toEqual([[411n]]);
  }, 120_000);
});

test('the owner sees the current settings and the values that they set', async () => {
  const { room, moderator } = await setUp();
  const [seenByModerator, seenByOwner] = [await reading(room, moderator), await reading(room, room.owner)];
  const [before] = seenByOwner().settings;
  expect(before).toMatchObject({ keepMessages: 0, keepDays: 0, burst: 0, connections: 0 });
  await room.owner.call('set_retention', 500, 30);
  await room.owner.call('set_room_limits', 9, 8, 7);
  await room.owner.call('set_admission', 'wait', 15);
  await room.owner.call('set_name_release', 90);
  await room.owner.call('set_flood_limits', 7, 6, 5, 4, 3, 2, 1);
  await vi.waitFor(() =>
    expect(seenByOwner().settings).toEqual([
      {
        id: 0,
        ...{ keepMessages: 500, keepDays: 30, burst: 7, perMinute: 6, newcomerBurst: 5 },
        ...{ newcomerPerMinute: 4, newcomerMinutes: 3, repeats: 2, connections: 1 },
        ...{
          messagesPerSecond: 9,
          messageBurst: 8,
          namesPerMinute: 7,
          admission: 'wait',
          admissionMinutes: 15,
          awayDays: 90,
        },
      },
    ]),
  );
  expect(seenByModerator().settings).toEqual([]);

  const fresh = await openRoom({ limits: 'default' });
  const seen = await reading(fresh, fresh.owner);
  expect(seen().settings).toMatchObject([
    { burst: 20, perMinute: 60, newcomerMinutes: 5, connections: 20, awayDays: 30 },
  ]);
});

test('the private tables cannot be queried', async () => {
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
    'claimed_look',
    'absence',
    'name_rule',
    'room_limits',
    'room_pace',
    'admission_policy',
    'newcomer',
    'tidied',
    'retention',
  ]) {
    await expect(subscribe(reader, `SELECT * FROM ${table}`)).rejects.toThrow('no such table');
  }
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

test('invalid arguments are refused with an explanation', async () => {
  const { room, moderator, person } = await setUp();
  const nobody = [`0x${'c2'.padEnd(64, '0')}`];
  expect(await room.owner.call('appoint_moderator', nobody)).toEqual(NO_PERSON);
  expect(await moderator.call('ban_user', nobody, '')).toEqual(NO_PERSON);
  expect(await moderator.call('mute_user', nobody, 60, '')).toEqual(NO_PERSON);
  expect(await moderator.call('mute_user', id(person), 0, '')).toEqual(
    refused('Enter how long to mute them'),
  );
  expect(await moderator.call('ban_user', id(person), 'x'.repeat(201))).toEqual(
    refused('Reasons must not have more than 200 characters'),
  );
});
