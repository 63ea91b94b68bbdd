import fc from 'fast-check';
import { deepEqual, Identity, Timestamp } from 'spacetimedb';
import { expect, it, vi } from 'vitest';
import { tables } from '../../web/module_bindings/index.ts';
import { createChat } from '../src/chat/index.ts';
import { liveRow, liveTable, type Live } from '../src/index.ts';
import { FakeServer, type Message, type User } from './fake-server.ts';
import { record, setUp } from './set-up.ts';

/** A transaction: users that appear, change or go, and messages that come or go, by small numbers. */
interface Transaction {
  readonly users: readonly {
    readonly id: number;
    readonly name: string | undefined;
    readonly online: boolean | 'gone';
  }[];
  readonly messages: readonly {
    readonly sender: number;
    readonly sent: number;
    readonly text: string;
    readonly gone: boolean;
  }[];
}

type Step =
  | { readonly do: 'commit'; readonly burst: readonly Transaction[]; readonly gzip: boolean }
  | { readonly do: 'subscribe' | 'leave'; readonly store: number }
  | { readonly do: 'break'; readonly meanwhile: readonly Transaction[] };

const START = Date.UTC(2026, 10, 24, 12);
const FIRST = new Identity(1_001n);
const identity = (id: number) => new Identity(1_000n + BigInt(id));
const byKey = (a: User, b: User) => Number(a.identity.__identity__ - b.identity.__identity__);

const transaction: fc.Arbitrary<Transaction> = fc.record({
  users: fc.uniqueArray(
    fc.record({
      id: fc.nat(4),
      name: fc.constantFrom('Ann', 'bob', undefined),
      online: fc.constantFrom<boolean | 'gone'>(true, false, 'gone'),
    }),
    { selector: ({ id }) => id, maxLength: 3 },
  ),
  messages: fc.uniqueArray(
    fc.record({
      sender: fc.nat(4),
      sent: fc.nat(5),
      text: fc.constantFrom('a', 'b', 'long '.repeat(500)),
      gone: fc.boolean(),
    }),
    { selector: ({ sender, sent, text }) => `${sender} ${sent} ${text}`, maxLength: 4 },
  ),
});
const store = fc.nat(7);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('commit'),
      burst: fc.array(transaction, { minLength: 1, maxLength: 4 }),
      gzip: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('subscribe', 'leave'), store }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('break'), meanwhile: fc.array(transaction, { maxLength: 2 }) }),
  },
) as fc.Arbitrary<Step>;

function commit(server: FakeServer, { users, messages }: Transaction): void {
  const changes = {
    user: { inserts: [] as User[], deletes: [] as User[] },
    message: { inserts: [] as Message[], deletes: [] as Message[] },
  };
  const known = [...server.tables.user.values()] as User[];
  for (const { id, name, online } of users) {
    const before = known.find((user) => user.identity.__identity__ === identity(id).__identity__);
    const after = { identity: identity(id), name, online: online === true };
    // As the server does, leave out what changes nothing.
    if (online !== 'gone' && before && deepEqual(before, after)) continue;
    if (before) changes.user.deletes.push(before);
    if (online !== 'gone') changes.user.inserts.push(after);
  }
  const here = [...server.tables.message.values()] as Message[];
  for (const { sender, sent, text, gone } of messages) {
    const row = { sender: identity(sender), sent: Timestamp.fromDate(new Date(START + sent)), text };
    const before = here.find((message) => deepEqual(message, row));
    if (before && gone) changes.message.deletes.push(before);
    if (!before && !gone) changes.message.inserts.push(row);
  }
  server.commit(changes);
}

/** What each store has to show for what is in the server's tables. */
function models(server: FakeServer): unknown[] {
  const users = ([...server.tables.user.values()] as User[]).sort(byKey);
  const messages = [...server.tables.message.values()] as Message[];
  const text = ({ sender, sent, text }: Message) => `${sent.toISOString()} ${sender.toHexString()} ${text}`;
  const label = ({ name, identity }: User) => name ?? identity.toHexString().slice(0, 8);
  const people = users
    .map((user) => ({ label: label(user), id: user.identity.toHexString(), online: user.online }))
    .sort((a, b) => a.label.localeCompare(b.label) || (a.id < b.id ? -1 : 1));
  const authored = messages
    .map((message) => ({ message, user: users.find((user) => deepEqual(user.identity, message.sender)) }))
    .map(
      ({ message, user }) =>
        `${text(message)} by ${label(user ?? { identity: message.sender, name: undefined, online: false })} ${user?.online ?? false}`,
    )
    .sort();
  return [
    users,
    users.filter(({ online }) => online),
    messages.map(text).sort(),
    messages
      .filter(({ text }) => text !== 'b')
      .map(text)
      .sort()
      .reverse(),
    users.find((user) => deepEqual(user.identity, FIRST)),
    people,
    people.filter(({ online }) => online),
    authored,
  ];
}

function stores({
  connection,
}: ReturnType<typeof setUp>): { readonly store: Live<unknown>; readonly look: (value: never) => unknown }[] {
  const chat = createChat(connection);
  const text = ({ sender, sent, text }: Message) => `${sent.toISOString()} ${sender.toHexString()} ${text}`;
  const sorted = (rows: readonly Message[]) => rows.map(text).sort();
  const person = ({ label, id, online }: { label: string; id: string; online: boolean }) => ({
    label,
    id,
    online,
  });
  const same = (value: unknown) => value;
  return [
    { store: liveTable(connection, tables.user), look: same },
    {
      store: liveTable(
        connection,
        tables.user.where((user) => user.online),
      ),
      look: same,
    },
    { store: liveTable(connection, tables.message), look: sorted },
    {
      store: liveTable(connection, tables.message, {
        filter: (row) => row.text !== 'b',
        order: (a, b) => (text(a) < text(b) ? 1 : -1),
      }),
      look: (rows: readonly Message[]) => rows.map(text),
    },
    {
      store: liveRow(
        connection,
        tables.user.where((user) => user.identity.eq(FIRST)),
      ),
      look: same,
    },
    { store: chat.users, look: (users: never[]) => users.map(person) },
    { store: chat.onlineUsers, look: (users: never[]) => users.map(person) },
    {
      store: chat.messages,
      look: (messages: ReturnType<typeof chat.messages.get>) =>
        messages.map(
          ({ author, text, sent }) =>
            `${Timestamp.fromDate(sent).toISOString()} ${author.id} ${text} by ${author.label} ${author.online}`,
        ),
    },
  ];
}

/** Asserts that what is the same in two lists is the same object. */
function expectSameObjects(before: unknown, after: unknown): void {
  if (!Array.isArray(before) || !Array.isArray(after)) return;
  for (const item of after as unknown[]) {
    const old = (before as unknown[]).find((old) => deepEqual(old, item));
    if (old !== undefined) expect(item).toBe(old);
  }
}

const soon = { interval: 1, timeout: 2_000 };

it('shows what the model says after every step, emits exactly when it has to, and keeps what did not change', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
      const server = new FakeServer();
      const fixture = setUp({ environment: { now: () => START } }, server);
      const all = stores(fixture);
      let marks = 0;
      const watching = new Map<number, ReturnType<typeof record<unknown>>>();

      const settled = () =>
        vi.waitFor(() => {
          const expected = models(server);
          for (const index of watching.keys()) {
            const { store, look } = all[index] as (typeof all)[number];
            expect(store.state.get().phase).toBe('ready');
            expect(look(store.get() as never)).toEqual(expected[index]);
          }
        }, soon);

      for (const step of steps) {
        const counts = new Map([...watching].map(([index, { values }]) => [index, values.length]));
        const due = new Map([...watching.keys()].map((index) => [index, 0]));
        const apply = (change: () => void, each: boolean, before = models(server)): void => {
          change();
          const after = models(server);
          for (const index of due.keys()) {
            if (!deepEqual(before[index], after[index])) due.set(index, each ? (due.get(index) ?? 0) + 1 : 1);
          }
        };
        if (step.do === 'subscribe' && !watching.has(step.store)) {
          watching.set(step.store, record(all[step.store]?.store as Live<unknown>));
        } else if (step.do === 'leave') {
          watching.get(step.store)?.stop();
          watching.delete(step.store);
          due.delete(step.store);
        } else if (step.do === 'commit') {
          server.holding = true;
          for (const socket of server.open) socket.gzip = step.gzip;
          for (const transaction of step.burst) apply(() => commit(server, transaction), true);
          server.release();
          // A plain frame right behind, which must not overtake, and which every store shows.
          for (const socket of server.open) socket.gzip = false;
          const mark = `mark ${marks++}`;
          const users = [{ id: 1, name: mark, online: true }];
          const messages = [{ sender: 1, sent: 9, text: mark, gone: false }];
          apply(() => commit(server, { users, messages }), true);
        } else if (step.do === 'break') {
          const before = models(server);
          const { sockets } = server;
          const tries = sockets.length;
          sockets.at(-1)?.drop();
          for (const transaction of step.meanwhile) commit(server, transaction);
          apply(() => undefined, false, before);
          if (watching.size > 0) await vi.waitFor(() => expect(sockets.length).toBeGreaterThan(tries), soon);
        }
        await settled();
        for (const [index, emissions] of due) {
          const { values } = watching.get(index) as ReturnType<typeof record<unknown>>;
          const fresh = values.slice((counts.get(index) ?? 0) - 1);
          expect(fresh.length - 1, `emissions of store ${index} after ${step.do}`).toBe(emissions);
          for (const [i, value] of fresh.entries()) if (i > 0) expectSameObjects(fresh[i - 1], value);
        }
      }

      for (const { stop } of watching.values()) stop();
      await vi.waitFor(() => {
        expect(fixture.connection.status.get().state).toBe('idle');
        expect(server.open).toHaveLength(0);
      }, soon);
    }),
    { numRuns: 200, endOnFailure: false },
  );
}, 120_000);
