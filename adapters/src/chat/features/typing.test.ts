import { Identity, Timestamp } from 'spacetimedb';
import { expect, it } from 'vitest';
import { record } from '../../../test/set-up.ts';
import type { Internals } from '../../internals.ts';
import { Scope, Store } from '../../store.ts';
import type { Connection, LiveStatus } from '../../types.ts';
import { identityId } from '../identity-id.ts';
import type { Chat, ChatMessage, ChatUser } from '../types.ts';
import type { FeaturesDb, TypingRow } from './rows.ts';
import { createTyping } from './typing.ts';

const [ann, ben, cy] = ['Ann', 'Ben', 'Cy'].map((name, index): ChatUser => {
  const identity = new Identity(BigInt(index));
  return { id: identityId(identity), identity, name, label: name, online: true, isMe: index === 0 };
}) as [ChatUser, ChatUser, ChatUser];

const message = (author: ChatUser, micros: bigint): ChatMessage => {
  const sent = new Timestamp(micros);
  const row = { sender: author.identity, sent, text: '' };
  return { key: `${micros}`, author, text: '', sent: sent.toDate(), mine: author.isMe, status: 'sent', row };
};

/** A typing indicator with a server and a clock that the test moves. */
function openTyping({ hasTable = true } = {}) {
  const scope = new Scope((error) => {
    throw error;
  });
  const clock = { now: 0 };
  const timers = new Map<() => void, number>();
  const environment = {
    now: () => clock.now,
    setTimeout: (run: () => void, ms: number) => (timers.set(run, clock.now + ms), run),
    clearTimeout: (run: () => void) => void timers.delete(run),
  };
  const listeners = new Set<(context: unknown, row: TypingRow) => void>();
  const table = {
    onInsert: (run: (context: unknown, row: TypingRow) => void) => listeners.add(run),
    removeOnInsert: (run: (context: unknown, row: TypingRow) => void) => listeners.delete(run),
  };
  const log: string[] = [];
  const builder = {
    onApplied: () => builder,
    onError: () => builder,
    subscribe(sql: string) {
      log.push(`+ ${sql}`);
      return { isActive: () => true, unsubscribe: () => log.push(`- ${sql}`) };
    },
  };
  const told: boolean[] = [];
  const sdk = {
    db: hasTable ? { typing: table } : {},
    subscriptionBuilder: () => builder,
    reducers: { setTyping: ({ isTyping }: { isTyping: boolean }) => Promise.resolve(told.push(isTyping)) },
  };
  const status = new Store(scope, { status: 'connected' });
  const availability = new Store(scope, { status: 'ready', isReady: true } as LiveStatus);
  const blocked = new Store<ReadonlySet<string>>(scope, new Set());
  const messages = new Store<readonly ChatMessage[]>(scope, []);
  const onlineUsers = new Store<readonly ChatUser[]>(scope, [ann, ben, cy]);
  const connection = { status, call: (run: (db: unknown) => Promise<unknown>) => run(sdk) };
  const { people, setTyping } = createTyping(
    connection as unknown as Connection<FeaturesDb>,
    { environment, scope } as unknown as Internals,
    { messages, onlineUsers } as unknown as Chat,
    availability,
    blocked,
  );
  const { values, stop } = record(people);
  const hear = ({ identity: person }: ChatUser, isTyping = true) => {
    for (const run of listeners) run(undefined, { person, isTyping });
  };
  const at = (now: number) => {
    clock.now = now;
    for (const [run, due] of [...timers]) {
      if (due > now) continue;
      timers.delete(run);
      run();
    }
  };
  const become = (next: string) => status.set({ status: next });
  return {
    ...{ people, setTyping, values, stop, hear, at, become, timers, listeners, log, told },
    ...{ availability, blocked, messages, onlineUsers },
  };
}

it('people are shown as typing until six seconds after their last event, in order of their start', () => {
  const { hear, at, people, values, timers } = openTyping();
  hear(ben);
  at(1_000);
  hear(cy);
  at(2_000);
  hear(ben);
  expect(people.get()).toEqual([ben, cy]);
  at(6_999);
  expect(people.get()).toEqual([ben, cy]);
  at(7_000);
  expect(people.get()).toEqual([ben]);
  at(8_000);
  expect(people.get()).toEqual([]);
  expect(timers.size).toBe(0);
  expect(values).toEqual([[], [ben], [ben, cy], [ben], []]);
});

it('someone whose message has arrived is no longer typing, whatever our clock says', () => {
  const { hear, people, messages } = openTyping();
  const pending = { ...message(ann, 9_000_000_000_000n), row: undefined };
  hear(ben);
  messages.set([message(ben, 8n)]);
  expect(people.get()).toEqual([]);
  const old = [message(ben, 10n), message(cy, 11n)];
  messages.set([...old, pending]);
  hear(ben);
  hear(cy);
  messages.set([message(ben, 9n), ...old, pending]);
  expect(people.get()).toEqual([ben, cy]);
  messages.set([...old, message(ben, 12n), message(ann, 13n), pending]);
  expect(people.get()).toEqual([cy]);
  hear(ben);
  messages.set([...old, message(ben, 12n), message(ann, 13n)]);
  expect(people.get()).toEqual([cy, ben]);
});

it('only others who are online and not blocked are shown', () => {
  const { hear, people, onlineUsers, blocked } = openTyping();
  for (const user of [ann, ben, cy]) hear(user);
  expect(people.get()).toEqual([ben, cy]);
  blocked.set(new Set([cy.id]));
  expect(people.get()).toEqual([ben]);
  onlineUsers.set([ann, cy]);
  expect(people.get()).toEqual([]);
  hear(cy, false);
  blocked.set(new Set());
  expect(people.get()).toEqual([]);
});

it('typing events are subscribed while the features are available and the store has subscribers', () => {
  const { hear, people, become, availability, stop, log, listeners, timers } = openTyping();
  const [subscribed, unsubscribed] = ['+ SELECT * FROM typing', '- SELECT * FROM typing'];
  expect(log).toEqual([subscribed]);
  availability.set({ ...availability.get() });
  expect([log.length, listeners.size]).toEqual([1, 1]);
  availability.set({ status: 'loading', isReady: false } as LiveStatus);
  expect(log).toEqual([subscribed, unsubscribed]);
  availability.set({ status: 'ready', isReady: true } as LiveStatus);
  hear(ben);
  // A connection that is lost has no subscriptions.
  become('reconnecting');
  expect([log.length, listeners.size]).toEqual([3, 0]);
  expect(people.get()).toEqual([ben]);
  become('connected');
  stop();
  become('reconnecting');
  become('connected');
  expect(log.slice(2)).toEqual([subscribed, subscribed, unsubscribed]);
  expect([listeners.size, timers.size]).toEqual([0, 0]);
  expect(people.get()).toEqual([]);
  expect(record(people).values).toEqual([[]]);
});

it('nobody is typing after the connection was closed, or if the bindings lack the table', () => {
  const { hear, people, become, timers } = openTyping();
  hear(ben);
  become('closed');
  expect(people.get()).toEqual([]);
  expect(timers.size).toBe(0);
  expect(openTyping({ hasTable: false }).log).toEqual([]);
});

it('our typing is sent again after three seconds, and its end at once, if the start was sent', () => {
  const { setTyping, at, told } = openTyping();
  setTyping(false);
  setTyping(true);
  at(2_999);
  setTyping(true);
  expect(told).toEqual([true]);
  at(3_000);
  setTyping(true);
  setTyping(false);
  setTyping(false);
  setTyping(true);
  expect(told).toEqual([true, true, false, true]);
});

it('our typing is not sent without a connection, or to a server without the feature', () => {
  const { setTyping, become, availability, told } = openTyping();
  become('reconnecting');
  setTyping(true);
  become('connected');
  availability.set({ status: 'error' } as LiveStatus);
  setTyping(true);
  expect(told).toEqual([]);
  availability.set({ status: 'ready', isReady: true } as LiveStatus);
  setTyping(true);
  expect(told).toEqual([true]);
});
