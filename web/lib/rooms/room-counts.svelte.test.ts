import { beforeEach, expect, it, vi } from 'vitest';
import { RoomCounts } from './room-counts.svelte.ts';

const asked = vi.fn<(url: string, init: RequestInit) => Promise<Response>>();
const answer = (body: unknown, status = 200): Response => new Response(JSON.stringify(body), { status });
const visit = (...rooms: string[]): void => {
  for (const room of rooms) localStorage.setItem(`spacetimedb-chat:read:chat.example.com/${room}`, '1');
};
const urls = (): string[] => asked.mock.calls.map(([url]) => url);

beforeEach(() => {
  asked.mockReset();
  asked.mockImplementation(() => Promise.resolve(answer([3, 1])));
  vi.stubGlobal('fetch', asked);
  visit('help', 'music');
});

function counts(databases: readonly string[] = ['help', 'music']): RoomCounts {
  return new RoomCounts({
    uri: 'wss://chat.example.com/',
    databases: () => databases,
    tokenFor: (database) => (database === 'stranger' ? undefined : 'a-token'),
  });
}

it('sends a request to each room, as the reader', async () => {
  const rooms = counts();
  expect(rooms.of('help')).toEqual({ messages: 0, mentions: 0 });
  await rooms.refresh();
  expect(urls()).toEqual([
    'https://chat.example.com/v1/database/help/call/count_unread',
    'https://chat.example.com/v1/database/music/call/count_unread',
  ]);
  expect(asked.mock.calls[0]?.[1]).toMatchObject({
    method: 'POST',
    body: '[]',
    headers: { Authorization: 'Bearer a-token', 'Content-Type': 'application/json' },
  });
  expect(rooms.of('help')).toEqual({ messages: 3, mentions: 1 });
});

it('understands an answer with names', async () => {
  asked.mockImplementation(() => Promise.resolve(answer({ messages: 100, mentions: 0 })));
  const rooms = counts();
  await rooms.refresh();
  expect(rooms.of('music')).toEqual({ messages: 100, mentions: 0 });
});

it('skips rooms where the reader has never been, or has no identity', async () => {
  visit('stranger');
  await counts(['attic', 'stranger']).refresh();
  expect(asked).not.toHaveBeenCalled();
});

it.each([404, 403])('does not ask again after the answer %i', async (status) => {
  asked.mockImplementation(() => Promise.resolve(answer('No such procedure', status)));
  const rooms = counts(['help']);
  await rooms.refresh();
  await rooms.refresh();
  expect(asked).toHaveBeenCalledOnce();
  expect(rooms.of('help')).toEqual({ messages: 0, mentions: 0 });
});

it('keeps the last counts while the server does not answer, and asks again', async () => {
  const rooms = counts(['help']);
  await rooms.refresh();
  asked.mockImplementation(() => Promise.reject(new TypeError('down')));
  await rooms.refresh();
  for (const status of [429, 500]) {
    asked.mockImplementation(() => Promise.resolve(answer('Busy', status)));
    await rooms.refresh();
  }
  expect(rooms.of('help')).toEqual({ messages: 3, mentions: 1 });
  asked.mockImplementation(() => Promise.resolve(answer([4, 1])));
  await rooms.refresh();
  expect(rooms.of('help')).toEqual({ messages: 4, mentions: 1 });
});

it('drops the counts of a room that is opened, or that no longer admits the reader', async () => {
  const rooms = counts();
  await rooms.refresh();
  rooms.clear('help');
  expect(rooms.of('help')).toEqual({ messages: 0, mentions: 0 });
  expect(rooms.of('music')).toEqual({ messages: 3, mentions: 1 });
  asked.mockImplementation(() => Promise.resolve(answer('Banned', 403)));
  await rooms.refresh();
  expect(rooms.of('music')).toEqual({ messages: 0, mentions: 0 });
});

it('drops an answer about a room that was opened in the meantime', async () => {
  let databases = ['help'];
  const rooms = new RoomCounts({
    uri: 'https://chat.example.com/',
    databases: () => databases,
    tokenFor: () => 'a-token',
  });
  const refreshed = rooms.refresh();
  databases = [];
  await refreshed;
  expect(rooms.of('help')).toEqual({ messages: 0, mentions: 0 });
});

it('asks at first, every minute, and when the page becomes visible, but not in the background', async () => {
  vi.useFakeTimers();
  const hidden = vi.spyOn(document, 'hidden', 'get').mockReturnValue(false);
  const stop = counts(['help']).start();
  await vi.advanceTimersByTimeAsync(0);
  expect(asked).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).toHaveBeenCalledTimes(2);
  hidden.mockReturnValue(true);
  await vi.advanceTimersByTimeAsync(300_000);
  expect(asked).toHaveBeenCalledTimes(2);
  hidden.mockReturnValue(false);
  document.dispatchEvent(new Event('visibilitychange'));
  await vi.advanceTimersByTimeAsync(0);
  expect(asked).toHaveBeenCalledTimes(3);
  stop();
  document.dispatchEvent(new Event('visibilitychange'));
  await vi.advanceTimersByTimeAsync(120_000);
  expect(asked).toHaveBeenCalledTimes(3);
  hidden.mockRestore();
});
