import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeLocks } from '../../testing/fake-locks.ts';
import { openDraft } from './draft.ts';

const ROOM = 'host/room';
const TAB = 'spacetimedb-chat:tab';
let held: Map<string, () => void>;
let locks: FakeLocks;

/** From now on the code runs in another tab. @param copyOf the name of the tab that it was made from */
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

it('gives back what was unsent and what was being written, after a reload', async () => {
  (await openDraft(ROOM)).save('half a sen', ['not sent']);
  locks.release();
  expect((await openDraft(ROOM)).load()).toBe('not sent\nhalf a sen');
  expect((await openDraft('host/other')).load()).toBe('');
});

it('lets the next one have it where the room is left and the page stays', async () => {
  const end = new AbortController();
  (await openDraft(ROOM, end.signal)).save('half a sen', []);
  const name = sessionStorage.getItem(TAB);
  end.abort();
  expect((await openDraft(ROOM)).load()).toBe('half a sen');
  expect(sessionStorage.getItem(TAB)).toBe(name);
});

it('waits for the page that is being reloaded to let go of it', async () => {
  (await openDraft(ROOM)).save('half a sen', []);
  const old = locks;
  const again = openDraft(ROOM);
  setTimeout(() => old.release(), 20);
  expect((await again).load()).toBe('half a sen');
  expect(Object.keys(localStorage)).toHaveLength(1);
});

it('keeps nothing when there is nothing', async () => {
  const draft = await openDraft(ROOM);
  draft.save('x', []);
  draft.save('', []);
  expect(localStorage).toHaveLength(0);
});

describe('in several tabs', () => {
  it('is one of each, which none takes from another', async () => {
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

  it('is found by the next tab when its own is gone', async () => {
    (await openDraft(ROOM)).save('from one', ['not sent']);
    const first = locks;
    openTab();
    (await openDraft(ROOM)).save('from two', []);
    first.release();
    openTab();
    expect((await openDraft(ROOM)).load()).toBe('not sent\nfrom one');
    // Taken once: it is not found again by another.
    openTab();
    expect((await openDraft(ROOM)).load()).toBe('');
  });

  it('is one of each where a tab is a copy of another', async () => {
    const one = await openDraft(ROOM);
    one.save('from one', []);
    openTab(sessionStorage.getItem(TAB) ?? '');
    const two = await openDraft(ROOM);
    expect(two.load()).toBe('');
    two.save('from two', []);
    one.save('still from one', []);
    expect(Object.values(localStorage).sort()).toEqual(['["from two"]', '["still from one"]']);
  });

  it('rather stands in two than in none where there are no locks', async () => {
    Reflect.deleteProperty(navigator, 'locks');
    (await openDraft(ROOM)).save('from one', []);
    sessionStorage.clear();
    expect((await openDraft(ROOM)).load()).toBe('from one');
  });
});

it('begins anew with what it cannot read, or is not allowed to', async () => {
  sessionStorage.setItem(TAB, 'here');
  localStorage.setItem(`spacetimedb-chat:draft:${ROOM}:here`, '{');
  expect((await openDraft(ROOM)).load()).toBe('');
  locks.release();
  vi.spyOn(Storage.prototype, 'getItem').mockImplementation(() => {
    throw new Error('forbidden');
  });
  expect((await openDraft(ROOM)).load()).toBe('');
});
