import { expect, test } from 'vitest';
import { OK, openRoom, refused } from './room.ts';
import { id, named, rows, say, visitor } from './messages.ts';

test('moderators pin and unpin messages, and that is recorded', async () => {
  const room = await openRoom();
  const [ann, mod] = [await named(room, 'Ann'), await named(room, 'Mod')];
  await room.owner.call('appoint_moderator', id(mod));
  const key = await say(room, ann, 'the rules of this room');
  for (const call of ['pin_message', 'unpin_message']) {
    expect(await ann.call(call, ...key)).toEqual(refused('Only moderators may do this'));
  }
  for (let times = 0; times < 2; times++) expect(await mod.call('pin_message', ...key)).toEqual(OK);
  expect(rows(room, 'pin', 'sender', 'sent', 'pinned_by')).toEqual([[...key.flat(), ...id(mod)]]);
  for (let times = 0; times < 2; times++) expect(await mod.call('unpin_message', ...key)).toEqual(OK);
  expect(rows(room, 'pin', 'id')).toEqual([]);
  const acts = rows(room, 'moderation_act', 'action', 'actor', 'subject').slice(1);
  expect(acts).toEqual([
    ['pin_message', ...id(mod), ...id(ann)],
    ['unpin_message', ...id(mod), ...id(ann)],
  ]);
});

test('50 messages can be pinned', { timeout: 60_000 }, async () => {
  const room = await openRoom();
  const keys = [];
  for (let n = 0; n <= 50; n++) keys.push(await say(room, room.owner, String(n)));
  const [last, ...others] = keys.toReversed() as [(typeof keys)[0], ...typeof keys];
  for (const key of others) expect(await room.owner.call('pin_message', ...key)).toEqual(OK);
  expect(await room.owner.call('pin_message', ...last)).toEqual(
    refused('At most 50 messages can be pinned. Unpin one first'),
  );
  await room.owner.call('unpin_message', ...(others[0] as (typeof keys)[0]));
  expect(await room.owner.call('pin_message', ...last)).toEqual(OK);
});

test('only existing messages can be pinned, and pins of deleted ones can be removed', async () => {
  const room = await openRoom();
  const ann = await visitor(room);
  const key = await say(room, ann, 'hello');
  await room.owner.call('pin_message', ...key);
  await room.owner.call('delete_message', ...key, '');
  expect(await room.owner.call('unpin_message', ...key)).toEqual(OK);
  expect(await room.owner.call('pin_message', ...key)).toEqual(refused('Message not found'));
  expect(rows(room, 'pin', 'id')).toEqual([]);
});
