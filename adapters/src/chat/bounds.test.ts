import fc from 'fast-check';
import { Identity, Timestamp } from 'spacetimedb';
import { expect, it, vi } from 'vitest';
import { FakeServer, type Message } from '../../test/fake-server.ts';
import { record, setUp } from '../../test/set-up.ts';
import { boundedName, LONGEST_NAME, LONGEST_TEXT } from './bounds.ts';
import { createChat } from './index.ts';

const ann = new Identity(3n);
const YEAR_0 = BigInt(Date.parse('0000-01-01T00:00:00Z')) * 1000n;
const YEAR_10000 = BigInt(Date.parse('9999-12-31T23:59:59.999Z') + 1) * 1000n;
const I64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n };

async function open(server = new FakeServer()) {
  const { connection } = setUp({ environment: { now: () => server.clock } }, server);
  const chat = createChat(connection, { pageSize: 1_000 });
  const { values } = record(chat.messages);
  record(chat.users);
  await vi.waitFor(() => expect(chat.messages.status.get().status).toBe('ready'));
  return { server, connection, chat, values };
}

/** Any 64-bit times, including those at the limits of what can be shown or represented. */
const micros = fc.oneof(
  fc.bigInt(I64),
  fc.constantFrom(
    I64.min,
    I64.max,
    YEAR_0,
    YEAR_0 - 1n,
    YEAR_10000,
    YEAR_10000 - 1n,
    // The limits of a Date and of a safe integer.
    8_640_000_000_000_000_000n,
    8_640_000_000_000_001_000n,
    -8_640_000_000_000_001_000n,
    BigInt(Number.MAX_SAFE_INTEGER) * 1000n,
    0n,
    -1n,
  ),
);
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom('x'.repeat(LONGEST_TEXT), 'x'.repeat(LONGEST_TEXT + 1), '\u0000', '\u202e'),
);
const rows = fc.uniqueArray(
  fc.record({ micros, text }).map(({ micros, text }) => ({ sender: ann, sent: new Timestamp(micros), text })),
  { selector: ({ sent, text }) => `${sent.microsSinceUnixEpoch} ${text}`, maxLength: 12 },
);
const isFit = ({ sent: { microsSinceUnixEpoch: at }, text }: Message): boolean =>
  at >= YEAR_0 && at < YEAR_10000 && text.length <= LONGEST_TEXT;

it('shows valid messages, counts the others, and stays connected, whatever a server sends', async () => {
  await fc.assert(
    fc.asyncProperty(rows, rows, async (first, later) => {
      const server = new FakeServer();
      server.commit({ message: { inserts: first, deletes: [] } });
      const { chat } = await open(server);
      const expectShown = (expected: readonly Message[]): void => {
        const shown = expected.filter(isFit);
        const list = chat.messages.get();
        expect(list.map(({ row }) => row?.sent.microsSinceUnixEpoch)).toEqual(
          shown.map(({ sent }) => sent.microsSinceUnixEpoch).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)),
        );
        expect(list.map(({ text }) => text).sort()).toEqual(shown.map(({ text }) => text).sort());
        expect(chat.history.get().hiddenCount).toBe(expected.length - shown.length);
        for (const { sent } of list) expect(sent.toISOString()).toMatch(/^\d{4}-/);
      };
      expectShown(first);
      const known = new Set(first.map(({ sent, text }) => `${sent.microsSinceUnixEpoch} ${text}`));
      const fresh = later.filter(({ sent, text }) => !known.has(`${sent.microsSinceUnixEpoch} ${text}`));
      server.commit({ message: { inserts: fresh, deletes: [] } });
      await vi.waitFor(() => expectShown([...first, ...fresh]));
      server.commit({ message: { inserts: [], deletes: first } });
      await vi.waitFor(() => expectShown(fresh));
      expect(server.sockets).toHaveLength(1);
    }),
    { numRuns: 60 },
  );
}, 60_000);

it('still sends and receives when some messages cannot be shown', async () => {
  const { server, chat } = await open();
  server.commit({
    message: { inserts: [{ sender: ann, sent: new Timestamp(I64.max), text: 'a' }], deletes: [] },
  });
  await chat.sendMessage('hello');
  expect(chat.messages.get().map(({ text, status }) => [text, status])).toEqual([['hello', 'sent']]);
  expect(chat.history.get().hiddenCount).toBe(1);
});

it('removes an own message that cannot be shown from the list once the server has it', async () => {
  const { server, chat } = await open();
  const tooLong = 'x'.repeat(LONGEST_TEXT + 1);
  await chat.sendMessage(tooLong);
  expect(chat.messages.get()).toEqual([]);
  expect(chat.history.get().hiddenCount).toBe(1);
  expect(server.tables.message.size).toBe(1);
});

it('truncates very long names of people and authors', async () => {
  const { server, chat } = await open();
  const exact = 'n'.repeat(LONGEST_NAME);
  server.insertUser({ identity: ann, name: 'm'.repeat(1_000_000) });
  server.insertUser({ identity: new Identity(4n), name: exact });
  server.insertUser({ identity: new Identity(5n), name: `${exact.slice(1)}😀` });
  server.insertMessage(ann, 'hi');
  await vi.waitFor(() => expect(chat.users.get()).toHaveLength(3));
  const names = chat.users.get().map(({ name, label }) => [name, label]);
  expect(names).toContainEqual([exact, exact]);
  expect(names).toContainEqual([`${exact.slice(1)}…`, `${exact.slice(1)}…`]);
  const [message] = chat.messages.get();
  expect(message?.author.label).toBe(`${'m'.repeat(LONGEST_NAME)}…`);
  // The person keeps their object as long as their row does not change.
  const before = chat.users.get();
  server.updateUser(new Identity(4n), { online: false });
  const same = chat.users.get().filter((user) => before.includes(user));
  expect(same).toHaveLength(2);
});

it('a long name is cut at its end only, and never in the middle of a character', () => {
  const kept = '😀'.padEnd(LONGEST_NAME - 1, 'x');
  expect(boundedName(`${kept}xy`)).toBe(`${kept}x…`);
  expect(boundedName(`${kept}😀`)).toBe(`${kept}…`);
  expect(boundedName(`${kept}x`)).toBe(`${kept}x`);
});
