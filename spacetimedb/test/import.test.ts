/** The reducers with which the owner imports data from another server. */
import { expect, test, vi } from 'vitest';
import { OK, micros, nameOf, openRoom, refused, textsIn, type Caller, type Room } from './room.ts';

// Each test starts a host.
vi.setConfig({ testTimeout: 120_000 });

const HOUR = 3_600_000_000;
const ADA = 'ad'.repeat(32);
const BOB = 'b0'.repeat(32);

const id = (hex: string) => [`0x${hex}`];
const named = (hex: string, name: string) => [id(hex), [0, name]];
const nameless = (hex: string) => [id(hex), [1, []]];

/** Microseconds this many hours before the room's present. */
function hoursAgo(room: Room, hours: number): number[] {
  return [Number(room.time.now()) - hours * HOUR];
}

test('only the owner may import', async () => {
  const room = await openRoom();
  const person = await room.newcomer();
  const refusal = refused('Only the owner of the room may do this');
  expect(await person.call('import_people', [named(ADA, 'Ada')], true)).toEqual(refusal);
  expect(await person.call('import_messages', [[id(ADA), [0], 'Hello']])).toEqual(refusal);
  expect(room.sql('SELECT * FROM message')).toEqual([]);
});

test('people are imported with their names, and messages with their authors and times', async () => {
  const room = await openRoom();
  expect(await room.owner.call('import_people', [named(ADA, 'Ada'), nameless(BOB)], true)).toEqual(OK);
  const [first, second] = [hoursAgo(room, 5), hoursAgo(room, 2)];
  const messages = [
    [id(BOB), second, 'Later'],
    [id(ADA), first, 'Earlier'],
  ];
  expect(await room.owner.call('import_messages', messages)).toEqual(OK);
  expect(textsIn(room)).toEqual(['Earlier', 'Later']);
  const [[sent, sender] = []] = room.sql("SELECT sent, sender FROM message WHERE text = 'Earlier'");
  expect(Number(micros(sent))).toBe(first[0]);
  expect((sender as { toHexString(): string }).toHexString()).toBe(ADA);
  expect(nameOf(room, { identity: ADA } as Caller)).toBe('Ada');
  expect(room.sql('SELECT online FROM user WHERE online = true')).toEqual([]);
});

test('repeating an import changes nothing and restores nothing that was deleted', async () => {
  const room = await openRoom();
  const sent = hoursAgo(room, 1);
  const messages = [
    [id(ADA), sent, 'Kept'],
    [id(BOB), sent, 'Deleted'],
  ];
  await room.owner.call('import_people', [named(ADA, 'Ada'), nameless(BOB)], true);
  await room.owner.call('import_messages', messages);
  expect(await room.owner.call('delete_message', id(BOB), sent, '')).toEqual(OK);
  await room.owner.call('import_people', [named(ADA, 'Other'), nameless(BOB)], true);
  await room.owner.call('import_messages', messages);
  expect(textsIn(room)).toEqual(['Kept']);
  expect(nameOf(room, { identity: ADA } as Caller)).toBe('Ada');
});

test('reserved names stay with their identities, other names go to the first person who takes them', async () => {
  const reserved = await openRoom();
  await reserved.owner.call('import_people', [named(ADA, 'Ada')], true);
  const guest = await reserved.newcomer();
  expect(await guest.call('set_name', 'ada')).toEqual(refused('ada is taken. Try ada2'));

  const free = await openRoom();
  await free.owner.call('import_people', [named(ADA, 'Ada')], false);
  const [first, second] = [await free.newcomer(), await free.newcomer()];
  expect(await first.call('set_name', 'Ada')).toEqual(OK);
  expect(await second.call('set_name', 'Ada')).toEqual(refused('Ada is taken. Try Ada2'));
  const owner = free.owner;
  expect(await owner.call('set_name', 'Owner')).toEqual(OK);
});

test('a name already taken here stays taken', async () => {
  const room = await openRoom();
  const holder = await room.newcomer();
  expect(await holder.call('set_name', 'Ada')).toEqual(OK);
  expect(await room.owner.call('import_people', [named(ADA, 'Ada')], true)).toEqual(OK);
  expect(await holder.call('set_name', 'Ada')).toEqual(OK);
  expect(room.logs().join('\n')).toContain('Somebody else has the name Ada already');
});

test('an import that breaks a rule of the room is refused as a whole', async () => {
  const room = await openRoom();
  const good = [id(ADA), hoursAgo(room, 1), 'Good'];
  expect(await room.owner.call('import_messages', [good, [id(ADA), hoursAgo(room, 1), ' ']])).toEqual(
    refused('Messages must not be empty'),
  );
  expect(await room.owner.call('import_messages', [good, [id(ADA), hoursAgo(room, -1), 'Tomorrow']])).toEqual(
    refused('Messages must not be from the future'),
  );
  expect(await room.owner.call('import_people', [named(ADA, ' ')], true)).toEqual(
    refused('Names must not be empty'),
  );
  expect(room.sql('SELECT * FROM message')).toEqual([]);
});

test('retention applies to imported messages of any age', async () => {
  const room = await openRoom();
  const person = await room.newcomer();
  await person.call('send_message', 'Now');
  await room.owner.call('set_retention', 0, 7);
  await room.owner.call('import_messages', [
    [id(ADA), hoursAgo(room, 24 * 30), 'Too old'],
    [id(ADA), hoursAgo(room, 24), 'Yesterday'],
  ]);
  room.time.advance(5 * 60_000);
  expect(textsIn(room)).toEqual(['Yesterday', 'Now']);
});

test("the moderators' record has one entry for all calls of an import", async () => {
  const room = await openRoom();
  for (const hours of [1, 2, 3]) {
    await room.owner.call('import_messages', [[id(ADA), hoursAgo(room, hours), 'Hello']]);
  }
  expect(room.sql('SELECT action FROM moderation_act')).toEqual([['import_messages']]);
});

test('imported people are not newcomers and are not forgotten when they leave', async () => {
  const room = await openRoom();
  const person = await room.newcomer();
  await room.owner.call('set_admission', 'approve', 0);
  await room.owner.call('import_people', [nameless(person.identity)], true);
  expect(await person.call('send_message', 'Back again')).toEqual(OK);
});

test('details of messages are imported once, and only for existing messages', async () => {
  const room = await openRoom();
  const sent = hoursAgo(room, 1);
  const [key, other] = [
    [id(ADA), sent],
    [id(BOB), sent],
  ];
  await room.owner.call('import_messages', [[...key, 'Now']]);
  const at = hoursAgo(room, 0.5);
  const details = [
    [key, other].map((message) => [...message, ...other]),
    [key, other].map((message) => [...message, at, 'Before']),
    [key, other].map((message) => [...message, id(BOB), '\u{1F389}']),
    [key, other].map((message) => [...message, id(BOB), false, 'Bob']),
    [key, other].map((message) => [...message, id(BOB), at]),
  ];
  const person = await room.newcomer();
  expect(await person.call('import_details', ...details)).toEqual(
    refused('Only the owner of the room may do this'),
  );
  for (let times = 0; times < 2; times++) {
    expect(await room.owner.call('import_details', ...details)).toEqual(OK);
  }
  for (const table of ['reply', 'message_version', 'message_edit', 'reaction', 'mention', 'pin']) {
    const rows = room
      .sql(`SELECT sender FROM ${table}`)
      .map(([sender]) => sender as { toHexString(): string });
    expect(
      rows.map((sender) => sender.toHexString()),
      table,
    ).toEqual([ADA]);
  }
  expect(room.sql('SELECT at FROM message_edit').map(([time]) => Number(micros(time)))).toEqual(at);
});
