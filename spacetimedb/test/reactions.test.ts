import { expect, test } from 'vitest';
import { emojiProblem } from '../src/rules.ts';
import { OK, openRoom, refused } from './room.ts';
import { id, rows, say, visitor } from './messages.ts';

const PARTY = '\u{1F389}';

/** Different emoji. */
const emoji = (n: number) => String.fromCodePoint(0x1f600 + n);

test('a reaction is added once and removed once', async () => {
  const room = await openRoom();
  const [ann, ben] = [await visitor(room), await visitor(room)];
  const key = await say(room, ann, 'hello');
  for (const person of [ann, ben, ben]) expect(await person.call('add_reaction', ...key, PARTY)).toEqual(OK);
  const seen = () => rows(room, 'reaction', 'sender', 'sent', 'person', 'emoji');
  const row = (person: typeof ann) => [...key.flat(), ...id(person), PARTY];
  expect(seen()).toEqual([row(ann), row(ben)]);
  for (let times = 0; times < 2; times++) {
    expect(await ann.call('remove_reaction', ...key, PARTY)).toEqual(OK);
    expect(await ben.call('remove_reaction', ...key, emoji(0))).toEqual(OK);
  }
  expect(seen()).toEqual([row(ben)]);
});

test('a reaction is one emoji', async () => {
  const one = [PARTY, '❤️', '👍🏽', '👨‍👩‍👧‍👦', '🏳️‍🌈', '🇩🇪', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '1️⃣', '☺'];
  expect(one.filter((text) => emojiProblem(text) !== undefined)).toEqual([]);
  const others = ['', ' ', 'a', '1', '#', '🎉🎉', '🎉 ', 'a🎉', '\u200D', '\uFE0F', '<b>', '🎉\u200D', '🇩'];
  expect(others.filter((text) => emojiProblem(text) === undefined)).toEqual([]);
  expect(emojiProblem(Array.from({ length: 12 }, () => '👨').join('\u200D'))).toBe('Choose one emoji');

  const room = await openRoom();
  const ann = await visitor(room);
  const key = await say(room, ann, 'hello');
  expect(await ann.call('add_reaction', ...key, 'wow')).toEqual(refused('Choose one emoji'));
});

test('reactions are limited per person, in kinds and in total', { timeout: 120_000 }, async () => {
  const room = await openRoom();
  const [ann, ben, eve] = [await visitor(room), await visitor(room), await visitor(room)];
  const key = await say(room, ann, 'hello');
  for (let n = 0; n < 10; n++) {
    expect(await ann.call('add_reaction', ...key, emoji(n))).toEqual(OK);
    expect(await ben.call('add_reaction', ...key, emoji(10 + n))).toEqual(OK);
  }
  expect(await ann.call('add_reaction', ...key, emoji(10))).toEqual(
    refused('You can add at most 10 reactions to a message'),
  );
  expect(await eve.call('add_reaction', ...key, emoji(20))).toEqual(
    refused('A message can have at most 20 different reactions'),
  );
  expect(await eve.call('add_reaction', ...key, emoji(19))).toEqual(OK);
  const more = Array.from({ length: 1000 - 21 }, (_, n) => [
    ...key,
    [`0x${n.toString(16).padStart(64, '0')}`],
    emoji(0),
  ]);
  expect(await room.owner.call('import_details', [], [], more, [], [])).toEqual(OK);
  expect(rows(room, 'reaction', 'id')).toHaveLength(1000);
  expect(await eve.call('add_reaction', ...key, emoji(0))).toEqual(
    refused('That message has too many reactions'),
  );
  expect(await eve.call('remove_reaction', ...key, emoji(19))).toEqual(OK);
  expect(await eve.call('add_reaction', ...key, emoji(0))).toEqual(OK);
});

test('only existing messages can get reactions', async () => {
  const room = await openRoom();
  const [ann, ben] = [await visitor(room), await visitor(room)];
  const [, sent] = await say(room, ann, 'hello');
  expect(await ann.call('add_reaction', id(ben), sent, PARTY)).toEqual(refused('Message not found'));
});

test('mutes, bans, admission and both limits apply to reactions', async () => {
  const room = await openRoom({ limits: { burst: 2, per_minute: 1 } });
  const [ann, ben, eve] = [await visitor(room), await visitor(room), await visitor(room)];
  const key = await say(room, ann, 'hello');
  expect(await ben.call('add_reaction', ...key, emoji(0))).toEqual(OK);
  expect(await ben.call('add_reaction', ...key, emoji(1))).toEqual(OK);
  expect((await ben.call('add_reaction', ...key, emoji(2))).text).toMatch(/^Slow down a little/);
  await room.owner.call('mute_user', id(ann), 60, '');
  expect((await ann.call('add_reaction', ...key, emoji(0))).text).toMatch(/^You are muted/);
  await room.owner.call('set_admission', 'approve', 0);
  expect((await eve.call('add_reaction', ...key, emoji(0))).text).toMatch(/^Choose a name first/);
  // A refused reaction does not admit anyone.
  expect((await eve.call('send_message', 'let me in')).text).toMatch(/^Choose a name first/);
  await room.owner.call('set_admission', 'open', 0);
  await room.owner.call('set_room_limits', 1, 1, 0);
  expect(await eve.call('add_reaction', ...key, emoji(0))).toEqual(OK);
  expect((await eve.call('add_reaction', ...key, emoji(1))).text).toMatch(
    /^Many people are reacting right now/,
  );
});
