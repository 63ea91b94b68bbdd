/** When newcomers may write, if not at once. */
import { Identity } from 'spacetimedb';
import { describe, expect, test } from 'vitest';
import { OK, openRoom, refused } from './room.ts';
import { join } from './server.ts';

const MINUTE = 60_000;
const owner = refused('Only the owner of the room may do this');

describe('policy "wait"', () => {
  test('with "wait", a newcomer chooses a name first and writes after the wait', async () => {
    const room = await openRoom();
    const known = await room.newcomer();
    expect(await known.call('send_message', 'I was here before')).toEqual(OK);
    expect(await room.owner.call('set_admission', 'wait', 10)).toEqual(OK);
    expect(await known.call('send_message', 'and still write')).toEqual(OK);

    const person = await room.newcomer();
    expect(await person.call('send_message', 'hello')).toEqual(
      refused('Choose a name first. You can write 10 minutes later'),
    );
    expect(await person.call('set_name', 'New')).toEqual(OK);
    room.time.advance(4.5 * MINUTE);
    expect(await person.call('send_message', 'hello')).toEqual(
      refused('You are new here. You can write in 6 minutes'),
    );
    room.time.advance(6 * MINUTE);
    expect(await person.call('send_message', 'hello')).toEqual(OK);
    expect(room.sql('SELECT * FROM newcomer')).toEqual([]);
  });
});

describe('policy "approve"', () => {
  test('with "approve", a newcomer writes once a moderator has approved them', async () => {
    const room = await openRoom();
    await room.owner.call('set_admission', 'approve', 0);
    const person = await room.newcomer();
    const subject = [`0x${person.identity}`];
    expect(await room.owner.call('approve_user', subject)).toEqual(
      refused('They are not waiting for approval'),
    );
    expect(await person.call('send_message', 'hello')).toEqual(
      refused('Choose a name first. A moderator then lets you write'),
    );
    await person.call('set_name', 'New');
    expect(await person.call('send_message', 'hello')).toEqual(
      refused('You can write once a moderator approves you'),
    );
    expect(await person.call('approve_user', subject)).toEqual(refused('Only moderators may do this'));
    expect(await room.owner.call('approve_user', subject)).toEqual(OK);
    expect(await person.call('send_message', 'hello')).toEqual(OK);
    expect(room.sql('SELECT action FROM moderation_act')).toEqual([['approve_user']]);
  });

  test('with "approve", moderators write without approval', async () => {
    const room = await openRoom();
    await room.owner.call('set_admission', 'approve', 0);
    expect(await room.owner.call('send_message', 'welcome')).toEqual(OK);
  });
});

test('setting the policy to "open" admits everyone who waits', async () => {
  const room = await openRoom();
  await room.owner.call('set_admission', 'approve', 0);
  const person = await room.newcomer();
  await person.call('set_name', 'New');
  await room.owner.call('set_admission', 'open', 0);
  expect(await person.call('send_message', 'hello')).toEqual(OK);
  await room.owner.call('set_admission', 'approve', 0);
  expect(await person.call('send_message', 'hello again')).toEqual(OK);
});

test('only the owner sets the policy, and only to an existing one', async () => {
  const room = await openRoom();
  expect(await (await room.newcomer()).call('set_admission', 'approve', 0)).toEqual(owner);
  expect(await room.owner.call('set_admission', 'closed', 0)).toEqual(
    refused('The policy is “open”, “wait” or “approve”'),
  );
});

test('newcomers see that they wait, and moderators see who waits', async () => {
  const room = await openRoom();
  const [newcomer, moderator] = [await join(room), await join(room, { token: room.owner.token })];
  const see = async (person: typeof newcomer) => {
    await new Promise<void>((resolve, reject) =>
      person.connection
        .subscriptionBuilder()
        .onApplied(() => resolve())
        .onError(({ event }) => reject(event ?? new Error('refused')))
        .subscribe(['SELECT * FROM own_admissions', 'SELECT * FROM waiting_people']),
    );
    const { ownAdmissions, waitingPeople } = person.connection.db;
    return {
      own: () =>
        [...ownAdmissions.iter()].map(({ policy, isWaiting, until }) => ({ policy, isWaiting, until })),
      waiting: () => [...waitingPeople.iter()].map(({ identity }) => identity.toHexString()),
    };
  };
  const [theirs, ours] = [await see(newcomer), await see(moderator)];
  expect([theirs.own(), ours.own(), ours.waiting()]).toEqual([[], [], []]);

  await moderator.connection.reducers.setAdmission({ policy: 'approve', minutes: 0 });
  await expect.poll(theirs.own).toEqual([{ policy: 'approve', isWaiting: false, until: undefined }]);
  await newcomer.connection.reducers.setName({ name: 'New' });
  await expect.poll(theirs.own).toEqual([{ policy: 'approve', isWaiting: true, until: undefined }]);
  await expect.poll(ours.waiting).toEqual([newcomer.identity]);
  expect([ours.own(), theirs.waiting()]).toEqual([[], []]);

  const identity = Identity.fromString(newcomer.identity);
  await moderator.connection.reducers.approveUser({ identity });
  await expect.poll(() => [theirs.own(), ours.waiting()]).toEqual([[], []]);
  await Promise.all([newcomer.leave(), moderator.leave()]);
});
