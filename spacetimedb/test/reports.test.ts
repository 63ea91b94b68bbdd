import { expect, onTestFinished, test, vi } from 'vitest';
import { OK, openRoom, refused } from './room.ts';
import { id, named, rows, say, visitor } from './messages.ts';
import { join, subscribe } from './server.ts';

test('moderators see reports with the text at that time until one of them closes them', async () => {
  const room = await openRoom();
  const [ann, ben, mod] = [await named(room, 'Ann'), await named(room, 'Ben'), await named(room, 'Mod')];
  await room.owner.call('appoint_moderator', id(mod));
  const watching = await join(room, { token: mod.token });
  const curious = await join(room, { token: ann.token });
  for (const device of [watching, curious]) {
    onTestFinished(() => device.leave());
    await subscribe(device, 'SELECT * FROM open_reports');
  }
  const key = await say(room, ann, 'you are stupid');
  expect(await ben.call('report_message', ...key, '  rude ')).toEqual(OK);
  await ann.call('edit_message', key[1], 'I did not say anything');
  expect(await room.owner.call('report_message', ...key, '')).toEqual(OK);
  const seen = () =>
    [...watching.connection.db.openReports.iter()].map(({ reporter, text, reason }) => [
      reporter.toHexString(),
      text,
      reason,
    ]);
  await vi.waitFor(() => {
    expect(seen()).toEqual([
      [ben.identity, 'you are stupid', 'rude'],
      [room.owner.identity, 'I did not say anything', ''],
    ]);
  });
  expect(await ben.call('close_reports', ...key)).toEqual(refused('Only moderators may do this'));
  expect(await mod.call('close_reports', ...key)).toEqual(OK);
  await vi.waitFor(() => expect(seen()).toEqual([]));
  expect(await mod.call('close_reports', ...key)).toEqual(refused('Report not found'));
  expect([...curious.connection.db.openReports.iter()]).toEqual([]);
  const acts = rows(room, 'moderation_act', 'action', 'actor', 'subject', 'reason');
  expect(acts.at(-1)).toEqual(['close_reports', ...id(mod), ...id(ann), '']);
});

test('each person can report a message once, and only while it exists', async () => {
  const room = await openRoom();
  const [ann, ben] = [await named(room, 'Ann'), await named(room, 'Ben')];
  const key = await say(room, ann, 'hello');
  expect(await ben.call('report_message', ...key, 'x'.repeat(201))).toEqual(
    refused('Reasons must not have more than 200 characters'),
  );
  expect(await ben.call('report_message', ...key, '')).toEqual(OK);
  expect(await ben.call('report_message', ...key, '')).toEqual(
    refused('You have reported that message already'),
  );
  await ann.call('delete_own_message', key[1]);
  expect(await room.owner.call('report_message', ...key, '')).toEqual(refused('Message not found'));
  expect(rows(room, 'report', 'text')).toEqual([['hello']]);
});

test('a person has at most 20 open reports, and the room 500', { timeout: 60_000 }, async () => {
  const room = await openRoom();
  const [ann, ben] = [await named(room, 'Ann'), await named(room, 'Ben')];
  const keys = [];
  for (let n = 0; n <= 25; n++) keys.push(await say(room, ann, String(n)));
  const [last, ...others] = keys as [(typeof keys)[0], ...typeof keys];
  for (const key of others.slice(0, 20)) expect(await ben.call('report_message', ...key, '')).toEqual(OK);
  expect(await ben.call('report_message', ...last, '')).toEqual(
    refused('You have 20 open reports. Wait until the moderators have closed some'),
  );
  for (let reporters = 0; reporters < 24; reporters++) {
    const person = await visitor(room);
    for (const key of others.slice(0, 20))
      expect(await person.call('report_message', ...key, '')).toEqual(OK);
  }
  expect(await ann.call('report_message', ...last, '')).toEqual(
    refused('There are too many open reports right now'),
  );
  await room.owner.call('close_reports', ...(others[0] as (typeof keys)[0]));
  expect(await ben.call('report_message', ...last, '')).toEqual(OK);
});

test('people who are muted may report, and those who are banned or not admitted may not', async () => {
  const room = await openRoom();
  const [ann, ben] = [await named(room, 'Ann'), await named(room, 'Ben')];
  const key = await say(room, ann, 'hello');
  await room.owner.call('mute_user', id(ben), 60, '');
  expect(await ben.call('report_message', ...key, '')).toEqual(OK);
  await room.owner.call('set_admission', 'approve', 0);
  const eve = await visitor(room);
  expect((await eve.call('report_message', ...key, '')).text).toMatch(/^Choose a name first/);
  expect((await eve.call('send_message', 'let me in')).text).toMatch(/^Choose a name first/);
  const still = await join(room, { token: ann.token });
  onTestFinished(() => still.leave());
  await room.owner.call('ban_user', id(ann), '');
  const [message] = room.sql('SELECT sender, sent FROM message');
  const [sender, sent] = message as [never, never];
  await expect(still.connection.reducers.reportMessage({ sender, sent, reason: '' })).rejects.toThrow(
    'You are banned from this room',
  );
});
