/** Rows that belong to a message exist exactly as long as the message, whatever people do at the same time. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { messageProblem } from '../src/rules.ts';
import { OK, micros, openRoom, textsIn, type Caller, type Room } from './room.ts';
import { everything, id, named, rows, say, type MessageArgs } from './messages.ts';

const OF_MESSAGE = ['message_edit', 'message_version', 'reply', 'reaction', 'mention', 'pin'] as const;

const EMOJI = Array.from({ length: 24 }, (_, n) => String.fromCodePoint(0x1f600 + n));

const PEOPLE = 3;

/** An action of one person: the numbers choose the message and the details. */
const act = fc.record({
  person: fc.nat(PEOPLE - 1),
  what: fc.constantFrom(
    'send',
    'reply',
    'edit',
    'edit',
    'delete',
    'react',
    'react',
    'unreact',
    'pin',
    'moderate',
  ),
  message: fc.nat(5),
  emoji: fc.nat(EMOJI.length - 1),
});
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;

interface World {
  readonly room: Room;
  /** The first of them owns the room. */
  readonly people: readonly Caller[];
  /** All messages ever sent, with every text that each had. */
  readonly texts: Map<string, string[]>;
  count: number;
}

const keyOf = ([sender]: readonly unknown[], sent: unknown) => `${String(sender)} ${String(sent)}`;

function messagesIn(room: Room, table = 'message') {
  return rows(room, table, 'sender', 'sent', 'text').map(([sender, sent, text]) => ({
    key: `${String(sender)} ${String(sent)}`,
    args: [[sender], [sent]] as MessageArgs,
    text: text as string,
  }));
}

/** Performs `act` on one of the earlier messages. */
async function perform(
  world: World,
  { person, what, message, emoji }: Act,
  before: readonly { args: MessageArgs }[],
) {
  const caller = world.people[person] as Caller;
  const owner = world.people[0] as Caller;
  const [sender, sent] = before[message % Math.max(1, before.length)]?.args ?? [id(caller), [0]];
  const text = `text ${++world.count}, @Ben and @Cid`;
  const sign = EMOJI[emoji] as string;
  switch (what) {
    case 'send':
      return caller.call('send_message', text);
    case 'reply':
      return caller.call('send_reply', text, sender, sent);
    case 'edit': {
      const answer = await caller.call('edit_message', sent, text);
      if (answer.status === 200) world.texts.get(keyOf(id(caller), sent[0]))?.push(text);
      return answer;
    }
    case 'delete':
      return caller.call('delete_own_message', sent);
    case 'react':
      return caller.call('add_reaction', sender, sent, sign);
    case 'unreact':
      return caller.call('remove_reaction', sender, sent, sign);
    case 'pin':
      return owner.call(emoji % 2 ? 'pin_message' : 'unpin_message', sender, sent);
    case 'moderate': {
      if (emoji % 2) return owner.call('delete_message', sender, sent, '');
      const [deleted] = world.room.sql('SELECT act FROM deleted_message')[0] ?? [];
      return owner.call('restore_message', Number(deleted ?? 0));
    }
  }
}

function checkInvariants({ room, texts }: World): void {
  const messages = messagesIn(room);
  const deleted = messagesIn(room, 'deleted_message');
  const there = new Map([...deleted, ...messages].map((message) => [message.key, message]));
  expect(there.size).toBe(messages.length + deleted.length);
  for (const { text } of messages) expect(messageProblem(text)).toBeUndefined();
  for (const { key, text } of messages) if (!texts.has(key)) texts.set(key, [text]);

  const of = (table: string, ...columns: string[]) => {
    const found = new Map<string, unknown[][]>();
    for (const [sender, sent, ...rest] of rows(room, table, 'sender', 'sent', ...columns)) {
      const key = `${String(sender)} ${String(sent)}`;
      expect(there.has(key), `${table} of a message that is not there`).toBe(true);
      found.set(key, [...(found.get(key) ?? []), rest]);
    }
    return found;
  };
  const [versions, edits] = [of('message_version', 'text'), of('message_edit')];
  expect([...edits.keys()].sort()).toEqual([...versions.keys()].sort());
  for (const found of edits.values()) expect(found).toHaveLength(1);
  for (const { key, text } of there.values()) {
    const known = [...(versions.get(key) ?? []).map(([version]) => version), text];
    expect(known.sort()).toEqual(texts.get(key)?.toSorted());
  }
  for (const found of of('reaction', 'person', 'emoji').values()) {
    expect(new Set(found.map(String)).size).toBe(found.length);
    expect(new Set(found.map(([, emoji]) => emoji)).size).toBeLessThanOrEqual(20);
    for (const person of new Set(found.map(([who]) => who))) {
      expect(found.filter(([who]) => who === person).length).toBeLessThanOrEqual(10);
    }
  }
  for (const found of of('pin').values()) expect(found).toHaveLength(1);
  for (const found of of('reply').values()) expect(found).toHaveLength(1);
  // Every text of these people names the same two.
  const mentions = of('mention', 'name');
  for (const key of there.keys()) expect(mentions.get(key)?.flat().sort()).toEqual(['Ben', 'Cid']);
}

test(
  'people who edit, delete, react, reply, pin and moderate at once leave no row without its message',
  { timeout: 240_000 },
  async () => {
    const room = await openRoom();
    const owner = room.inProcess(room.owner);
    const others = [await named(room, 'Ben'), await named(room, 'Cid')];
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(act, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 8 }),
        async (rounds) => {
          for (const table of ['message', 'deleted_message', 'report', ...OF_MESSAGE]) {
            room.sql(`DELETE FROM ${table}`);
          }
          const world: World = { room, people: [owner, ...others], texts: new Map(), count: 0 };
          for (const person of world.people) await say(room, person, `hello, @Ben and @Cid ${++world.count}`);
          checkInvariants(world);
          for (const round of rounds) {
            const before = messagesIn(room);
            // Everyone has seen only the earlier messages: calls of several people cross.
            for (const one of round) await perform(world, one, before);
            checkInvariants(world);
          }
          const gone = [...world.texts].filter(([key]) => {
            const there = [...messagesIn(room), ...messagesIn(room, 'deleted_message')];
            return !there.some((message) => message.key === key);
          });
          const content = everything(room);
          for (const text of gone.flatMap(([, texts]) => texts)) expect(content).not.toContain(`"${text}"`);
        },
      ),
      { numRuns: 20 },
    );
  },
);

test('retention deletes everything that belongs to a message, in batches', { timeout: 120_000 }, async () => {
  const room = await openRoom();
  const owner = room.inProcess(room.owner);
  const [ann, ben] = [await named(room, 'Ann'), await named(room, 'Ben')];
  const keys: MessageArgs[] = [];
  for (let n = 0; n < 40; n++) {
    const key = await say(room, ann, `old ${n} @Ben`);
    keys.push(key);
    await ann.call('edit_message', key[1], `old ${n}, edited, @Ben`);
    for (const person of [ann, ben, owner]) {
      for (const emoji of EMOJI.slice(0, 10)) await person.call('add_reaction', ...key, emoji);
    }
    if (n % 2 === 0) await owner.call('pin_message', ...key);
    if (n % 3 === 0) await ben.call('report_message', ...key, '');
  }
  for (const key of keys.slice(0, 4)) await owner.call('delete_message', ...key, '');
  const target = keys[10] as MessageArgs;
  expect(await ann.call('send_reply', 'old answer', ...target)).toEqual(OK);
  await room.time.advance(3_600_000);
  const kept = await say(room, ben, 'new @Ann');
  expect(await ben.call('add_reaction', ...kept, EMOJI[0])).toEqual(OK);
  expect(await ann.call('send_reply', 'answer to an old message', ...target)).toEqual(OK);
  expect(await owner.call('set_retention', 2, 0)).toEqual(OK);

  const count = () => OF_MESSAGE.reduce((sum, table) => sum + room.sql(`SELECT id FROM ${table}`).length, 0);
  const sizes = [count()];
  for (
    let n = 0;
    n < 30 && textsIn(room).length + room.sql('SELECT act FROM deleted_message').length > 2;
    n++
  ) {
    await room.time.advance(1000);
    sizes.push(count());
  }
  // Each batch ends after 1,000 rows and what belongs to its last message.
  const steps = sizes.slice(1).map((size, n) => (sizes[n] ?? 0) - size);
  expect(Math.max(...steps)).toBeLessThan(2 * 1050);
  expect(steps.filter((step) => step > 0).length).toBeGreaterThan(1);
  expect(textsIn(room)).toEqual(['new @Ann', 'answer to an old message']);
  expect(rows(room, 'reaction', 'sender', 'sent', 'emoji')).toEqual([[...kept.flat(), EMOJI[0]]]);
  expect(rows(room, 'mention', 'name')).toEqual([['Ann']]);
  expect(rows(room, 'reply', 'to_sender', 'to_sent')).toEqual([target.flat()]);
  for (const table of ['message_edit', 'message_version', 'pin', 'report', 'deleted_message']) {
    expect(
      room.sql(`SELECT sent FROM ${table}`).map(([sent]) => micros(sent)),
      table,
    ).toEqual([]);
  }
  expect(everything(room)).not.toMatch(/old \d/);
});
