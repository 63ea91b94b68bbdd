/** Any moderation action by anyone against anyone, in any order, compared with a model of the rules. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OK, openRoom, refused, type Answer, type Caller, type Room } from './room.ts';

/** The state of a person in the model. */
interface Standing {
  role?: 'owner' | 'moderator';
  isMuted?: boolean;
  isBanned?: boolean;
}

const REDUCERS = [
  'appoint_moderator',
  'dismiss_moderator',
  'mute_user',
  'unmute_user',
  'ban_user',
  'unban_user',
  'send_message',
] as const;
type Reducer = (typeof REDUCERS)[number];

/** The expected answer to a call. Applies the call to the model. */
function predict(actor: Standing, subject: Standing, reducer: Reducer): Answer {
  if (actor.isBanned) return { status: 403, text: 'You are banned from this room' };
  if (reducer === 'send_message')
    return actor.isMuted ? refused('You are muted for another 10 minutes: quiet') : OK;
  if (reducer === 'appoint_moderator' || reducer === 'dismiss_moderator') {
    if (actor.role !== 'owner') return refused('Only the owner of the room may do this');
    if (reducer === 'appoint_moderator') {
      if (subject.role) return refused('They are already a moderator');
      if (subject.isBanned) return refused('They are banned: lift the ban first');
      subject.role = 'moderator';
    } else {
      if (subject.role !== 'moderator') return refused('They are not a moderator');
      delete subject.role;
    }
    return OK;
  }
  if (!actor.role) return refused('Only moderators may do this');
  const isUndoing = reducer === 'unmute_user' || reducer === 'unban_user';
  if (subject.role && !isUndoing) return refused('Moderators cannot be muted or banned');
  if (reducer === 'unmute_user' && !subject.isMuted) return refused('They are not muted');
  if (reducer === 'unban_user' && !subject.isBanned) return refused('They are not banned');
  if (reducer.endsWith('mute_user')) subject.isMuted = !isUndoing;
  else subject.isBanned = !isUndoing;
  return OK;
}

function call(actor: Caller, subject: Caller, reducer: Reducer): Promise<Answer> {
  const identity = [`0x${subject.identity}`];
  if (reducer === 'send_message') return actor.call(reducer, 'hello');
  if (reducer === 'mute_user') return actor.call(reducer, identity, 600, 'quiet');
  if (reducer === 'ban_user') return actor.call(reducer, identity, '');
  return actor.call(reducer, identity);
}

/** Who is in a private table, in the order of `people`. */
function among(room: Room, people: readonly Caller[], table: string): boolean[] {
  const found = room
    .sql(`SELECT identity FROM ${table}`)
    .map(([identity]) => (identity as { toHexString(): string }).toHexString());
  return people.map(({ identity }) => found.includes(identity));
}

test('the rules decide every call of anyone against anyone', async () => {
  const room = await openRoom();
  const people = [room.owner, await room.newcomer(), await room.newcomer(), await room.newcomer()];
  for (const person of people) expect(await person.call('send_message', 'I am here')).toEqual(OK);
  const someone = fc.nat(people.length - 1);
  const step = fc.record({ actor: someone, subject: someone, reducer: fc.constantFrom(...REDUCERS) });
  const model: Standing[] = people.map((_, n) => (n === 0 ? { role: 'owner' } : {}));
  // The room and the model continue from run to run.
  const steps = fc.array(step, { minLength: 1, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(steps, async (todo) => {
      for (const { actor, subject, reducer } of todo) {
        const answer = await call(people[actor] as Caller, people[subject] as Caller, reducer);
        expect(answer).toEqual(predict(model[actor] as Standing, model[subject] as Standing, reducer));
      }
      expect(among(room, people, 'staff')).toEqual(model.map(({ role }) => role !== undefined));
      expect(among(room, people, 'mute')).toEqual(model.map(({ isMuted }) => isMuted === true));
      expect(among(room, people, 'ban')).toEqual(model.map(({ isBanned }) => isBanned === true));
    }),
    // Shrinking would start from the state in which the failure left the room.
    { numRuns: 60, endOnFailure: true },
  );
}, 120_000);

test('if several moderators do the same thing at once, one succeeds and it is recorded once', async () => {
  const room = await openRoom();
  const [a, b, person] = [await room.newcomer(), await room.newcomer(), await room.newcomer()];
  for (const moderator of [a, b]) {
    await moderator.call('send_message', 'I am here');
    await room.owner.call('appoint_moderator', [`0x${moderator.identity}`]);
  }
  await person.call('send_message', 'rude');
  const [[sent] = []] = room.sql(`SELECT sent FROM message WHERE text = 'rude'`);
  const rude = [
    [`0x${person.identity}`],
    [Number((sent as { microsSinceUnixEpoch: bigint }).microsSinceUnixEpoch)],
  ];
  const answers = await Promise.all(
    [room.owner, a, b].map((moderator) => moderator.call('delete_message', ...rude, '')),
  );
  const late = refused('Message not found');
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(answers.filter(({ status }) => status !== 200)).toEqual([late, late]);
  const acts = room.sql(`SELECT id FROM moderation_act WHERE action = 'delete_message'`);
  expect(acts).toHaveLength(1);
  const restored = await Promise.all(
    [room.owner, a, b].map((moderator) => moderator.call('restore_message', Number(acts[0]?.[0]))),
  );
  expect(restored.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(room.sql(`SELECT text FROM message WHERE text = 'rude'`)).toHaveLength(1);
});
