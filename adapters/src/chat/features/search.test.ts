import { Identity, Timestamp } from 'spacetimedb';
import { expect, it } from 'vitest';
import { NotConnectedError, ReducerError, UnknownOutcomeError } from '../../errors.ts';
import type { Connection } from '../../types.ts';
import type { Chat, ChatMessage } from '../types.ts';
import type { DetailsStores } from './details-stores.ts';
import type { FeaturesDb } from './rows.ts';
import { hasAllWords, search } from './search.ts';
import type { SearchOptions } from './types.ts';

const sender = new Identity(1n);
const author = { id: '1', identity: sender, name: 'Ann', label: 'Ann', online: true, isMe: true };
const message = (text: string, micros: bigint): ChatMessage => {
  const sent = new Timestamp(micros);
  const row = { sender, sent, text };
  return { key: text, author, text, sent: sent.toDate(), mine: true, status: 'sent', row };
};
const loaded = Array.from({ length: 60 }, (_, index) => message(`hello ${index}`, BigInt(index)));
const pending: ChatMessage = { ...message('hello', 99n), row: undefined };

/** Searches with a server that gives the specified answer. */
function openSearch(call: () => Promise<unknown>, status = 'connected') {
  const uses = { now: 0, all: 0 };
  let searches = 0;
  const calls: unknown[] = [];
  const searchMessages = (params: unknown) => (calls.push(params), call());
  const connection = {
    status: { get: () => ({ status }) },
    call: (run: (db: unknown) => Promise<unknown>) => run({ procedures: { searchMessages } }),
  } as unknown as Connection<FeaturesDb>;
  const stores = {
    keep: () => {
      uses.now++;
      uses.all++;
      return () => uses.now--;
    },
    annotations: {},
    toMessage: ({ text, sent }: { text: string; sent: Timestamp }) =>
      message(text, sent.microsSinceUnixEpoch),
  } as unknown as DetailsStores;
  const chat = { messages: { get: () => [...loaded, pending] } } as unknown as Chat;
  const find = async (text: string, options: SearchOptions = {}) => {
    const found = await search(connection, chat, stores, hasAllWords, text, options);
    expect(uses).toEqual({ now: 0, all: ++searches });
    return found.map((one) => one.text);
  };
  return { find, calls };
}

it('a text matches the words of a search in any order, ignoring case and accents', () => {
  expect(hasAllWords('Crème brûlée', 'BRULEE  creme')).toBe(true);
  expect(hasAllWords('creme', 'crème brûlée')).toBe(false);
  expect(hasAllWords('ﬁne', 'fine')).toBe(true);
});

it('the server is asked for 20 messages, or as many as wanted up to 50, before a time or a message', async () => {
  const { find, calls } = openSearch(() => Promise.resolve([]));
  await find('a');
  await find('b', { limit: 99, before: new Date(5) });
  await find('c', { limit: -1, before: message('x', 7n) });
  await find('d', { limit: 0, before: pending });
  expect(calls).toEqual([
    { text: 'a', before: undefined, limit: 20 },
    { text: 'b', before: new Timestamp(5_000n), limit: 50 },
    { text: 'c', before: new Timestamp(7n), limit: 0 },
    { text: 'd', before: Timestamp.fromDate(pending.sent), limit: 0 },
  ]);
});

it('the server’s results become messages', async () => {
  const { find } = openSearch(() => Promise.resolve([message('found', 1n).row]));
  expect(await find('a')).toEqual(['found']);
});

it('loaded messages are searched when the call is lost, but not when the server refuses it', async () => {
  for (const error of [new NotConnectedError('Lost'), new UnknownOutcomeError('Lost')])
    expect(await openSearch(() => Promise.reject(error)).find('hello 1', { limit: 1 })).toEqual(['hello 51']);
  const { find } = openSearch(() => Promise.reject(new ReducerError('refused', 'Too short')));
  await expect(find('hello')).rejects.toThrow('Too short');
});

it.each(['offline', 'reconnecting'])(
  'while %s, loaded messages are found, newest first, without a call',
  async (status) => {
    const { find, calls } = openSearch(() => Promise.resolve([]), status);
    expect(await find('hello', { limit: 2 })).toEqual(['hello 59', 'hello 58']);
    expect(await find('hello', { limit: 99 })).toHaveLength(50);
    expect(await find('hello', { before: message('x', 2n) })).toEqual(['hello 1', 'hello 0']);
    expect(await find(' ')).toEqual([]);
    expect(calls).toEqual([]);
  },
);
