import { afterEach, describe, expect, it, vi } from 'vitest';
import { FakeServer } from '../test/fake-server.ts';
import { tables } from '../test/module_bindings/index.ts';
import { record, setUp } from '../test/set-up.ts';
import { liveTable, memoryTokens } from './index.ts';

const KEY = 'spacetimedb:chat.example/chat';

/** Simulates `navigator.locks` for several tabs: one holder at a time per name, and the others queue. */
function fakeLocks() {
  const last = new Map<string, Promise<unknown>>();
  const request = (name: string, run: () => Promise<unknown>): Promise<unknown> => {
    const result = (last.get(name) ?? Promise.resolve()).then(run);
    last.set(name, result);
    return result;
  };
  return { request: vi.fn(request), last };
}

/** Tabs of one browser that are opened at the same moment. */
function openTabs(
  count: number,
  { locks, tokens = memoryTokens() }: { locks?: unknown; tokens?: ReturnType<typeof memoryTokens> } = {},
) {
  const server = new FakeServer();
  const tabs = Array.from({ length: count }, () => {
    const { connection } = setUp({ tokens, environment: { locks: locks as LockManager } }, server);
    record(liveTable(connection, tables.user));
    return connection;
  });
  const areConnected = () =>
    expect(tabs.map((tab) => tab.status.get().status)).toEqual(tabs.map(() => 'connected'));
  const identities = () => new Set(tabs.map((tab) => tab.identity.get()?.__identity__));
  return { server, tabs, tokens, areConnected, identities };
}

afterEach(() => vi.useRealTimers());

describe('tabs that open at the same moment on a first visit', () => {
  it('are different people without locks', async () => {
    const { areConnected, identities } = openTabs(2);
    await vi.waitFor(areConnected);
    expect(identities().size).toBe(2);
  });

  it('are the same person with locks', async () => {
    const locks = fakeLocks();
    const { areConnected, identities, tokens } = openTabs(3, { locks });
    await vi.waitFor(areConnected);
    expect(identities().size).toBe(1);
    expect(tokens.get(KEY)).toBe('token 1');
    expect(new Set(locks.request.mock.calls.map(([name]) => name))).toEqual(new Set([KEY]));
    // All locks are released.
    await locks.last.get(KEY);
  });

  it('wait for each other with the lock name from the token store', async () => {
    const locks = fakeLocks();
    const tokens = { ...memoryTokens(), lockName: (key: string) => `${key} and others` };
    const { areConnected, identities } = openTabs(2, { locks, tokens });
    await vi.waitFor(areConnected);
    expect(identities().size).toBe(1);
    expect(new Set(locks.request.mock.calls.map(([name]) => name))).toEqual(new Set([`${KEY} and others`]));
  });

  it('do not wait when there is a token', async () => {
    const locks = fakeLocks();
    const tokens = memoryTokens();
    tokens.set(KEY, 'mine');
    const { areConnected } = openTabs(2, { locks, tokens });
    await vi.waitFor(areConnected);
    expect(locks.request).not.toHaveBeenCalled();
  });

  it('wait only a few seconds for a tab that hangs', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const locks = fakeLocks();
    let release = (): void => undefined;
    void locks.request(KEY, () => new Promise<void>((resolve) => (release = resolve)));
    const { server, areConnected } = openTabs(2, { locks });
    await vi.advanceTimersByTimeAsync(4_900);
    expect(server.sockets).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(200);
    areConnected();
    // They get the lock later, and release it at once.
    release();
    await locks.last.get(KEY);
  });

  it('do not wait where locks are refused, as in a sandboxed frame', async () => {
    const { areConnected } = openTabs(2, {
      locks: { request: () => Promise.reject(new Error('Forbidden')) },
    });
    await vi.waitFor(areConnected);
  });

  it('open no connection and hold no lock if they are closed meanwhile', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const locks = fakeLocks();
    let release = (): void => undefined;
    void locks.request(KEY, () => new Promise<void>((resolve) => (release = resolve)));
    const { server, tabs } = openTabs(2, { locks });
    await vi.waitFor(() => expect(locks.request).toHaveBeenCalledTimes(3));
    for (const tab of tabs) tab.close();
    expect(vi.getTimerCount()).toBe(0);
    release();
    await locks.last.get(KEY);
    await vi.advanceTimersByTimeAsync(6_000);
    expect(server.sockets).toHaveLength(0);
  });
});
