import fc from 'fast-check';
import { Identity, Timestamp } from 'spacetimedb';
import { expect, it, vi } from 'vitest';
import { soon, START } from '../../test/arbitraries.ts';
import { FakeServer, type Message } from '../../test/fake-server.ts';
import { record, setUp } from '../../test/set-up.ts';
import { createChat } from './index.ts';

const people = [3n, 4n].map((value) => new Identity(value));

type Step =
  | { readonly do: 'write'; readonly by: number; readonly at: number }
  | { readonly do: 'edit'; readonly which: number; readonly text: string }
  | { readonly do: 'delete'; readonly which: number }
  | { readonly do: 'send' | 'lose' | 'find' };

const step = fc.oneof(
  fc.record({ do: fc.constant('write'), by: fc.nat(1), at: fc.nat(20) }),
  { weight: 3, arbitrary: fc.record({ do: fc.constant('edit'), which: fc.nat(20), text: fc.string() }) },
  fc.record({ do: fc.constant('delete'), which: fc.nat(20) }),
  fc.record({ do: fc.constantFrom('send', 'lose', 'find') }),
) as fc.Arbitrary<Step>;

const momentOf = ({ sender, sent }: Message) => `${sender.__identity__} ${sent.microsSinceUnixEpoch}`;

it('a message keeps its key however often it is edited, and its place among the others', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 15 }), async (steps) => {
      const server = new FakeServer();
      const { connection } = setUp({ environment: { now: () => START } }, server);
      const chat = createChat(connection, { maxQueued: 0 });
      const { values } = record(chat.messages);
      const ready = () => vi.waitFor(() => expect(chat.messages.status.get().status).toBe('ready'), soon);
      await ready();
      /** The keys by sender and time of the message. */
      const keys = new Map<string, string>();
      const rows = () => [...server.tables.message.values()] as Message[];
      let isUp = true;
      let count = 0;
      for (const step of steps) {
        const row = 'which' in step ? rows()[step.which % rows().length] : undefined;
        const emissions = values.length;
        if (step.do === 'write') {
          const sender = people[step.by] as Identity;
          const sent = Timestamp.fromDate(new Date(START + step.at));
          const message = { sender, sent, text: `${count++}` };
          if (!rows().some((other) => momentOf(other) === momentOf(message)))
            server.commit({ message: { inserts: [message], deletes: [] } });
        } else if (step.do === 'edit' && row && row.text !== step.text) {
          server.commit({ message: { inserts: [{ ...row, text: step.text }], deletes: [row] } });
          if (isUp) expect(values).toHaveLength(emissions + 1);
        } else if (step.do === 'delete' && row) {
          server.commit({ message: { inserts: [], deletes: [row] } });
          keys.delete(momentOf(row));
        } else if (step.do === 'send' && isUp) {
          const sent = chat.sendMessage(`${count++}`);
          const key = chat.messages.get().at(-1)?.key ?? '';
          await sent;
          keys.set(momentOf(rows().at(-1) as Message), key);
        } else if (step.do === 'lose' && isUp) {
          server.down = true;
          server.socket.drop();
          isUp = false;
          await vi.waitFor(() => expect(chat.messages.status.get().status).toBe('stale'), soon);
        } else if (step.do === 'find' && !isUp) {
          server.down = false;
          isUp = true;
          connection.retry();
          await ready();
        }
        if (!isUp) continue;
        const shown = chat.messages.get();
        const expected = rows().sort(
          (a, b) =>
            Number(a.sent.microsSinceUnixEpoch - b.sent.microsSinceUnixEpoch) ||
            Number(a.sender.__identity__ - b.sender.__identity__),
        );
        expect(shown.map(({ text }) => text)).toEqual(expected.map(({ text }) => text));
        expect(new Set(shown.map(({ key }) => key)).size).toBe(shown.length);
        for (const [index, row] of expected.entries()) {
          const key = shown[index]?.key ?? '';
          expect(key).toBe(keys.get(momentOf(row)) ?? key);
          keys.set(momentOf(row), key);
        }
      }
      connection.close();
    }),
    { numRuns: 100, endOnFailure: false },
  );
});

it('a message has the same key for someone who saw it edited and for someone who joins later', async () => {
  const server = new FakeServer();
  const row = server.insertMessage(people[0] as Identity, 'before');
  const open = async () => {
    const { connection } = setUp({ environment: { now: () => server.clock } }, server);
    const chat = createChat(connection);
    record(chat.messages);
    await vi.waitFor(() => expect(chat.messages.status.get().status).toBe('ready'));
    return chat;
  };
  const first = await open();
  const [{ key = '' } = {}] = first.messages.get();
  server.commit({ message: { inserts: [{ ...row, text: 'after' }], deletes: [row] } });
  const second = await open();
  for (const chat of [first, second]) expect(chat.messages.get()).toMatchObject([{ key, text: 'after' }]);
});
