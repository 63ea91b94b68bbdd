import { Identity, Timestamp } from 'spacetimedb';
import { expect, it } from 'vitest';
import type { Internals } from '../../internals.ts';
import { Scope, Store } from '../../store.ts';
import { TableMirror, type Changes } from '../../table-mirror.ts';
import type { Live, LiveStatus } from '../../types.ts';
import type { Moment } from '../moment-map.ts';
import type { ChatParts } from '../parts.ts';
import type { Span } from '../window.ts';
import { noRows } from './annotation-index.ts';
import { Annotations } from './annotations.ts';
import type { RuleRow } from './rows.ts';

const sender = new Identity(1n);
const at = (micros: number) => ({ sender, sent: new Timestamp(BigInt(micros)) });
const statusOf = (status: string) =>
  ({ status, isReady: status === 'ready', isStale: status === 'stale' }) as LiveStatus;

/** Messages since second 1 are loaded. The test is the server. */
function openAnnotations(status = 'ready') {
  const scope = new Scope((error) => {
    throw error;
  });
  const mirrors = new Map<string, TableMirror>();
  const mirrorOf = (table: string) => {
    const known = mirrors.get(table);
    if (known) return known;
    const mirror = new TableMirror();
    mirror.attach([], table === 'message' ? undefined : 'id');
    mirrors.set(table, mirror);
    return mirror;
  };
  const active: string[] = [];
  let opened = 0;
  const subscriptions = {
    use(table: string, sql: string) {
      opened++;
      active.push(`${table}: ${sql}`);
      return { table, sql, mirror: mirrorOf(table), status: 'loading' };
    },
    release: ({ table, sql }: { table: string; sql: string }) =>
      void active.splice(active.indexOf(`${table}: ${sql}`), 1),
  };
  const spans = new Store<readonly Span[]>(scope, [{ from: 1_000, until: undefined }]);
  const rules = { status: new Store(scope, statusOf(status)) };
  const people = { listeners: new Set<() => void>(), changed: new Set([7n]), seen: [] as Changes[] };
  const log: unknown[] = [];
  const parts = {
    spans,
    keepPeople: () => ({
      people: { ...people, update: (changes: Changes) => people.seen.push(changes) },
      release: () => log.push('people released'),
    }),
    follow: () => log.push('followed'),
  };
  const shown: { messages: Moment[]; arePinsNew: boolean }[] = [];
  let states = 0;
  const annotations = new Annotations(
    { scope, subscriptions } as unknown as Internals,
    parts as unknown as ChatParts,
    rules as unknown as Live<readonly RuleRow[]>,
    {
      onRows: (messages, arePinsNew) => shown.push({ messages: [...messages], arePinsNew }),
      onPeople: (changed) => log.push(...changed),
      onStatus: () => states++,
    },
  );
  /** Applies the rows of a transaction and returns what it shows. */
  const commit = (table: string, inserts: readonly object[], deletes: readonly object[] = []) => {
    const mirror = mirrorOf(table);
    for (const row of deletes) mirror.record(row, true);
    for (const row of inserts) mirror.record(row, false);
    const changes = new Map([[mirror, mirror.flush(false) as never]]);
    const before = states;
    annotations.update(changes);
    expect(states).toBe(before + 1);
    expect(people.seen.at(-1)).toBe(changes);
    return shown.at(-1);
  };
  return {
    ...{ annotations, active, spans, rules, people, log, shown, mirrorOf, commit },
    opened: () => opened,
    states: () => states,
  };
}

const pinned = [
  'pin: SELECT * FROM pin',
  'message: SELECT message.* FROM pin JOIN message ON message.sent = pin.sent',
];
const answered = 'message: SELECT message.* FROM reply JOIN message ON message.sent = reply.to_sent';
const where = (condition: string) => [
  `reply: SELECT * FROM reply WHERE sent ${condition}`,
  `reaction: SELECT * FROM reaction WHERE sent ${condition}`,
  `messageEdit: SELECT * FROM message_edit WHERE sent ${condition}`,
  `mention: SELECT * FROM mention WHERE sent ${condition}`,
  `${answered} WHERE reply.sent ${condition}`,
];
const span = where(`>= '1970-01-01T00:00:01.000Z'`);
const early = [
  ...where(`= '1970-01-01T00:00:00.999999Z'`),
  `message: SELECT * FROM message WHERE sent = '1970-01-01T00:00:00.999999Z'`,
];

it('details of the loaded messages are subscribed when the server has the tables', () => {
  const { annotations, active, rules, states } = openAnnotations('idle');
  expect(annotations.progress.status).toBe('loading');
  expect(annotations.messageRow(at(0))).toBeUndefined();
  expect([active, annotations.pins]).toEqual([[], []]);
  const before = states();
  rules.status.set(statusOf('error'));
  expect(states()).toBe(before + 1);
  expect(annotations.progress.status).toBe('error');
  for (const status of ['ready', 'stale'])
    for (const next of ['loading', status]) {
      rules.status.set(statusOf(next));
      expect(active).toEqual(next === 'loading' ? [] : [...pinned, ...span]);
    }
  expect(annotations.progress.status).toBe('loading');
});

it('messages outside the loaded spans are subscribed while they have subscribers', () => {
  const { annotations, active, spans, opened, shown, commit } = openAnnotations();
  const all = [...pinned, ...span];
  commit('reaction', [{ id: 1n, ...at(1_000_000), person: sender, emoji: '👍' }]);
  shown.length = 0;
  const stopLoaded = annotations.watch(at(1_000_000).sent);
  expect(active).toEqual(all);
  const stopFirst = annotations.watch(at(999_999).sent);
  expect(active).toEqual([...all, ...early]);
  const stopSecond = annotations.watch(at(999_999).sent);
  expect(opened()).toBe(all.length + early.length);
  stopFirst();
  expect(active).toEqual([...all, ...early]);
  stopSecond();
  expect(active).toEqual(all);

  const stop = annotations.watch(at(999_999).sent);
  const older = { from: undefined, until: 1_000 };
  spans.set([...spans.get(), older]);
  expect(active).toEqual([...all, ...where(`< '1970-01-01T00:00:01.000Z'`)]);
  spans.set([{ from: 1_000, until: undefined }]);
  expect(active).toEqual([...all, ...early]);
  stop();
  expect(shown.flatMap(({ messages }) => messages)).toEqual([]);
  spans.set([]);
  expect(active).toEqual([...pinned, ...where(`= '1970-01-01T00:00:01.000000Z'`), expect.any(String)]);
  stopLoaded();
  expect(active).toEqual(pinned);
  const pin = { id: 2n, ...at(0), at: at(0).sent };
  expect(commit('pin', [pin])).toEqual({ messages: [pin], arePinsNew: true });
});

it('changed rows report their messages, and changed messages report their replies', () => {
  const { annotations, commit, log } = openAnnotations();
  const [first, second] = [at(1_000_000), at(2_000_000)];
  const reaction = { id: 1n, ...first, person: sender, emoji: '👍' };
  expect(commit('reaction', [reaction])).toEqual({ messages: [reaction], arePinsNew: false });
  expect(annotations.rowsOf(first).reaction).toEqual([reaction]);
  const reply = { id: 2n, ...second, toSender: sender, toSent: first.sent };
  commit('reply', [reply]);
  expect(log).toEqual([]);
  const row = { ...first, text: 'Hello' };
  expect(commit('message', [row])).toEqual({ messages: [row, reply], arePinsNew: false });
  expect(log).toEqual(['followed']);
  expect(annotations.messageRow(first)).toBe(row);
  expect(annotations.messageRow(second)).toBeUndefined();
  expect(annotations.messageRow(at(999_999))).toBeUndefined();
  expect(annotations.messageRow({ ...first, sender: new Identity(0n) })).toBeUndefined();

  const pin = { id: 3n, ...first, at: second.sent };
  expect(commit('pin', [pin])).toEqual({ messages: [pin], arePinsNew: true });
  expect(annotations.pins).toEqual([pin]);
  const edited = { ...row, text: 'HELLO' };
  expect(commit('message', [edited], [row])?.arePinsNew).toBe(true);
  expect(commit('message', [{ ...second, text: 'Hi' }])?.arePinsNew).toBe(false);
  expect(commit('reaction', [], [reaction])).toEqual({ messages: [reaction], arePinsNew: false });
  expect(annotations.rowsOf(first).reaction).toEqual([]);
});

it('rows that already exist are shown when subscribed, and removed when unsubscribed', () => {
  const { annotations, rules, mirrorOf, shown } = openAnnotations('loading');
  const reaction = { id: 1n, ...at(1_000_000), person: sender, emoji: '👍' };
  const pin = { id: 2n, ...at(2_000_000), at: new Timestamp(1n) };
  for (const [table, row] of Object.entries({ reaction, pin })) {
    mirrorOf(table).record(row, false);
    mirrorOf(table).flush(false);
  }
  const both = { messages: [reaction, pin], arePinsNew: true };
  rules.status.set(statusOf('ready'));
  expect(shown.at(-1)).toEqual(both);
  expect(annotations.rowsOf(reaction).reaction).toEqual([reaction]);
  expect(annotations.pins).toEqual([pin]);
  // The transaction that made the features available may have brought them.
  const change = { before: undefined, after: reaction } as never;
  annotations.update(new Map([[mirrorOf('reaction'), [change]]]));
  expect(annotations.rowsOf(reaction).reaction).toEqual([reaction]);
  rules.status.set(statusOf('error'));
  expect(shown.at(-1)).toEqual(both);
  expect(annotations.rowsOf(reaction)).toBe(noRows);
  expect(annotations.pins).toEqual([]);
});

it('nothing is subscribed or followed after the end', () => {
  const { annotations, active, spans, rules, people, log } = openAnnotations();
  for (const run of people.listeners) run();
  annotations.stop();
  expect(log).toEqual([7n, 'people released']);
  expect(active).toEqual([]);
  spans.set([]);
  rules.status.set(statusOf('stale'));
  expect(active).toEqual([]);
  expect(people.listeners.size).toBe(0);
});
