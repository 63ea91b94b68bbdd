import fc from 'fast-check';
import { Identity, Timestamp } from 'spacetimedb';
import { expect, it } from 'vitest';
import type { ChatUser } from '../types.ts';
import { AnnotationIndex, noRows } from './annotation-index.ts';
import { detailsOf, keepSame, noDetails, REACTION, type DetailsSource } from './details.ts';
import type { MessageDetails } from './types.ts';

const people = [1n, 2n, 3n].map((value): ChatUser => {
  const identity = new Identity(value);
  return { id: `${value}`, identity, name: `${value}`, label: `${value}`, online: true, isMe: value === 1n };
});
const person = (index: number) => people[index] as ChatUser;
const messages = [10n, 20n].map((time) => ({ sender: person(1).identity, sent: new Timestamp(time) }));
const userOf: DetailsSource['userOf'] = ({ __identity__ }) => person(Number(__identity__) - 1);
const quoteOf: DetailsSource['quoteOf'] = ({ toSender, toSent }) => ({
  author: userOf(toSender),
  sent: toSent.toDate(),
  status: 'ready',
  text: 'Hello',
  id: `${toSent.microsSinceUnixEpoch}`,
});
const detailsFrom = (
  index: AnnotationIndex,
  message = messages[0],
  pending: DetailsSource['pending'] = new Map(),
) =>
  detailsOf({
    rows: message ? index.at(message) : noRows,
    pending,
    isMine: false,
    me: person(0),
    userOf,
    quoteOf,
  });

const emoji = fc.constantFrom('👍', '🎉', '❤️');
const row = fc.oneof(
  fc.record({ table: fc.constant('reaction' as const), message: fc.nat(1), by: fc.nat(2), emoji }),
  fc.record({ table: fc.constant('reply' as const), message: fc.nat(1), by: fc.nat(2), emoji }),
  fc.record({ table: fc.constant('messageEdit' as const), message: fc.nat(1), by: fc.nat(2), emoji }),
  fc.record({ table: fc.constant('mention' as const), message: fc.nat(1), by: fc.nat(2), emoji }),
  fc.record({ table: fc.constant('pin' as const), message: fc.nat(1), by: fc.nat(2), emoji }),
);

it('the details of a message do not depend on the order in which its rows came and went', () => {
  fc.assert(
    fc.property(
      fc.array(row, { maxLength: 20 }).chain((rows) =>
        fc.record({
          rows: fc.constant(rows),
          order: fc.shuffledSubarray([...rows.keys()], { minLength: rows.length }),
          gone: fc.subarray([...rows.keys()]),
        }),
      ),
      ({ rows, order, gone }) => {
        const all = rows.map(({ table, message, by, emoji }, index) => {
          const { identity } = person(by);
          const columns = { person: identity, emoji, name: emoji, isEveryone: false, at: new Timestamp(30n) };
          const target = { toSender: identity, toSent: new Timestamp(5n) };
          return { table, row: { id: BigInt(index), ...messages[message], ...columns, ...target } as never };
        });
        const [straight, shuffled] = [new AnnotationIndex(), new AnnotationIndex()];
        for (const [index, { table, row }] of all.entries())
          if (!gone.includes(index)) straight.add(table, row);
        for (const index of order) shuffled.add(all[index]?.table as 'pin', all[index]?.row as never);
        for (const index of gone) shuffled.delete(all[index]?.table as 'pin', all[index]?.row as never);
        for (const message of messages) {
          expect(shuffled.at(message)).toEqual(straight.at(message));
          expect(detailsFrom(shuffled, message)).toEqual(detailsFrom(straight, message));
        }
        const target = { sender: person(0).identity, sent: new Timestamp(5n) };
        expect(shuffled.repliesTo(target)).toHaveLength(straight.repliesTo(target).length);
      },
    ),
  );
});

it('reactions with our unsettled calls equal those that the server will have', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.record({ by: fc.nat(2), emoji }), { selector: ({ by, emoji }) => `${by} ${emoji}` }),
      fc.array(fc.record({ emoji, isOn: fc.boolean() }), { maxLength: 4 }),
      (rows, wanted) => {
        const [now, then] = [new AnnotationIndex(), new AnnotationIndex()];
        const add = (index: AnnotationIndex, id: number, by: number, emoji: string) => {
          const [message] = messages;
          if (message)
            index.add('reaction', { id: BigInt(id), ...message, person: person(by).identity, emoji });
        };
        const last = new Map(wanted.map(({ emoji, isOn }) => [emoji, isOn]));
        const isOurs = (emoji: string) => rows.some((row) => row.by === 0 && row.emoji === emoji);
        for (const [id, { by, emoji }] of rows.entries()) {
          add(now, id, by, emoji);
          if (by !== 0 || last.get(emoji) !== false) add(then, id, by, emoji);
        }
        for (const [index, [emoji, isOn]] of [...last].entries())
          if (isOn && !isOurs(emoji)) add(then, 100 + index, 0, emoji);
        const pending = new Map([...last].map(([emoji, isOn]) => [REACTION + emoji, isOn]));
        expect(detailsFrom(now, messages[0], pending)).toEqual(detailsFrom(then));
      },
    ),
  );
});

it('unchanged parts keep their object', () => {
  const reaction = (emoji: string, ...users: ChatUser[]) => ({
    emoji,
    count: users.length,
    isMine: false,
    people: users,
  });
  const before: MessageDetails = {
    ...noDetails,
    reactions: [reaction('👍', person(1)), reaction('🎉', person(2))],
    editedAt: new Date(5),
    mentions: [
      { name: 'Ann', person: person(1), isMe: false },
      { name: 'Ben', person: person(2), isMe: false },
    ],
    replyTo: quoteOf({ toSender: person(1).identity, toSent: new Timestamp(5n) } as never),
  };
  const copy = (): MessageDetails => ({
    ...before,
    reactions: before.reactions.map((reaction) => ({ ...reaction, people: [...reaction.people] })),
    editedAt: new Date(5),
    mentions: before.mentions.map((mention) => ({ ...mention })),
    replyTo: before.replyTo && { ...before.replyTo, sent: new Date(before.replyTo.sent) },
  });
  expect(keepSame(before, copy())).toBe(before);
  const more = { ...copy(), reactions: [reaction('👍', person(1)), reaction('🎉', person(2), person(1))] };
  const after = keepSame(before, more);
  expect(after).toEqual(more);
  expect(after.reactions[0]).toBe(before.reactions[0]);
  for (const part of ['editedAt', 'mentions', 'replyTo'] as const) expect(after[part]).toBe(before[part]);
  expect(keepSame(before, { ...copy(), replyTo: undefined }).replyTo).toBeUndefined();
  expect(keepSame(before, { ...copy(), editedAt: new Date(6) }).editedAt).toEqual(new Date(6));
  expect(keepSame(noDetails, copy())).toEqual(before);
});
