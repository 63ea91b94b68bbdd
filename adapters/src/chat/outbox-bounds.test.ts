/** The bounds of the outbox: how many messages wait, and which rows they match. */
import { Identity, Timestamp } from 'spacetimedb';
import { expect, it, vi } from 'vitest';
import { FakeServer } from '../../test/fake-server.ts';
import { record, setUp } from '../../test/set-up.ts';
import { NotConnectedError, UnknownOutcomeError } from '../errors.ts';
import { Scope, Store } from '../store.ts';
import type { Connection, Environment } from '../types.ts';
import { createChat, type ChatOptions } from './index.ts';
import { createOutbox } from './outbox.ts';
import type { ChatDb, ChatUser } from './types.ts';

const me = new Identity(1n);

async function open(options: ChatOptions = {}) {
  const server = new FakeServer();
  server.insertUser({ identity: me, name: 'Me' });
  const { connection } = setUp({ environment: { now: () => server.clock } }, server);
  const chat = createChat(connection, options);
  record(chat.messages);
  const reaches = (status: string) =>
    vi.waitFor(() => expect(chat.messages.status.get().status).toBe(status));
  await reaches('ready');
  const shown = () => chat.messages.get().map(({ text, status }) => `${text} ${status}`);
  return { server, chat, reaches, shown };
}

it('a message whose answer was lost is not matched with a hidden row that has the same text', async () => {
  const { server, chat, reaches, shown } = await open();
  const { onCall } = server;
  server.onCall = (call) => {
    server.down = true;
    call.socket.drop();
    return undefined;
  };
  chat.sendMessage('hello').catch(() => undefined);
  await reaches('stale');
  server.onCall = onCall;
  server.down = false;
  await reaches('ready');
  expect(shown()).toEqual(['hello failed']);

  const year20000 = new Timestamp(568_971_820_800_000_000n);
  server.commit({ message: { inserts: [{ sender: me, sent: year20000, text: 'hello' }], deletes: [] } });
  expect(chat.history.get().hiddenCount).toBe(1);
  expect(shown()).toEqual(['hello failed']);
});

it.each([1, 2])(
  'while there is no connection, exactly maxQueued messages (%i) wait in a chat that sends one at a time',
  async (maxQueued) => {
    const { server, chat, reaches, shown } = await open({ retryAfterMs: () => undefined, maxQueued });
    server.down = true;
    server.socket.drop();
    await reaches('stale');
    const texts = Array.from({ length: maxQueued + 1 }, (_, n) => `text ${n}`);
    const outcomes = texts.map((text) => chat.sendMessage(text));
    expect(shown()).toEqual(texts.map((text, n) => `${text} ${n < maxQueued ? 'pending' : 'failed'}`));
    await expect(outcomes.at(-1)).rejects.toMatchObject({ name: 'NotConnectedError' });
    server.down = false;
    await reaches('ready');
    await vi.waitFor(() => expect(server.tables.message.size).toBe(maxQueued));
  },
);

/** An outbox without a server: the test settles the calls. */
function openOutbox(options: { status?: object; by?: Identity; maxQueued?: number; retryAfterMs?: number }) {
  const scope = new Scope(() => undefined);
  const calls: ((error: Error) => void)[] = [];
  const connection = {
    status: new Store(scope, options.status ?? { status: 'connected' }),
    identity: new Store(scope, options.by),
    call: () => new Promise((_, reject) => calls.push(reject)),
  } as unknown as Connection<ChatDb>;
  const timers: (() => void)[] = [];
  const environment = {
    now: () => 100_000,
    setTimeout: (run: () => void) => timers.push(run),
    clearTimeout: () => undefined,
  } as unknown as Environment;
  const changed = vi.fn();
  const { maxQueued = 1, retryAfterMs } = options;
  const outbox = createOutbox(
    connection,
    { maxQueued, retryAfterMs: retryAfterMs === undefined ? undefined : () => retryAfterMs, environment },
    changed,
  );
  const list = () => outbox.show({ id: 'me' } as ChatUser);
  const shown = () => list().map(({ text, status, error }) => [text, error?.message ?? status].join(': '));
  const row = (text: string, ms = 100_000) => ({ sender: me, sent: Timestamp.fromDate(new Date(ms)), text });
  return { ...outbox, calls, timers, changed, list, shown, row };
}

it('only waiting messages count while there is no connection, and the failed one says why', () => {
  const { send, shown, list, discard } = openOutbox({ status: { status: 'offline' }, retryAfterMs: 1 });
  void send('a');
  void send('b');
  expect(shown()).toEqual(['a: pending', 'b: There is no connection']);
  discard(list()[0] as never);
  void send('c');
  expect(shown()).toEqual(['b: There is no connection', 'c: pending']);

  const cause = new Error('The line is cut');
  const cut = openOutbox({ status: { status: 'reconnecting', error: cause }, retryAfterMs: 1 });
  void cut.send('a');
  void cut.send('b');
  expect(cut.list()[1]?.error).toMatchObject({ message: 'The line is cut', cause });
  const connected = openOutbox({ maxQueued: 0 });
  void connected.send('a');
  expect(connected.shown()).toEqual(['a: pending']);
});

it('sending a pending message again waits for it', async () => {
  const { send, retry, list, discard } = openOutbox({});
  const sent = send('a');
  const [pending] = list();
  expect(retry(pending as never)).toBe(sent);
  discard(pending as never);
  await expect(sent).rejects.toMatchObject({ name: 'AbortError' });
  await expect(retry(pending as never)).resolves.toBeUndefined();
});

it('a message whose answer was lost matches our new row with the same text', async () => {
  const { send, calls, claim, decide, shown, row } = openOutbox({ by: me });
  decide();
  const sent = send(' hello');
  calls[0]?.(new UnknownOutcomeError('Lost'));
  await Promise.resolve();
  await vi.waitFor(() => expect(claim({ before: undefined, after: row('other') })).toBeUndefined());
  expect(claim({ before: row('hello'), after: row('hello') })).toBeUndefined();
  decide();
  expect(shown()).toEqual([' hello: The connection was lost before the message arrived']);
  await expect(sent).rejects.toBeInstanceOf(NotConnectedError);
  expect(claim({ before: undefined, after: row('hello', 40_000) })).toBeUndefined();
  expect(claim({ before: undefined, after: row('hello ', 40_001) })).toBeDefined();
  expect(shown()).toEqual([]);
});

it('a message whose answer was lost does not hold up the next one', async () => {
  const { send, calls, decide } = openOutbox({ by: me, retryAfterMs: 1 });
  decide();
  void send('a');
  void send('b');
  expect(calls).toHaveLength(1);
  calls[0]?.(new UnknownOutcomeError('Lost'));
  await vi.waitFor(() => expect(calls).toHaveLength(2));
});

it('the end of a wait is visible at once', async () => {
  const { send, calls, timers, list, changed } = openOutbox({ retryAfterMs: 10 });
  void send('a');
  calls[0]?.(new Error('Wait'));
  await vi.waitFor(() => expect(list()[0]?.retryAt).toEqual(new Date(100_010)));
  changed.mockClear();
  timers[0]?.();
  expect(changed).toHaveBeenCalledOnce();
  expect(list()[0]).not.toHaveProperty('retryAt');
});

it('a message whose answer is lost without a subscriber to the rows has an unknown outcome', async () => {
  const { send, calls, decide, abandon } = openOutbox({});
  for (const follow of [() => undefined, () => (decide(), abandon())]) {
    follow();
    const sent = send('a');
    calls.at(-1)?.(new UnknownOutcomeError('Lost'));
    await expect(sent).rejects.toBeInstanceOf(UnknownOutcomeError);
  }
});
