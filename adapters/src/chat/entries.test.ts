import { Identity, Timestamp } from 'spacetimedb';
import { expect, it } from 'vitest';
import { Entries, momentText, toEntry, withEdits } from './entries.ts';
import type { ChatUser, MessageRow } from './types.ts';

const author = { id: '1', isMe: false } as ChatUser;
const row = (text: string, micros = 1n, sender = 1n): MessageRow => ({
  sender: new Identity(sender),
  sent: new Timestamp(micros),
  text,
});

it('messages with the same sender and time are distinguished by their text and key', () => {
  const entries = new Entries();
  const rows = ['a', 'b', 'c'].map((text) => row(text));
  const [a, b, c] = rows.map((row) => {
    const entry = toEntry(entries.newKey(row), row, author);
    entries.add(entry);
    return entry;
  });
  expect([b?.key, c?.key]).toEqual([`${a?.key} 2`, `${a?.key} 3`]);
  expect(entries.at(row(''))).toEqual([a, b, c]);
  expect(entries.find(row('b'))).toBe(b);
  expect(entries.find(row('d'))).toBeUndefined();
  entries.delete(b as never);
  expect(entries.at(row(''))).toEqual([a, c]);
  expect(entries.newKey(row('d'))).toBe(b?.key);
  expect(entries.of(1n)).toEqual([a, c]);
  for (const entry of [a, c]) entries.delete(entry as never);
  expect([...entries.at(row('')), ...entries.of(1n)]).toEqual([]);
  expect(entries.newKey(row('e'))).toBe(a?.key);
});

it('a message is identified by its sender and its time', () => {
  const texts = [row('a'), row('b'), row('a', 2n), row('a', 1n, 2n)].map(momentText);
  expect(new Set(texts).size).toBe(3);
});

const inserted = (after: MessageRow, callArgs?: object) => ({ before: undefined, after, callArgs });
const deleted = (before: MessageRow) => ({ before, after: undefined });

it('a deletion and an insertion with the same sender and time are an edit', () => {
  const [first, second] = [row('a'), row('b')];
  const args = {};
  const changes = [inserted(row('A'), args), deleted(first), inserted(row('new', 2n)), deleted(second)];
  expect(withEdits([...changes, inserted(row('B')), deleted(row('other', 3n))])).toEqual([
    { before: first, after: row('A'), callArgs: args },
    inserted(row('new', 2n)),
    { before: second, after: row('B') },
    deleted(row('other', 3n)),
  ]);
});

it('changes without an edit do not change', () => {
  for (const changes of [
    [deleted(row('a')), deleted(row('b'))],
    [inserted(row('a')), inserted(row('b'))],
  ])
    expect(withEdits(changes)).toBe(changes);
  const replaced = { before: row('a'), after: row('b') };
  const changes = [replaced, inserted(row('c')), deleted(row('d', 2n))];
  expect(withEdits(changes)).toEqual(changes);
});
