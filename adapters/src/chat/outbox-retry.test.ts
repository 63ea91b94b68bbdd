/** Messages that the server refuses temporarily, with a time to wait. */
import fc from 'fast-check';
import { Identity } from 'spacetimedb';
import { describe, expect, it, vi } from 'vitest';
import { FakeServer } from '../../test/fake-server.ts';
import { record, setUp } from '../../test/set-up.ts';
import { createChat, type ChatMessage, type ChatOptions } from './index.ts';

const me = new Identity(1n);

/** Reads the fake server's refusal: `Wait 1500`. */
const retryAfterMs: ChatOptions['retryAfterMs'] = ({ message }) => {
  const ms = /^Wait (\d+)$/.exec(message)?.[1];
  return ms === undefined ? undefined : Number(ms);
};

/** Timers that run on request. */
class Timers {
  readonly #timers = new Map<object, { readonly run: () => void; readonly ms: number }>();

  /** The delays of timers that neither ran nor were cleared. */
  get delays(): number[] {
    return [...this.#timers.values()].map(({ ms }) => ms);
  }

  run(): void {
    const due = [...this.#timers.values()];
    this.#timers.clear();
    for (const { run } of due) run();
  }

  readonly setTimeout = (run: () => void, ms: number): object => {
    const key = {};
    this.#timers.set(key, { run, ms });
    return key;
  };
  readonly clearTimeout = (key: unknown): void => {
    this.#timers.delete(key as object);
  };
}

/** Distinguishes the connection's timers from those of the outbox. */
const isOfConnection = (ms: number): boolean => ms <= 1 || [5_000, 15_000, 30_000].includes(ms);

async function setUpChat(options: ChatOptions = { retryAfterMs }) {
  const server = new FakeServer();
  server.insertUser({ identity: me, name: 'Me' });
  const timers = new Timers();
  const environment = {
    now: () => server.clock,
    random: () => 0.1,
    setTimeout: (run: () => void, ms: number) =>
      isOfConnection(ms) ? setTimeout(run, ms) : timers.setTimeout(run, ms),
    clearTimeout: (key: unknown) => {
      timers.clearTimeout(key);
      clearTimeout(key as number);
    },
  };
  const onError = vi.fn();
  const fixture = setUp({ environment, onError, unsubscribeDelayMs: 1 }, server);
  const chat = createChat(fixture.connection, options);
  const { values } = record(chat.messages);
  const isReady = () => expect(chat.messages.status.get().status).toBe('ready');
  await vi.waitFor(isReady);

  /** How many messages the server accepts before it refuses, and its refusal. */
  const limit = { left: Infinity, answer: 'Wait 1500' };
  const calls: string[] = [];
  const { onCall } = server;
  server.onCall = (call) => {
    calls.push(call.text);
    if (call.text === 'bad') return { error: 'Messages must not be bad' };
    if (limit.left <= 0) return { error: limit.answer };
    limit.left--;
    return onCall(call);
  };
  const shown = () =>
    chat.messages
      .get()
      .map(({ text, status, retryAt }) =>
        [text, status, ...(retryAt ? [retryAt.getTime() - server.clock] : [])].join(' '),
      );
  const shows = (...expected: string[]) => vi.waitFor(() => expect(shown()).toEqual(expected));
  const texts = () => [...server.tables.message.values()].map(({ text }) => text);
  const send = (...all: string[]) => all.map((text) => chat.sendMessage(text));
  /** The wait is over, and the server accepts this many more. */
  const resume = (left: number) => {
    limit.left = left;
    timers.run();
  };
  const message = (text: string) => chat.messages.get().find((sent) => sent.text === text) as ChatMessage;
  const goOffline = async () => {
    server.down = true;
    server.socket.drop();
    await vi.waitFor(() => expect(chat.messages.status.get().status).toBe('stale'));
  };
  const comeBack = async () => {
    server.down = false;
    await vi.waitFor(isReady);
  };
  return {
    ...{ ...fixture, chat, values, timers, limit, calls, onError },
    ...{ shown, shows, texts, send, resume, message, goOffline, comeBack },
  };
}

describe('a message that the server refuses temporarily', () => {
  it('stays pending and is sent again after the wait, and the ones behind it wait too', async () => {
    const { limit, send, shows, timers, calls, resume, texts, values } = await setUpChat();
    limit.left = 1;
    const sent = send('a', 'b', 'c');
    await shows('a sent', 'b pending 1500', 'c pending 1500');
    expect(timers.delays).toEqual([1500]);
    send('d');
    await shows('a sent', 'b pending 1500', 'c pending 1500', 'd pending 1500');
    expect(calls).toEqual(['a', 'b']);
    resume(2);
    await shows('a sent', 'b sent', 'c sent', 'd pending 1500');
    await Promise.all(sent);
    resume(1);
    await shows('a sent', 'b sent', 'c sent', 'd sent');
    expect(texts()).toEqual(['a', 'b', 'c', 'd']);
    expect(timers.delays).toEqual([]);
    expect(values.flat().filter(({ status }) => status === 'failed')).toEqual([]);
  });

  it('does not hold up the ones behind it when it can never be sent', async () => {
    const { send, shows } = await setUpChat();
    const [, bad] = send('a', 'bad', 'c');
    await expect(bad).rejects.toMatchObject({ message: 'Messages must not be bad' });
    await shows('a sent', 'c sent', 'bad failed');
  });

  it('waits longer each time the server refuses it again, and normally again once it was accepted', async () => {
    const { limit, send, timers, resume, shows } = await setUpChat();
    limit.left = 0;
    limit.answer = 'Wait 50';
    send('a');
    const delays: number[] = [];
    for (let n = 0; n < 12; n++) {
      await vi.waitFor(() => expect(timers.delays).toHaveLength(1));
      delays.push(...timers.delays);
      resume(0);
    }
    expect(delays.slice(0, 5)).toEqual([50, 210, 420, 840, 1680]);
    expect(delays.at(-1)).toBe(31_500);
    await vi.waitFor(() => expect(timers.delays).toHaveLength(1));
    resume(1);
    await shows('a sent');
    send('b');
    await vi.waitFor(() => expect(timers.delays).toEqual([50]));
  });

  it('fails when the wait is longer than an hour, or not a number', async () => {
    const { limit, send } = await setUpChat();
    limit.left = 0;
    limit.answer = 'Wait 3600001';
    const [sent] = send('a');
    await expect(sent).rejects.toMatchObject({ message: 'Wait 3600001' });
    const broken = await setUpChat({ retryAfterMs: () => NaN });
    broken.limit.left = 0;
    await expect(broken.send('a')[0]).rejects.toMatchObject({ message: 'Wait 1500' });
  });

  it('fails, and the error is reported, when reading the wait throws', async () => {
    const error = new Error('Cannot read it');
    const throwing = () => {
      throw error;
    };
    const { limit, send, onError, shows } = await setUpChat({ retryAfterMs: throwing });
    limit.left = 0;
    const [sent] = send('a');
    await expect(sent).rejects.toMatchObject({ message: 'Wait 1500' });
    expect(onError).toHaveBeenCalledWith(error);
    limit.left = 1;
    send('b');
    await shows('b sent', 'a failed');
  });

  it('fails without the option', async () => {
    const { limit, send, timers } = await setUpChat({});
    limit.left = 0;
    await expect(send('a')[0]).rejects.toMatchObject({ message: 'Wait 1500' });
    expect(timers.delays).toEqual([]);
  });

  it('can be discarded, and then the next one is sent after the wait', async () => {
    const { chat, limit, send, shows, message, resume, timers, texts } = await setUpChat();
    limit.left = 0;
    const [a] = send('a', 'b');
    await shows('a pending 1500', 'b pending 1500');
    chat.discard(message('a'));
    await expect(a).rejects.toMatchObject({ name: 'AbortError' });
    await shows('b pending 1500');
    resume(1);
    await shows('b sent');
    expect(texts()).toEqual(['b']);
    limit.left = 0;
    send('c');
    await shows('b sent', 'c pending 1500');
    chat.discard(message('c'));
    expect(timers.delays).toEqual([]);
    limit.left = 1;
    send('d');
    await shows('b sent', 'd sent');
  });

  it('does not delay others if it is discarded before the server answers', async () => {
    const { server, chat, send, shows, message, timers } = await setUpChat({ retryAfterMs: () => 1500 });
    const { onCall } = server;
    server.onCall = (call) => (call.text === 'a' ? undefined : onCall(call));
    const [a] = send('a', 'b');
    await shows('a pending', 'b pending');
    chat.discard(message('a'));
    await expect(a).rejects.toMatchObject({ name: 'AbortError' });
    await shows('b sent');
    expect(timers.delays).toEqual([]);
  });

  it('waits for the connection too, in order, however many there are', async () => {
    const { limit, send, shows, resume, goOffline, comeBack, texts, shown } = await setUpChat({
      retryAfterMs,
      maxQueued: 3,
    });
    limit.left = 0;
    const written = ['a', 'b', 'c', 'd', 'e'];
    send(...written);
    await shows(...written.map((text) => `${text} pending 1500`));
    await goOffline();
    resume(Infinity);
    send('f');
    expect(shown()).toEqual([...written.map((text) => `${text} pending`), 'f failed']);
    await comeBack();
    await shows(...written.map((text) => `${text} sent`), 'f failed');
    expect(texts()).toEqual(written);
  });

  it('fails at once, without a timer left, when the connection is closed', async () => {
    const { connection, limit, send, shows, timers } = await setUpChat();
    limit.left = 0;
    const sent = send('a', 'b');
    await shows('a pending 1500', 'b pending 1500');
    connection.close();
    for (const one of sent) await expect(one).rejects.toMatchObject({ name: 'NotConnectedError' });
    expect(timers.delays).toEqual([]);
  });

  it('is not sent in the name of someone else who signed in meanwhile', async () => {
    const { connection, chat, limit, send, shows, resume, texts } = await setUpChat();
    limit.left = 0;
    send('a', 'b');
    await shows('a pending 1500', 'b pending 1500');
    connection.resetIdentity();
    await vi.waitFor(() => expect(chat.me.get()?.id).not.toBe(me.toHexString()));
    await vi.waitFor(() => expect(chat.messages.status.get().status).toBe('ready'));
    resume(Infinity);
    await shows('a failed', 'b failed');
    send('c');
    await shows('c sent', 'a failed', 'b failed');
    expect(texts()).toEqual(['c']);
  });
});

it('keeps the order and loses nothing, with any limits and connection losses', async () => {
  const step = fc.oneof(
    fc.constantFrom('send' as const, 'send' as const, 'timers' as const, 'down' as const, 'up' as const),
    fc.record({ left: fc.nat(3) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
      const { chat, connection, server, limit, timers, texts, send, comeBack } = await setUpChat();
      let count = 0;
      for (const next of steps) {
        if (typeof next === 'object') limit.left = next.left;
        else if (next === 'send') send(`text ${count++}`);
        else if (next === 'timers') timers.run();
        else if (next === 'up') server.down = false;
        // The connection breaks only between two calls: lost answers are tested elsewhere.
        else if (chat.messages.get().every(({ status, retryAt }) => status === 'sent' || retryAt)) {
          server.down = true;
          server.open.forEach((socket) => socket.drop());
          await vi.waitFor(() => expect(connection.status.get().status).not.toBe('connected'));
        }
        await new Promise((resolve) => setTimeout(resolve));
      }
      limit.left = Infinity;
      await comeBack();
      await vi.waitFor(() => {
        timers.run();
        const outcomes = chat.messages.get().map(({ status, error }) => error?.message ?? status);
        expect(outcomes).toEqual(Array(count).fill('sent'));
      });
      expect(texts()).toEqual(Array.from({ length: count }, (_, n) => `text ${n}`));
      connection.close();
    }),
    { numRuns: 50 },
  );
}, 60_000);
