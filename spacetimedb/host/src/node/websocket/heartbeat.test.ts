import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { keepAlive } from './heartbeat.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function setUp() {
  const socket = Object.assign(new EventEmitter(), { ping: vi.fn(), terminate: vi.fn() });
  const outflow = { waitingBytes: 0, takenBytes: 0 };
  const onStalled = vi.fn();
  keepAlive(socket as unknown as Parameters<typeof keepAlive>[0], outflow, onStalled);
  return { socket, outflow, onStalled };
}

test('a client that sends and receives nothing is dropped', () => {
  const { socket, onStalled } = setUp();
  vi.advanceTimersByTime(29_000);
  expect(socket.ping).toHaveBeenCalled();
  expect(socket.terminate).not.toHaveBeenCalled();
  vi.advanceTimersByTime(2_000);
  expect(socket.terminate).toHaveBeenCalled();
  expect(onStalled).not.toHaveBeenCalled();
});

test('a client that answers but receives none of the waiting data is stalled', () => {
  const { socket, outflow, onStalled } = setUp();
  outflow.waitingBytes = 1000;
  for (let second = 0; second < 29; second++) {
    socket.emit('pong');
    vi.advanceTimersByTime(1_000);
  }
  expect(onStalled).not.toHaveBeenCalled();
  socket.emit('pong');
  vi.advanceTimersByTime(2_000);
  expect(onStalled).toHaveBeenCalled();
  expect(socket.terminate).not.toHaveBeenCalled();
});

test('a client that slowly receives a large answer is alive even if it sends nothing', () => {
  const { socket, outflow, onStalled } = setUp();
  outflow.waitingBytes = 1_000_000;
  for (let second = 0; second < 300; second++) {
    outflow.takenBytes += 1000;
    vi.advanceTimersByTime(1_000);
  }
  expect(onStalled).not.toHaveBeenCalled();
  expect(socket.terminate).not.toHaveBeenCalled();
});
