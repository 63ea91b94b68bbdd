import type { ChatMessage } from 'spacetimedb-stores/chat';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { message, user } from '../../testing/fixtures.ts';
import type { MessageFocus } from './message-focus.svelte.ts';
import { MessageJump } from './message-jump.svelte.ts';
import type { StickToBottom } from './stick-to-bottom.svelte.ts';

const [one, two] = [message(user('Ada'), 'one'), message(user('Ada'), 'two')];
const done: string[] = [];
const focus = vi.fn((key: string, align: string) => {
  done.push(`focus ${key} ${align}`);
  return Promise.resolve(true);
});
const stick = { release: () => done.push('release'), settle: () => done.push('settle') };
let items: ChatMessage[];
let jump: MessageJump;

beforeEach(() => {
  vi.useFakeTimers();
  done.length = 0;
  items = [one];
  jump = new MessageJump(
    { focus } as unknown as MessageFocus,
    stick as unknown as StickToBottom,
    () => items,
  );
});
afterEach(() => jump.stop());

it('leaves the end of the list, focuses the message in the middle, and marks it for a while', async () => {
  expect(await jump.show(one.key)).toBe(true);
  expect(done).toEqual(['release', `focus ${one.key} center`, 'settle']);
  expect(jump.marked).toBe(one.key);
  vi.advanceTimersByTime(2_499);
  expect(jump.marked).toBe(one.key);
  vi.advanceTimersByTime(1);
  expect(jump.marked).toBeUndefined();
});

it('marks the last message for as long as if it were the only one', async () => {
  items.push(two);
  await jump.show(one.key);
  vi.advanceTimersByTime(2_000);
  await jump.show(two.key);
  vi.advanceTimersByTime(2_000);
  expect(jump.marked).toBe(two.key);
  jump.stop();
  vi.advanceTimersByTime(2_000);
  expect(jump.marked).toBe(two.key);
});

it('reports that a message is not in the list, or could not be focused', async () => {
  expect(await jump.show(two.key)).toBe(false);
  expect(done).toEqual([]);
  expect(jump.marked).toBeUndefined();
  focus.mockResolvedValueOnce(false);
  expect(await jump.show(one.key)).toBe(false);
});

it('waits for the list to show the found message', async () => {
  const shown = jump.showFound(() => Promise.resolve(two));
  expect(jump.isSearching).toBe(true);
  await vi.advanceTimersByTimeAsync(2_900);
  expect(jump.isSearching).toBe(true);
  items.push(two);
  await vi.advanceTimersByTimeAsync(50);
  expect(await shown).toBe(true);
  expect(jump.isSearching).toBe(false);
  expect(jump.marked).toBe(two.key);
});

it('waits no longer than three seconds', async () => {
  const shown = jump.showFound(() => Promise.resolve(two));
  await vi.advanceTimersByTimeAsync(3_050);
  expect(await shown).toBe(false);
  expect(jump.isSearching).toBe(false);
});

it('reports that nothing was found, or why, and stops searching', async () => {
  expect(await jump.showFound(() => Promise.resolve(undefined))).toBe(false);
  await expect(jump.showFound(() => Promise.reject(new Error('offline')))).rejects.toThrow('offline');
  expect(jump.isSearching).toBe(false);
  expect(done).toEqual([]);
});
