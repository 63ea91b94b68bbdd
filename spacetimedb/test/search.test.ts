import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { searchKey, searchWords } from '../src/search-text.ts';
import { OK, openRoom, type Caller } from './room.ts';
import { ask, id, named, refusedByProcedure, say } from './messages.ts';

const NONE = { none: [] };

async function search(person: Caller, text: string, limit = 50, before: object = NONE): Promise<string[]> {
  const found = (await ask(person, 'search_messages', text, before, limit)) as [unknown, unknown, string][];
  return found.map(([, , found]) => found);
}

test('a search finds the messages with all words, newest first', async () => {
  const room = await openRoom();
  const ann = await named(room, 'Ann');
  for (const text of ['Pizza today?', 'No pizza today', 'Pasta', 'TODAY: pízza!']) {
    await say(room, ann, text);
    await room.time.advance(36 * 3_600_000);
  }
  expect(await search(ann, 'today PIZZA')).toEqual(['TODAY: pízza!', 'No pizza today', 'Pizza today?']);
  expect(await search(ann, ' nothing  pizza ')).toEqual([]);
  expect(await search(ann, 'pizza', 2)).toEqual(['TODAY: pízza!', 'No pizza today']);
  expect(await search(ann, 'pizza', 0)).toEqual([]);
});

test('a search can continue before a message', async () => {
  const room = await openRoom();
  const ann = await named(room, 'Ann');
  const keys = [];
  for (let n = 0; n < 5; n++) keys.push(await say(room, ann, `number ${n}`));
  expect(await search(ann, 'number', 50, { some: keys[2]?.[1] })).toEqual(['number 1', 'number 0']);
  const [[[sender], [sent], text]] = (await ask(ann, 'search_messages', '4', NONE, 1)) as [
    [[string], [number], string],
  ];
  expect([[sender], [sent], text]).toEqual([...(keys[4] ?? []), 'number 4']);
});

test('searches are bounded in length, results and rate, and refused to banned people', async () => {
  const room = await openRoom();
  const ann = await named(room, 'Ann');
  for (let n = 0; n < 55; n++) await say(room, ann, `number ${n}`);
  expect(await search(ann, 'number', 1000)).toHaveLength(50);
  for (const blank of ['', '  ', '\u200B']) {
    expect(await ann.call('search_messages', blank, NONE, 10)).toEqual(
      refusedByProcedure('Enter what to search for'),
    );
  }
  expect(await ann.call('search_messages', 'x'.repeat(101), NONE, 10)).toEqual(
    refusedByProcedure('Searches must not have more than 100 characters'),
  );
  for (let n = 1; n < 20; n++) await search(ann, 'number', 1);
  // Each elapsed second allows one more.
  let text = '';
  for (let n = 0; n < 100 && !text.includes('Slow down a little'); n++) {
    ({ text } = await ann.call('search_messages', 'number', NONE, 1));
  }
  expect(text).toMatch(/Slow down a little/);
  await room.time.advance(60_000);
  expect(await search(ann, 'number 54')).toEqual(['number 54']);
  expect(await room.owner.call('ban_user', id(ann), '')).toEqual(OK);
  expect((await ann.call('search_messages', 'number', NONE, 10)).status).not.toBe(200);
});

test('messages from the future, from before the clock was set back, are found', async () => {
  const room = await openRoom();
  const ann = await named(room, 'Ann');
  await room.time.advance(24 * 3_600_000);
  await say(room, ann, 'from tomorrow');
  room.time.setWallClock(room.time.now() - 24 * 3_600_000_000);
  await say(room, ann, 'from today');
  expect((await search(ann, 'from')).sort()).toEqual(['from today', 'from tomorrow']);
});

describe('any history', () => {
  test(
    'a search finds the same messages as a comparison with every message',
    { timeout: 120_000 },
    async () => {
      const room = await openRoom();
      const ann = await named(room, 'Ann');
      const messages = fc.array(
        fc.record({
          text: fc.array(fc.constantFrom('ab', 'AB', 'ç', 'c', 'ß', 'ss', 'x'), {
            minLength: 1,
            maxLength: 3,
          }),
          waitHours: fc.nat(400),
        }),
        { minLength: 1, maxLength: 12 },
      );
      await fc.assert(
        fc.asyncProperty(messages, fc.constantFrom('ab', 'C', 'ss x', 'ẞ'), async (history, words) => {
          room.sql('DELETE FROM message');
          room.sql('DELETE FROM search_pace');
          for (const { text, waitHours } of history) {
            await say(room, ann, text.join(' '));
            await room.time.advance(waitHours * 3_600_000);
          }
          const expected = history
            .map(({ text }) => text.join(' '))
            .filter((text) => searchWords(words).every((word) => searchKey(text).includes(word)))
            .reverse();
          expect(await search(ann, words)).toEqual(expected);
        }),
        { numRuns: 15 },
      );
    },
  );
});

describe('search keys', () => {
  test.each([
    ['Straße', 'STRASSE'],
    ['Ὀδυσσεύς', 'οδυσσευσ'],
    ['Ｐｉｚｚａ', 'pizza'],
    ['café', 'CAFE\u0301'],
    ['soft\u00ADhyphen', 'softhyphen'],
    ['مُحَمَّد', 'محمد'],
  ])('%s is found as %s', (text, other) => {
    expect(searchKey(text)).toBe(searchKey(other));
  });

  test.each([
    ['か', 'が'],
    ['का', 'की'],
    ['a', 'b'],
  ])('%s is not found as %s', (text, other) => {
    expect(searchKey(text)).not.toBe(searchKey(other));
  });

  test('the key of a key is the key', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const key = searchKey(text);
        expect(searchKey(key)).toBe(key);
      }),
    );
  });
});
