import { getEventListeners } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { FakeServer } from '../test/fake-server.ts';
import { tables } from '../test/module_bindings/index.ts';
import { record, setUp } from '../test/set-up.ts';
import { liveTable, NotConnectedError, ReducerError, UnknownOutcomeError } from './index.ts';
import { PendingCalls } from './pending-calls.ts';

const send = (
  { connection }: Pick<ReturnType<typeof setUp>, 'connection'>,
  text = 'hello',
  signal?: AbortSignal,
) => connection.call((db) => db.reducers.sendMessage({ text }), signal && { signal });

describe('a call', () => {
  it('opens the connection, waits for it, and releases it', async () => {
    const fixture = setUp();
    const order: string[] = [];
    await Promise.all(['a', 'b'].map((text) => send(fixture, text).then(() => order.push(text))));
    expect(order).toEqual(['a', 'b']);
    expect(fixture.server.tables.message.size).toBe(2);
    await vi.waitFor(() => expect(fixture.connection.status.get().status).toBe('idle'));
  });

  it('takes effect on the stores before it settles', async () => {
    const fixture = setUp();
    const messages = liveTable(fixture.connection, tables.message);
    const { values } = record(messages);
    await vi.waitFor(() => expect(messages.status.get().status).toBe('ready'));
    await send(fixture);
    expect(values.map((rows) => rows.length)).toEqual([0, 1]);
  });

  it('rejects with the text of the module', async () => {
    const fixture = setUp();
    fixture.server.onCall = () => ({ error: 'Messages must not be empty' });
    const failure = await send(fixture, '').catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ReducerError);
    expect(failure).toMatchObject({
      name: 'ReducerError',
      code: 'refused',
      message: 'Messages must not be empty',
    });
  });

  it('rejects with an unknown outcome when the connection is lost before the answer', async () => {
    const fixture = setUp();
    fixture.server.onCall = () => undefined;
    const call = send(fixture);
    await vi.waitFor(() => expect(fixture.server.socket.received.at(-1)?.tag).toBe('CallReducer'));
    fixture.server.socket.drop(1006);
    const failure = await call.catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UnknownOutcomeError);
    expect(failure).toMatchObject({ name: 'UnknownOutcomeError' });
  });

  it('keeps an answer that arrived just before the end', async () => {
    const fixture = setUp();
    fixture.server.onCall = ({ socket }) => {
      socket.gzip = true;
      queueMicrotask(() => socket.drop());
      return 'ok';
    };
    await expect(send(fixture)).resolves.toBeUndefined();
  });

  it('rejects as not connected when the attempt that it waits for fails, and until the next one starts', async () => {
    const server = new FakeServer();
    server.down = true;
    const fixture = setUp({ backoff: { minDelayMs: 1e6, maxDelayMs: 1e6 } }, server);
    record(liveTable(fixture.connection, tables.user));
    for (let i = 0; i < 2; i++) {
      const failure = await send(fixture).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(NotConnectedError);
      expect(failure).toMatchObject({
        name: 'NotConnectedError',
        message: 'No answer from chat.example',
      });
    }
    fixture.connection.close();
    await expect(send(fixture)).rejects.toThrow(NotConnectedError);
  });

  it('rejects when an argument cannot be encoded, and when `close` comes first', async () => {
    const fixture = setUp();
    await expect(send(fixture, Symbol('no text') as unknown as string)).rejects.toThrow();
    fixture.server.onCall = () => undefined;
    const sent = send(fixture);
    await vi.waitFor(() => expect(fixture.server.socket.received.at(-1)?.tag).toBe('CallReducer'));
    fixture.connection.close();
    await expect(sent).rejects.toThrow(UnknownOutcomeError);
  });

  it('can be given up', async () => {
    const fixture = setUp();
    const early = new AbortController();
    early.abort(new Error('changed my mind'));
    await expect(send(fixture, 'a', early.signal)).rejects.toThrow('changed my mind');
    const late = new AbortController();
    const call = send(fixture, 'b', late.signal);
    late.abort(new Error('too slow'));
    await expect(call).rejects.toThrow('too slow');
    await send(fixture, 'c');
    expect([...fixture.server.tables.message.values()].map((row) => row['text'])).toEqual(['c']);
  });
});

describe('PendingCalls', () => {
  /** Adds a call that never gets an answer, and records how it fails. */
  function setUpCalls() {
    const calls = new PendingCalls<string>();
    const sent: string[] = [];
    const failures: Record<string, unknown> = {};
    const add = (name: string, isQueued: boolean, db?: string) => {
      const never = (db: string) => (sent.push(`${name} on ${db}`), new Promise<never>(() => {}));
      calls.add(never, db, isQueued, undefined).catch((error: unknown) => (failures[name] = error));
    };
    return { calls, sent, failures, add };
  }

  it('leave no listener on their signal after they have settled', async () => {
    const { signal } = new AbortController();
    const { calls } = setUpCalls();
    const made = calls.add((db) => Promise.resolve(db), 'db', false, signal);
    const lost = calls.add(() => new Promise(() => {}), 'db', false, signal);
    expect(getEventListeners(signal, 'abort')).toHaveLength(2);
    expect(await made).toBe('db');
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    calls.lost(new Error('The line is cut'), false);
    await expect(lost).rejects.toThrow('The connection was lost before the answer: The line is cut');
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('counts the queued calls that have not been sent', () => {
    const { calls, add } = setUpCalls();
    expect(calls.queued).toBe(0);
    add('one', true);
    add('two', true);
    add('not queued', false);
    add('sent', true, 'first');
    expect(calls.queued).toBe(2);
    calls.connected('second');
    expect(calls.queued).toBe(0);
  });

  it('sends each call once', () => {
    const { calls, sent, add } = setUpCalls();
    add('one', false, 'first');
    add('two', false);
    calls.connected('second');
    calls.connected('third');
    expect(sent).toEqual(['one on first', 'two on second']);
  });

  it('after a failed attempt, only queued calls wait, and only if another attempt follows', async () => {
    const { calls, sent, failures, add } = setUpCalls();
    const cause = new Error('No answer');
    add('queued', true);
    add('not queued', false);
    calls.lost(cause, true);
    await vi.waitFor(() => expect(failures).toEqual({ 'not queued': expect.any(NotConnectedError) }));
    expect(failures['not queued']).toMatchObject({ message: 'No answer', cause });
    calls.connected('second');
    expect(sent).toEqual(['queued on second']);

    add('late', true);
    calls.lost(cause, false);
    await vi.waitFor(() => expect(failures['late']).toBeInstanceOf(NotConnectedError));
    expect(failures['queued']).toBeInstanceOf(UnknownOutcomeError);
    expect(failures['queued']).toMatchObject({ cause });
  });
});
