import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { IncomingMessages } from './incoming-messages.ts';
import type { ClientMessage } from '../wire/messages.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A queue whose messages wait for the given times, in order. Further messages do not wait. */
function queue(...waits: number[]) {
  const handled: number[] = [];
  let isBusy = false;
  const socket = { pause: vi.fn(), resume: vi.fn(), overflow: vi.fn() };
  const incoming = new IncomingMessages({
    turn: () => waits.shift() ?? 0,
    mustWait: () => isBusy,
    handle: (message) => handled.push(message as unknown as number),
    ...socket,
  });
  const push = (...messages: number[]) => incoming.push(messages as unknown as ClientMessage[], 10);
  const setBusy = (busy: boolean) => {
    isBusy = busy;
    incoming.proceed();
  };
  return { incoming, push, handled, socket, setBusy };
}

describe('IncomingMessages', () => {
  it('messages are handled at once when none has to wait', () => {
    const { push, handled, socket } = queue();
    push(1, 2, 3);
    expect(handled).toEqual([1, 2, 3]);
    expect(socket.pause).not.toHaveBeenCalled();
  });

  it('messages wait one after the other, in order, and nothing is read meanwhile', () => {
    const { push, handled, socket } = queue(0, 100, 50);
    push(1, 2);
    push(3, 4);
    expect(handled).toEqual([1]);
    expect([socket.pause.mock.calls.length, socket.resume.mock.calls.length]).toEqual([1, 0]);
    vi.advanceTimersByTime(100);
    expect(handled).toEqual([1, 2]);
    vi.advanceTimersByTime(49);
    expect(handled).toEqual([1, 2]);
    expect(socket.resume).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(handled).toEqual([1, 2, 3, 4]);
    expect(socket.resume).toHaveBeenCalledTimes(1);
    push(5);
    expect(handled.at(-1)).toBe(5);
  });

  it('messages wait while the client has to receive responses first', () => {
    const { push, handled, socket, setBusy } = queue();
    setBusy(true);
    push(1, 2);
    expect(handled).toEqual([]);
    expect(socket.pause).toHaveBeenCalledTimes(1);
    setBusy(false);
    expect(handled).toEqual([1, 2]);
    expect(socket.resume).toHaveBeenCalledTimes(1);
  });

  it('closing the connection discards its messages and resumes reading, so that the socket can end', () => {
    const { incoming, push, handled, socket } = queue(100);
    push(1, 2);
    incoming.close();
    expect(socket.resume).toHaveBeenCalledTimes(1);
    push(3);
    vi.runAllTimers();
    expect(handled).toEqual([]);
  });

  it('more than 16,384 waiting messages are too many', () => {
    const { push, handled, socket } = queue(100);
    push(...Array.from({ length: 16_384 }, (_, n) => n));
    expect(socket.overflow).not.toHaveBeenCalled();
    push(16_384);
    expect(socket.overflow).toHaveBeenCalledTimes(1);
    expect(handled).toEqual([]);
  });

  it('several messages in more than 4 MiB are too many, but a single one may be large', () => {
    const { incoming, socket } = queue(100);
    incoming.push([{} as ClientMessage], 5_000_000);
    expect(socket.overflow).not.toHaveBeenCalled();
    incoming.push([{} as ClientMessage], 10);
    expect(socket.overflow).toHaveBeenCalledTimes(1);
  });

  it('any number of messages is accepted when none has to wait', () => {
    const { push, handled, socket } = queue();
    push(...Array.from({ length: 20_000 }, (_, n) => n));
    expect(socket.overflow).not.toHaveBeenCalled();
    expect(handled.length).toBe(20_000);
  });
});
