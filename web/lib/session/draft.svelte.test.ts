import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeLocks } from '../../testing/fake-locks.ts';
import { openDraft } from './draft.ts';

const ROOM = 'host/room';
const TAB = 'spacetimedb-chat:tab';
let held: Map<string, () => void>;
let locks: FakeLocks;

/** Runs the code that follows in another tab. @param copyOf name of the tab that was duplicated */
function openTab(copyOf?: string): FakeLocks {
  sessionStorage.clear();
  if (copyOf !== undefined) sessionStorage.setItem(TAB, copyOf);
  locks = new FakeLocks(held);
  Object.defineProperty(navigator, 'locks', { configurable: true, value: locks });
  return locks;
}

beforeEach(() => {
  held = new Map();
  openTab();
});
afterEach(() => {
  Reflect.deleteProperty(navigator, 'locks');
  vi.restoreAllMocks();
});

it('unsent messages and the draft are restored after a reload', async () => {
  (await openDraft(ROOM)).save('half a sen', ['not sent']);
  locks.release();
  expect((await openDraft(ROOM)).load()).toBe('not sent\nhalf a sen');
  expect((await openDraft('host/other')).load()).toBe('');
});

it('drafts of other rooms and other things in the storage stay where they are', async () => {
  const strangers = {
    'spacetimedb-chat:draft:host/other:tab': '["of another room"]',
    'another-program': '["of another program"]',
  };
  for (const [key, value] of Object.entries(strangers)) localStorage.setItem(key, value);
  const draft = await openDraft(ROOM);
  expect(draft.load()).toBe('');
  draft.save('mine', []);
  for (const [key, value] of Object.entries(strangers)) expect(localStorage.getItem(key)).toBe(value);
});

it('a draft can be restored by another component when the room is left without a reload', async () => {
  const end = new AbortController();
  (await openDraft(ROOM, end.signal)).save('half a sen', []);
  const name = sessionStorage.getItem(TAB);
  end.abort();
  expect((await openDraft(ROOM)).load()).toBe('half a sen');
  expect(sessionStorage.getItem(TAB)).toBe(name);
});

it('a draft of a room that was left while it was opened is free at once', async () => {
  (await openDraft(ROOM, AbortSignal.abort())).save('half a sen', []);
  const name = sessionStorage.getItem(TAB);
  expect((await openDraft(ROOM)).load()).toBe('half a sen');
  expect(sessionStorage.getItem(TAB)).toBe(name);
});

it('a draft waits until the reloading page has released it', async () => {
  (await openDraft(ROOM)).save('half a sen', []);
  const old = locks;
  const requested = vi.spyOn(locks, 'request');
  const again = openDraft(ROOM);
  expect(requested).toHaveBeenCalledOnce();
  old.release();
  expect((await again).load()).toBe('half a sen');
  expect(Object.keys(localStorage)).toEqual([
    `spacetimedb-chat:draft:${ROOM}:${sessionStorage.getItem(TAB)}`,
  ]);
});

it('a draft is stored when it or an unsent message has changed, and only then', async () => {
  const draft = await openDraft(ROOM);
  const stored = vi.spyOn(Storage.prototype, 'setItem');
  draft.save('b', ['a']);
  draft.save('b', ['a']);
  expect(stored).toHaveBeenCalledOnce();
  draft.save('ab', []);
  expect(Object.values(localStorage)).toEqual(['["ab"]']);
});

it('an empty draft is not stored', async () => {
  const draft = await openDraft(ROOM);
  draft.save('x', []);
  draft.save('', []);
  expect(localStorage).toHaveLength(0);
});

describe('several tabs', () => {
  it('have one draft each', async () => {
    const one = await openDraft(ROOM);
    one.save('from one', []);
    const first = locks;
    const name = sessionStorage.getItem(TAB) ?? '';
    openTab();
    const two = await openDraft(ROOM);
    expect(two.load()).toBe('');
    two.save('from two', []);
    two.save('', []);
    first.release();
    openTab(name);
    expect((await openDraft(ROOM)).load()).toBe('from one');
  });

  it('restore the draft of a closed tab', async () => {
    (await openDraft(ROOM)).save('from one', ['not sent']);
    const first = locks;
    openTab();
    (await openDraft(ROOM)).save('from two', []);
    first.release();
    const third = openTab();
    expect((await openDraft(ROOM)).load()).toBe('not sent\nfrom one');
    // It is restored only once.
    openTab();
    expect((await openDraft(ROOM)).load()).toBe('');
    // The tab that restored it was closed before anything was written.
    third.release();
    openTab();
    expect((await openDraft(ROOM)).load()).toBe('not sent\nfrom one');
  });

  it('have one draft each after a tab was duplicated', async () => {
    const one = await openDraft(ROOM);
    one.save('from one', []);
    openTab(sessionStorage.getItem(TAB) ?? '');
    const two = await openDraft(ROOM);
    expect(two.load()).toBe('');
    two.save('from two', []);
    one.save('still from one', []);
    expect(Object.values(localStorage).sort()).toEqual(['["from two"]', '["still from one"]']);
    locks.release();
    openTab();
    expect((await openDraft(ROOM)).load()).toBe('from two');
  });

  it('restore their own draft once after a reload without the Web Locks API', async () => {
    Reflect.deleteProperty(navigator, 'locks');
    (await openDraft(ROOM)).save('half a sen', []);
    const name = sessionStorage.getItem(TAB);
    expect((await openDraft(ROOM)).load()).toBe('half a sen');
    expect(sessionStorage.getItem(TAB)).toBe(name);
  });

  it('restore a draft twice rather than never without the Web Locks API', async () => {
    Reflect.deleteProperty(navigator, 'locks');
    (await openDraft(ROOM)).save('from one', []);
    sessionStorage.clear();
    expect((await openDraft(ROOM)).load()).toBe('from one');
  });
});

it('a draft restores only texts', async () => {
  localStorage.setItem(`spacetimedb-chat:draft:${ROOM}:closed`, '["kept", 7, "", null, "too"]');
  expect((await openDraft(ROOM)).load()).toBe('kept\ntoo');
});

it('a draft starts empty in a browser that forbids any access to its storage', async () => {
  const forbid = (): never => {
    throw new Error('forbidden');
  };
  vi.spyOn(window, 'localStorage', 'get').mockImplementation(forbid);
  vi.spyOn(window, 'sessionStorage', 'get').mockImplementation(forbid);
  const draft = await openDraft(ROOM);
  expect(draft.load()).toBe('');
  expect(() => draft.save('half a sen', [])).not.toThrow();
});

it('a draft starts empty if storage is unreadable or forbidden', async () => {
  sessionStorage.setItem(TAB, 'here');
  localStorage.setItem(`spacetimedb-chat:draft:${ROOM}:here`, '{');
  expect((await openDraft(ROOM)).load()).toBe('');
  locks.release();
  vi.spyOn(Storage.prototype, 'getItem').mockImplementation(() => {
    throw new Error('forbidden');
  });
  expect((await openDraft(ROOM)).load()).toBe('');
});
