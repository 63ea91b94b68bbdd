import { expect, test } from 'vitest';
import { OK, openRoom, type Room } from './room.ts';
import { id, named, rows, say, type MessageArgs } from './messages.ts';

/** The names that a message mentions, with the people they refer to. */
function mentionsOf(room: Room, [[sender], [sent]]: MessageArgs): Record<string, unknown> {
  const found = rows(room, 'mention', 'sender', 'sent', 'name', 'person', 'is_everyone').filter(
    ([author, time]) => author === sender && time === sent,
  );
  return Object.fromEntries(
    found.map(([, , name, person, isEveryone]) => [name, isEveryone ? 'everyone' : person]),
  );
}

test('an @ before the longest name of a person mentions them', async () => {
  const room = await openRoom();
  const ann = await named(room, 'Ann');
  const annLee = await named(room, 'Ann Lee');
  const omer = await named(room, 'Ömer');
  const [idOfAnn, idOfAnnLee, idOfOmer] = [id(ann)[0], id(annLee)[0], id(omer)[0]];
  const cases: [string, Record<string, unknown>][] = [
    ['@Ann hello', { Ann: idOfAnn }],
    ['hello @Ann', { Ann: idOfAnn }],
    ['hello (@ann), @Ömer!', { ann: idOfAnn, Ömer: idOfOmer }],
    ['@Ann Lee and @Ann', { 'Ann Lee': idOfAnnLee, Ann: idOfAnn }],
    ['@Ann  Lee, are you here?', { 'Ann  Lee': idOfAnnLee }],
    ['@Ann Leeds', { Ann: idOfAnn }],
    ['@Ann\nLee', { Ann: idOfAnn }],
    ['@Ann @ANN', { Ann: idOfAnn }],
    ['**@Ann**', { Ann: idOfAnn }],
    ['\u{1F44B}@Ann', { Ann: idOfAnn }],
    ['@Anna @Ann2 @Nobody @ Ann', {}],
    ['write to team@Ann or 1@Ann', {}],
    ['no sign: Ann', {}],
    ['@', {}],
  ];
  for (const [text, expected] of cases) {
    expect(mentionsOf(room, await say(room, ann, text)), text).toEqual(expected);
  }
});

test('a name of 32 characters is found, and longer ones are not searched for', async () => {
  const room = await openRoom();
  const name = `${'\u{1F98A}'.repeat(31)}x`;
  const fox = await named(room, name);
  expect(mentionsOf(room, await say(room, fox, `@${name}!`))).toEqual({ [name]: id(fox)[0] });
  expect(mentionsOf(room, await say(room, fox, `@${name}x`))).toEqual({});
});

test('@everyone mentions everyone when staff writes it', async () => {
  const room = await openRoom();
  const ann = await named(room, 'Ann');
  expect(mentionsOf(room, await say(room, ann, '@everyone hello'))).toEqual({});
  expect(mentionsOf(room, await say(room, room.owner, '@Everyone hello'))).toEqual({ Everyone: 'everyone' });
  expect(rows(room, 'mention', 'person')).toEqual([id(room.owner)]);
});

test('a message mentions at most 20 people', { timeout: 60_000 }, async () => {
  const room = await openRoom();
  const ann = await named(room, 'Ann');
  const names = [];
  for (let n = 0; n < 22; n++) {
    names.push(`Person${n}x`);
    await named(room, `Person${n}x`);
  }
  const key = await say(room, ann, names.map((name) => `@${name}`).join(' '));
  expect(Object.keys(mentionsOf(room, key)).sort()).toEqual(names.slice(0, 20).sort());
  // The message is sent, however many `@` it has.
  await say(room, ann, '@a '.repeat(600));
});

test('an edit changes who is mentioned and keeps the rows of those who still are', async () => {
  const room = await openRoom();
  const [ann, ben] = [await named(room, 'Ann'), await named(room, 'Ben')];
  const cid = await named(room, 'Cid');
  const key = await say(room, ann, '@Ben and @Cid');
  const before = rows(room, 'mention', 'id', 'name');
  expect(await ann.call('edit_message', key[1], '@Ann, not @Ben')).toEqual(OK);
  expect(mentionsOf(room, key)).toEqual({ Ann: id(ann)[0], Ben: id(ben)[0] });
  expect(rows(room, 'mention', 'id', 'name')).toContainEqual(before.find(([, name]) => name === 'Ben'));
  expect(await ann.call('edit_message', key[1], 'nobody')).toEqual(OK);
  expect(mentionsOf(room, key)).toEqual({});
  expect(id(cid)).toHaveLength(1);
});

test('replies mention people too', async () => {
  const room = await openRoom();
  const [ann, ben] = [await named(room, 'Ann'), await named(room, 'Ben')];
  const key = await say(room, ann, 'hello');
  expect(await ben.call('send_reply', '@Ann hello', ...key)).toEqual(OK);
  expect(rows(room, 'mention', 'person', 'name')).toEqual([[...id(ann), 'Ann']]);
});
