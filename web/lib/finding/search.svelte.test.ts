import { ReducerError } from 'spacetimedb-stores';
import type { ChatMessage } from 'spacetimedb-stores/chat';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { message, user } from '../../testing/fixtures.ts';
import { MessageSearch } from './search.svelte.ts';

const page = Array.from({ length: 20 }, (_, index) => message(user('Ada'), `${index}`));
const asked = vi.fn<(text: string, options?: object) => Promise<readonly ChatMessage[]>>();
let search: MessageSearch;

beforeEach(() => {
  vi.useFakeTimers();
  asked.mockReset().mockResolvedValue(page);
  search = new MessageSearch(() => ({ search: asked }));
});
afterEach(() => vi.useRealTimers());

const state = () => {
  const { sought, found, hasMore, isSearching, problem } = search;
  return { sought, found: found.length, hasMore, isSearching, problem };
};
const atRest = { sought: '', found: 0, hasMore: false, isSearching: false, problem: undefined };

it('waits until typing pauses, and then searches for the trimmed text', async () => {
  expect(state()).toEqual(atRest);
  search.type('gr');
  await vi.advanceTimersByTimeAsync(249);
  search.type(' green ');
  await vi.advanceTimersByTimeAsync(249);
  expect(asked).not.toHaveBeenCalled();
  expect(search.isSearching).toBe(true);
  await vi.advanceTimersByTimeAsync(1);
  expect(asked).toHaveBeenCalledExactlyOnceWith('green', { before: undefined, limit: 20 });
  expect(state()).toEqual({ ...atRest, sought: 'green', found: 20, hasMore: true });
});

it('clears the results and the error with the text', async () => {
  search.type('green');
  await search.now();
  asked.mockRejectedValue(new Error('broken'));
  search.type('greens');
  await search.now();
  search.type(' ');
  expect(state()).toEqual(atRest);
  await search.now();
  expect(asked).toHaveBeenCalledTimes(2);
});

it('searches at once on request, unless the field is empty or the answer has arrived', async () => {
  await search.now();
  expect(asked).not.toHaveBeenCalled();
  search.type('green');
  await search.now();
  await vi.advanceTimersByTimeAsync(250);
  await search.now();
  expect(asked).toHaveBeenCalledTimes(1);
  // The same text is being searched for again.
  search.type('green');
  await search.now();
  expect(asked).toHaveBeenCalledTimes(2);
  asked.mockRejectedValueOnce(new Error('broken'));
  search.type('green');
  await search.now();
  await search.now();
  expect(asked).toHaveBeenCalledTimes(4);
  search.type('other');
  search.stop();
  await search.now();
  expect(asked).toHaveBeenLastCalledWith('other', expect.anything());
});

it('adds older messages until there are fewer than a page of them', async () => {
  search.type('green');
  await search.now();
  await search.more();
  expect(asked).toHaveBeenLastCalledWith('green', { before: page.at(-1), limit: 20 });
  expect(state()).toMatchObject({ found: 40, hasMore: true });
  asked.mockResolvedValue(page.slice(1));
  const more = search.more();
  // One request at a time.
  await search.more();
  await more;
  expect(state()).toMatchObject({ found: 59, hasMore: false, isSearching: false });
  expect(asked).toHaveBeenCalledTimes(3);
});

it('requests no older messages without results, and keeps the results if that fails', async () => {
  await search.more();
  expect(asked).not.toHaveBeenCalled();
  search.type('green');
  await search.now();
  asked.mockRejectedValue(new ReducerError('refused', 'Slow down'));
  await search.more();
  expect(state()).toEqual({
    ...atRest,
    sought: 'green',
    found: 20,
    hasMore: true,
    problem: { reason: 'Slow down' },
  });
});

it('gives a reason only for refusals', async () => {
  search.type('green');
  for (const error of [new Error('broken'), new ReducerError('failed', 'panic')]) {
    asked.mockRejectedValue(error);
    await search.now();
    expect(search.problem).toEqual({ reason: undefined });
  }
});

it.each(['answer', 'failure'])('ignores a late %s', async (kind) => {
  const settles: (() => void)[] = [];
  asked.mockImplementation(
    () =>
      new Promise((resolve, reject) => {
        settles.push(() => (kind === 'answer' ? resolve(page) : reject(new Error('late'))));
      }),
  );
  search.type('one');
  const first = search.now();
  search.type('two');
  const second = search.now();
  settles[0]?.();
  await first;
  expect(state()).toEqual({ ...atRest, isSearching: true });
  search.stop();
  expect(search.isSearching).toBe(false);
  settles[1]?.();
  await second;
  expect(state()).toEqual(atRest);
});

it('sends no request once it is stopped', async () => {
  search.type('green');
  search.stop();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(asked).not.toHaveBeenCalled();
});

it('finds nothing if the server cannot search', async () => {
  search = new MessageSearch(() => undefined);
  search.type('green');
  await search.now();
  expect(state()).toEqual({ ...atRest, sought: 'green' });
});
