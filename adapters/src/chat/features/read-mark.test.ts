import { Identity, type Timestamp } from 'spacetimedb';
import { expect, it, vi } from 'vitest';
import { NotConnectedError, ReducerError } from '../../errors.ts';
import { Scope, Store } from '../../store.ts';
import type { Connection, Environment } from '../../types.ts';
import { createReadMark } from './read-mark.ts';
import type { FeaturesDb } from './rows.ts';

const [ann, ben] = [new Identity(1n), new Identity(2n)];

/** A read mark with a connection, a clock and, in a browser, a page that the test moves. */
function openReadMark({ isBrowser = true } = {}) {
  const scope = new Scope(() => undefined);
  const status = new Store(scope, { status: 'connected' });
  const identity = new Store<Identity | undefined>(scope, ann);
  const told: bigint[] = [];
  const server = { answer: () => Promise.resolve() };
  const reducers = {
    markRead: ({ sent }: { sent: Timestamp }) => {
      told.push(sent.microsSinceUnixEpoch);
      return server.answer();
    },
  };
  const connection = {
    status: status.readable,
    identity: identity.readable,
    call: (run: (db: unknown) => Promise<void>) => run({ reducers }),
  } as unknown as Connection<FeaturesDb>;
  const timers = new Map<() => void, number>();
  const clock = { now: 0 };
  const page = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  const window = new EventTarget();
  const environment = {
    now: () => clock.now,
    setTimeout: (run: () => void, ms: number) => (timers.set(run, ms), run),
    clearTimeout: (run: unknown) => void timers.delete(run as () => void),
    ...(isBrowser && { window, document: page }),
  } as unknown as Environment;
  const { mark, local } = createReadMark(connection, environment, scope);
  const become = (next: string) => status.set({ status: next });
  const hide = (visibilityState: string) => {
    page.visibilityState = visibilityState;
    page.dispatchEvent(new Event('visibilitychange'));
  };
  const leave = () => window.dispatchEvent(new Event('pagehide'));
  const runTimers = () => [...timers.keys()].forEach((run) => run());
  return { ...{ mark, local, told, server, identity, clock, timers }, ...{ become, hide, leave, runTimers } };
}

it('the first mark is sent at once, and the last of the following ones after two seconds', () => {
  const { mark, local, told, clock, timers, runTimers } = openReadMark();
  mark(10n);
  clock.now += 500;
  for (const sent of [12n, 11n, 12n]) mark(sent);
  expect(local.get()).toEqual({ by: ann.__identity__, sent: 12n });
  expect(told).toEqual([10n]);
  expect([...timers.values()]).toEqual([1_500]);
  clock.now += 1_500;
  runTimers();
  expect(told).toEqual([10n, 12n]);
  expect(timers.size).toBe(0);
  clock.now += 2_000;
  mark(12n);
  mark(13n);
  expect(told).toEqual([10n, 12n, 13n]);
});

it('a waiting mark is sent once when the page is hidden or left', () => {
  for (const end of ['hide', 'leave'] as const) {
    const { mark, told, hide, leave, timers } = openReadMark();
    mark(10n);
    mark(11n);
    hide('visible');
    expect(told).toEqual([10n]);
    if (end === 'hide') hide('hidden');
    else leave();
    expect(told).toEqual([10n, 11n]);
    hide('hidden');
    leave();
    expect(told).toEqual([10n, 11n]);
    expect(timers.size).toBe(0);
  }
});

it('a mark without a connection is sent after the reconnect and two seconds', () => {
  const { mark, told, become, leave, clock, timers, runTimers } = openReadMark();
  mark(10n);
  become('reconnecting');
  mark(11n);
  leave();
  become('connected');
  expect(told).toEqual([10n]);
  become('reconnecting');
  clock.now += 2_000;
  runTimers();
  expect(told).toEqual([10n]);
  become('connected');
  become('reconnecting');
  mark(12n);
  clock.now += 5_000;
  mark(13n);
  expect([...timers.values()]).toEqual([2_000]);
  become('connected');
  expect(told).toEqual([10n, 11n]);
  runTimers();
  expect(told).toEqual([10n, 11n, 13n]);
});

it('a mark whose call was lost is sent again, unless the server refused it or a later one follows', async () => {
  const { mark, local, told, server, clock, timers, runTimers } = openReadMark();
  server.answer = () => Promise.reject(new NotConnectedError('Lost'));
  mark(10n);
  await vi.waitFor(() => expect([...timers.values()]).toEqual([2_000]));
  clock.now += 2_000;
  server.answer = () => Promise.reject(new ReducerError('refused', 'No'));
  runTimers();
  expect(told).toEqual([10n, 10n]);
  mark(11n);
  await Promise.resolve();
  expect(local.get()?.sent).toBe(11n);
  clock.now += 2_000;
  runTimers();
  await vi.waitFor(() => expect(local.get()).toBeUndefined());
  expect(told).toEqual([10n, 10n, 11n]);
  expect(timers.size).toBe(0);
});

it('a mark is not sent in the name of someone who signs in meanwhile', () => {
  const { mark, local, told, identity, clock, runTimers } = openReadMark();
  mark(10n);
  mark(12n);
  identity.set(ben);
  clock.now += 2_000;
  runTimers();
  expect(told).toEqual([10n]);
  expect(local.get()).toBeUndefined();
  mark(11n);
  identity.set(ann);
  mark(11n);
  expect(local.get()).toEqual({ by: ann.__identity__, sent: 11n });
});

it('a closed connection leaves no listeners on the page', async () => {
  const { mark, told, server, become, leave, timers } = openReadMark();
  server.answer = () => Promise.reject(new NotConnectedError('Closed'));
  mark(10n);
  become('closed');
  await Promise.resolve();
  mark(11n);
  expect(timers.size).toBe(0);
  become('connected');
  leave();
  expect(told).toEqual([10n]);
});

it('a mark is sent without a page, and before our identity is known', () => {
  const { mark, told, identity, clock, runTimers } = openReadMark({ isBrowser: false });
  identity.set(undefined);
  mark(10n);
  mark(11n);
  clock.now += 2_000;
  runTimers();
  expect(told).toEqual([10n, 11n]);
});

it('a waiting mark is dropped when the connection is closed', () => {
  const { mark, told, become, leave, timers } = openReadMark();
  mark(10n);
  mark(11n);
  become('closed');
  expect(timers.size).toBe(0);
  become('connected');
  leave();
  expect(told).toEqual([10n]);
});
