import type { Environment, SocketLike } from 'spacetimedb-stores';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { earlyEnvironment, fetchConfig } from './early-connection.ts';

/** The part of a `WebSocket` that is taken over. */
class FakeSocket {
  static readonly OPEN = 1;
  binaryType = 'blob';
  protocol = 'v2';
  onopen: unknown = null;
  onmessage: unknown = null;
  onclose: unknown = null;
  onerror: unknown = null;
  readonly send = vi.fn();
  readonly close = vi.fn();
  readonly url: string;
  readyState: number;

  constructor(url: string, readyState: unknown = 0) {
    this.url = url;
    this.readyState = typeof readyState === 'number' ? readyState : 0;
  }
}

const ADDRESS = 'wss://chat.example/v1/database/lobby/subscribe';
const swap = new URL('https://chat.example/behind/v1/identity/websocket-token');
const init = { method: 'POST', signal: AbortSignal.any([]) };
const fetched = vi.fn<typeof fetch>();
const requested = vi.fn((_: string, run: () => Promise<unknown>) => run());

beforeEach(() => {
  fetched.mockReset().mockImplementation(() => Promise.resolve(new Response('own')));
  requested.mockClear();
  vi.stubGlobal('WebSocket', FakeSocket);
  vi.stubGlobal('fetch', fetched);
  vi.stubGlobal('navigator', { locks: { request: requested } });
});
afterEach(() => {
  globalThis.earlyChat = undefined;
  vi.unstubAllGlobals();
});

/** What the script in app.html has started. */
function begun(parts: object = {}) {
  const socket = new FakeSocket(ADDRESS);
  const frames: ArrayBuffer[] = [];
  const unlock = vi.fn();
  const connection = { socket, frames, lock: 'first-token', unlock, ...parts };
  globalThis.earlyChat = {
    file: Promise.resolve(new Response('early')),
    connection: Promise.resolve(connection as never),
  };
  return { socket: connection.socket, frames, unlock };
}
const environment = () => earlyEnvironment() as Environment;
const open = (of: Environment, address = ADDRESS) =>
  of.openSocket(address, ['v2']) as Promise<SocketLike & FakeSocket>;

it('takes over nothing if nothing was started', async () => {
  expect(earlyEnvironment()).toEqual({});
  expect(await (await fetchConfig('config.json', { method: 'GET' })).text()).toBe('own');
  expect(fetched).toHaveBeenCalledExactlyOnceWith('config.json', { method: 'GET' });
  begun();
  expect(await (await fetchConfig('config.json')).text()).toBe('early');
});

it('has no locks if the browser has none', () => {
  begun();
  vi.stubGlobal('navigator', {});
  expect(earlyEnvironment()).not.toHaveProperty('locks');
});

describe('the socket', () => {
  it('looks as if it were about to open, and replays what has arrived', async () => {
    const { socket, frames } = begun();
    socket.readyState = FakeSocket.OPEN;
    const data = [new ArrayBuffer(1), new ArrayBuffer(2)];
    frames.push(...data);
    const taken = await open(environment());
    const [onopen, onmessage, onclose, onerror] = [vi.fn(), vi.fn(), vi.fn(), vi.fn()];
    Object.assign(taken, { binaryType: 'arraybuffer', onopen, onclose, onerror });
    expect(onopen).not.toHaveBeenCalled();
    await Promise.resolve();
    expect(onopen).toHaveBeenCalledOnce();
    taken.onmessage = onmessage;
    expect(onmessage.mock.calls).toEqual(data.map((data) => [{ data }]));
    expect(frames).toEqual([]);
    expect(socket).toMatchObject({ binaryType: 'arraybuffer', onopen: null, onmessage, onclose, onerror });
    expect(taken).toMatchObject({ protocol: 'v2', readyState: 1, binaryType: 'arraybuffer' });
    expect(taken).toMatchObject({ onopen, onmessage, onclose, onerror });
    taken.send(data[0] as never);
    expect(socket.send).toHaveBeenCalledExactlyOnceWith(data[0]);
    taken.close();
    expect(socket.close).toHaveBeenCalledOnce();
  });

  it('waits until it is open, and can lose its handlers', async () => {
    const { socket, frames } = begun();
    const taken = await open(environment());
    expect(taken).toMatchObject({ onopen: null, onmessage: null, onclose: null, onerror: null });
    const onopen = vi.fn();
    taken.onopen = onopen;
    await Promise.resolve();
    expect(onopen).not.toHaveBeenCalled();
    expect(socket.onopen).toBe(onopen);
    socket.readyState = FakeSocket.OPEN;
    taken.onopen = null;
    frames.push(new ArrayBuffer(1));
    taken.onmessage = null;
    expect(socket.onopen).toBeNull();
  });

  it('is used once; later ones are new', async () => {
    const { socket } = begun();
    const of = environment();
    await open(of);
    expect(await open(of)).toBeInstanceOf(FakeSocket);
    expect(socket.close).not.toHaveBeenCalled();
  });

  it.each([
    ['leads elsewhere', new FakeSocket('wss://other.example')],
    ['has closed', new FakeSocket(ADDRESS, 2)],
  ])('is closed if it %s, and a new one opened', async (_, socket) => {
    const { unlock } = begun({ socket });
    const opened = await open(environment());
    expect(opened).toBeInstanceOf(FakeSocket);
    expect(opened).toMatchObject({ url: ADDRESS });
    expect(socket.close).toHaveBeenCalledOnce();
    expect(unlock).toHaveBeenCalledOnce();
  });

  it('is new if no connection was started', async () => {
    globalThis.earlyChat = {
      file: Promise.resolve(new Response()),
      connection: Promise.resolve(undefined),
    };
    const of = environment();
    expect(await open(of)).toBeInstanceOf(FakeSocket);
    expect(await (await of.fetch(swap, init)).text()).toBe('own');
    await of.locks?.request('first-token', () => Promise.resolve());
    expect(requested).toHaveBeenCalledOnce();
  });
});

describe('the token', () => {
  const token = (url = swap.href): Response =>
    Object.defineProperty(new Response('early'), 'url', { value: url });

  it('is used once, for the request that would fetch it', async () => {
    begun({ token: token() });
    const of = environment();
    expect(await (await of.fetch(new URL('/v1/identity', swap), init)).text()).toBe('own');
    expect(await (await of.fetch(swap, init)).text()).toBe('early');
    expect(await (await of.fetch(swap, init)).text()).toBe('own');
  });

  it('is not used for another server', async () => {
    begun({ token: token('https://other.example/v1/identity/websocket-token') });
    expect(await (await environment().fetch(swap, init)).text()).toBe('own');
    expect(fetched).toHaveBeenCalledExactlyOnceWith(swap, init);
  });
});

describe('the lock', () => {
  it('is held by this page already, once, and released afterwards', async () => {
    const { unlock } = begun();
    const { locks } = environment();
    const run = vi.fn(() => {
      expect(unlock).not.toHaveBeenCalled();
      return Promise.reject(new Error('no token'));
    });
    await expect(locks?.request('first-token', run)).rejects.toThrow('no token');
    expect(unlock).toHaveBeenCalledOnce();
    expect(requested).not.toHaveBeenCalled();
    await expect(locks?.request('first-token', run)).rejects.toThrow();
    expect(requested).toHaveBeenCalledOnce();
  });

  it.each([
    ['has another name', 'other', {}],
    ['is not held', 'first-token', { unlock: undefined }],
  ])('is requested if it %s', async (_, name, parts) => {
    begun(parts);
    expect(await environment().locks?.request(name, () => Promise.resolve('done'))).toBe('done');
    expect(requested).toHaveBeenCalledOnce();
  });
});
