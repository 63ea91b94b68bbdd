import { describe, expect, it, vi } from 'vitest';
import { FakeServer } from '../test/fake-server.ts';
import { DbConnection, tables } from '../test/module_bindings/index.ts';
import { reaches, record, setUp, use } from '../test/set-up.ts';
import { connect, ConnectionError, liveTable, memoryTokens } from './index.ts';

const never = { minDelayMs: 1e6, maxDelayMs: 1e6 };
const KEY = 'spacetimedb:chat.example/chat';

describe('status', () => {
  it('goes from idle through connecting to connected when a store is subscribed, and back', async () => {
    const fixture = setUp();
    const { values } = record(fixture.connection.status);
    expect(fixture.server.sockets).toHaveLength(0);
    const { stop } = use(fixture);
    await reaches(fixture, 'connected');
    stop();
    await reaches(fixture, 'idle');
    expect(values.map(({ status, attempt }) => [status, attempt])).toEqual([
      ['idle', 0],
      ['connecting', 1],
      ['connected', 0],
      ['idle', 0],
    ]);
    expect(fixture.server.open).toHaveLength(0);
    use(fixture);
    await reaches(fixture, 'connected');
  });

  it('says when the next attempt is due and why, with growing delays', async () => {
    const server = new FakeServer();
    server.down = true;
    const fixture = setUp(
      {
        backoff: { minDelayMs: 2, maxDelayMs: 5, factor: 2, jitter: 0.5 },
        environment: { now: () => 1_000, random: () => 1 },
      },
      server,
    );
    const { values } = record(fixture.connection.status);
    use(fixture);
    await vi.waitFor(() => expect(values.at(-1)?.attempt).toBeGreaterThan(4));
    const waits = values.filter((status) => status.nextRetryAt !== undefined);
    expect(waits.slice(0, 4).map(({ nextRetryAt }) => nextRetryAt)).toEqual([1_001, 1_002, 1_003, 1_003]);
    expect(waits[0]).toMatchObject({
      status: 'reconnecting',
      error: { code: 'unreachable', message: 'No answer from chat.example' },
      attempt: 1,
    });
    server.down = false;
    await reaches(fixture, 'connected');
    expect(fixture.connection.status.get()).toEqual({ status: 'connected', attempt: 0 });
  });

  it('reports an unknown database, and connects once it exists', async () => {
    const server = new FakeServer();
    server.hasDatabase = false;
    const fixture = setUp({}, server);
    use(fixture);
    await vi.waitFor(() => expect(fixture.connection.status.get().error?.code).toBe('unknown-database'));
    expect(fixture.connection.status.get().error?.message).toBe('chat.example has no database chat');
    server.hasDatabase = true;
    await reaches(fixture, 'connected');
  });

  const page = { headers: { 'content-type': 'text/html; charset=utf-8' } };
  describe.each([
    ['without a token', undefined],
    ['with a token', 'token'],
  ])('%s', (_, token) => {
    const failure = async (answer: () => Response) => {
      const server = new FakeServer();
      server.answer = answer;
      const tokens = memoryTokens();
      if (token !== undefined) tokens.set(KEY, token);
      const fixture = setUp({ backoff: never, tokens }, server);
      use(fixture);
      await vi.waitFor(() => expect(fixture.connection.status.get().error).toBeDefined());
      return fixture.connection.status.get().error;
    };

    it.each([
      ['404', () => new Response('Not found', { status: 404 })],
      ['its page for every path', () => new Response('<!doctype html>', page)],
      ['405', () => new Response(null, { status: 405 })],
    ])('tells a file server that answers %s', async (_, answer) => {
      expect(await failure(answer)).toMatchObject({
        code: 'no-server',
        message: 'chat.example is not a SpacetimeDB server',
      });
    });

    it.each([502, 503, 429])('treats an answer with status %d as a server in trouble', async (status) => {
      expect(await failure(() => new Response('<!doctype html>', { ...page, status }))).toMatchObject({
        code: 'unreachable',
      });
    });
  });

  it('reports the server’s reason when it closes the connection', async () => {
    const fixture = setUp({ backoff: never });
    use(fixture);
    await reaches(fixture, 'connected');
    fixture.server.socket.drop(1001, 'module exited');
    await reaches(fixture, 'reconnecting');
    expect(fixture.connection.status.get()).toMatchObject({
      error: { code: 'closed-by-server', message: 'module exited' },
    });
  });

  it('gives up an attempt that takes too long', async () => {
    const server = new FakeServer();
    const openSocket = () => ({ ...server.environment.openSocket('ws://x', ['v3.bsatn.spacetimedb']) });
    const fixture = setUp(
      {
        backoff: never,
        connectTimeoutMs: 5,
        environment: { openSocket: () => Object.assign(openSocket(), { close: () => undefined }) },
      },
      server,
    );
    use(fixture);
    await reaches(fixture, 'reconnecting');
    expect(fixture.connection.status.get().error?.message).toBe('No answer within 0.005 seconds');
  });

  it('reports when the builder cannot build', async () => {
    const connection = connect(() => DbConnection.builder().withUri('http://chat.example'), {
      connectOnServer: true,
      backoff: never,
    });
    const { stop } = record(liveTable(connection, tables.user));
    expect(connection.status.get()).toMatchObject({
      status: 'reconnecting',
      error: { code: 'misconfigured' },
    });
    expect(connection.status.get().error?.message).toMatch('Database name');
    stop();
    connection.close();
  });
});

describe('tokens', () => {
  it('keep the person after reloads, per host and database', async () => {
    const server = new FakeServer();
    const tokens = memoryTokens();
    const first = setUp({ tokens }, server);
    use(first);
    await reaches(first, 'connected');
    const identity = first.connection.identity.get();
    first.connection.close();
    expect(tokens.get(KEY)).toBe('token 1');

    const second = setUp({ tokens }, server);
    use(second);
    await reaches(second, 'connected');
    expect(second.connection.identity.get()).toEqual(identity);
    // The long-lived token stays out of addresses and is not replaced by the short-lived one.
    expect(server.socket.url.searchParams.get('token')).toBe('short token 1');
    expect(tokens.get(KEY)).toBe('token 1');
    await expect(second.connection.call((db) => Promise.resolve(db.token))).resolves.toBe('token 1');
  });

  it('that are rejected stop everything until the user decides', async () => {
    const server = new FakeServer();
    const tokens = memoryTokens();
    tokens.set(KEY, 'forged');
    server.badTokens.add('forged');
    const fixture = setUp({ tokens }, server);
    use(fixture);
    await reaches(fixture, 'rejected');
    expect(fixture.connection.status.get()).toMatchObject({
      error: { code: 'token-rejected', message: 'Invalid token' },
    });
    expect(fixture.connection.status.get().error).toBeInstanceOf(ConnectionError);
    expect(fixture.connection.status.get().nextRetryAt).toBeUndefined();
    expect(tokens.get(KEY)).toBe('forged');
    expect(server.sockets).toHaveLength(0);
    fixture.connection.retry();
    await vi.waitFor(() => expect(server.requests).toHaveLength(2));
    await reaches(fixture, 'rejected');
    fixture.connection.resetIdentity();
    await reaches(fixture, 'connected');
    expect(tokens.get(KEY)).toBe('token 1');
  });

  it('are not rejected by a failing server', async () => {
    const server = new FakeServer();
    const tokens = memoryTokens();
    tokens.set(KEY, 'mine');
    const fetch = () => Promise.resolve(new Response('', { status: 503 }));
    const fixture = setUp({ tokens, backoff: never, environment: { fetch } }, server);
    use(fixture);
    await reaches(fixture, 'reconnecting');
    expect(fixture.connection.status.get().error?.code).toBe('unreachable');
  });

  it('given to the builder win over saved ones', async () => {
    const server = new FakeServer();
    const tokens = memoryTokens();
    tokens.set(KEY, 'saved');
    const connection = connect(
      () => DbConnection.builder().withUri('http://chat.example').withDatabaseName('chat').withToken('given'),
      { connectOnServer: true, tokens, environment: server.environment },
    );
    use({ connection });
    await reaches({ connection }, 'connected');
    expect(server.socket.url.searchParams.get('token')).toBe('short given');
    expect(tokens.get(KEY)).toBe('saved');
    connection.close();
  });

  it('can also be forgotten while connected, and stores then show the new identity’s rows', async () => {
    const fixture = setUp();
    use(fixture);
    await reaches(fixture, 'connected');
    const before = fixture.connection.identity.get();
    fixture.connection.resetIdentity();
    await vi.waitFor(() => expect(fixture.connection.identity.get()).not.toEqual(before));
    await reaches(fixture, 'connected');
    expect(fixture.server.open).toHaveLength(1);
  });
});

describe('the store of the token', () => {
  it('has the saved token from the first attempt on, and that of a new identity after the greeting', async () => {
    const server = new FakeServer();
    const tokens = memoryTokens();
    const first = setUp({ tokens }, server);
    const { values } = record(first.connection.token);
    use(first);
    await reaches(first, 'connected');
    expect(values).toEqual([undefined, 'token 1']);
    first.connection.close();
    server.down = true;
    const second = setUp({ tokens, backoff: never }, server);
    use(second);
    await reaches(second, 'reconnecting');
    expect(second.connection.token.get()).toBe('token 1');
  });

  it('has the token passed to the builder', async () => {
    const server = new FakeServer();
    const connection = connect(
      () => DbConnection.builder().withUri('http://chat.example').withDatabaseName('chat').withToken('given'),
      { connectOnServer: true, tokens: memoryTokens(), environment: server.environment },
    );
    use({ connection });
    await reaches({ connection }, 'connected');
    expect(connection.token.get()).toBe('given');
    // From then on, the user's choice wins.
    connection.useToken('chosen');
    await vi.waitFor(() => expect(server.socket.url.searchParams.get('token')).toBe('short chosen'));
    await reaches({ connection }, 'connected');
    expect(connection.token.get()).toBe('chosen');
    connection.resetIdentity();
    await vi.waitFor(() => expect(connection.token.get()).toMatch(/^token \d+$/));
    expect(server.socket.url.searchParams.has('token')).toBe(false);
    connection.close();
  });
});

describe('useToken', () => {
  it('connects as the holder of the token, and saves it', async () => {
    const server = new FakeServer();
    const tokens = memoryTokens();
    const other = setUp({}, server);
    use(other);
    await reaches(other, 'connected');
    const token = other.connection.token.get() ?? '';
    const identity = other.connection.identity.get();

    const fixture = setUp({ tokens }, server);
    use(fixture);
    await reaches(fixture, 'connected');
    expect(fixture.connection.identity.get()).not.toEqual(identity);
    fixture.connection.useToken(token);
    await vi.waitFor(() => expect(fixture.connection.identity.get()).toEqual(identity));
    expect([fixture.connection.token.get(), tokens.get(KEY)]).toEqual([token, token]);
    expect(server.open).toHaveLength(2);
  });

  it('ends a rejection, and only saves the token while nothing needs the connection', async () => {
    const server = new FakeServer();
    const tokens = memoryTokens();
    const idle = setUp({ tokens }, server);
    idle.connection.useToken('forged');
    expect([tokens.get(KEY), idle.connection.token.get()]).toEqual(['forged', 'forged']);
    expect(idle.connection.status.get().status).toBe('idle');
    server.badTokens.add('forged');
    use(idle);
    await reaches(idle, 'rejected');
    idle.connection.useToken('good');
    await reaches(idle, 'connected');
    expect(server.socket.url.searchParams.get('token')).toBe('short good');
  });
});

describe('waking', () => {
  function setUpPage() {
    const window = new EventTarget();
    const document = Object.assign(new EventTarget(), { visibilityState: 'visible' });
    const page = { online: true };
    const environment = { window, document, isOnline: () => page.online };
    return { ...setUp({ backoff: never, environment }), window, document, page };
  }

  it.each([
    ['online', 'window'],
    ['pageshow', 'window'],
    ['visibilitychange', 'document'],
  ] as const)('tries at once on %s', async (event, target) => {
    const fixture = setUpPage();
    use(fixture);
    await reaches(fixture, 'connected');
    fixture.server.socket.drop();
    await reaches(fixture, 'reconnecting');
    fixture[target].dispatchEvent(new Event(event));
    await reaches(fixture, 'connected');
  });

  it('closes when the browser caches a page that the reader left, and reopens when they return', async () => {
    const fixture = setUpPage();
    use(fixture);
    await reaches(fixture, 'connected');
    const leave = (persisted: boolean) =>
      fixture.window.dispatchEvent(Object.assign(new Event('pagehide'), { persisted }));
    leave(false);
    expect(fixture.connection.status.get().status).toBe('connected');
    const { socket } = fixture.server;
    leave(true);
    expect(fixture.connection.status.get().status).toBe('reconnecting');
    expect(socket.readyState).toBe(2);
    fixture.window.dispatchEvent(new Event('pageshow'));
    await reaches(fixture, 'connected');
    expect(fixture.server.socket).not.toBe(socket);
  });

  it('does not happen while the page is hidden', async () => {
    const fixture = setUpPage();
    use(fixture);
    await reaches(fixture, 'connected');
    fixture.server.socket.drop();
    await reaches(fixture, 'reconnecting');
    fixture.document.visibilityState = 'hidden';
    fixture.document.dispatchEvent(new Event('visibilitychange'));
    expect(fixture.connection.status.get()).toMatchObject({ status: 'reconnecting', attempt: 1 });
  });

  it('reports offline when the browser does', async () => {
    const fixture = setUpPage();
    use(fixture);
    await reaches(fixture, 'connected');
    fixture.page.online = false;
    fixture.server.socket.drop();
    await reaches(fixture, 'offline');
    fixture.page.online = true;
    fixture.window.dispatchEvent(new Event('online'));
    await reaches(fixture, 'connected');
    fixture.server.socket.drop();
    await reaches(fixture, 'reconnecting');
    fixture.page.online = false;
    fixture.window.dispatchEvent(new Event('offline'));
    expect(fixture.connection.status.get().status).toBe('offline');
  });

  it('detects a connection that has died unnoticed', async () => {
    const fixture = setUpPage();
    use(fixture);
    await reaches(fixture, 'connected');
    const { socket } = fixture.server;
    socket.readyState = 3;
    fixture.window.dispatchEvent(new Event('pageshow'));
    expect(fixture.connection.status.get()).toMatchObject({
      status: 'reconnecting',
      error: { message: 'The connection was lost' },
    });
  });

  it('pings a connection that looks healthy, and ends it if there is no answer', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const fixture = setUpPage();
      use(fixture);
      await vi.advanceTimersByTimeAsync(10);
      fixture.window.dispatchEvent(new Event('online'));
      await vi.advanceTimersByTimeAsync(6_000);
      expect(fixture.connection.status.get().status).toBe('connected');
      expect(fixture.server.socket.received.at(-1)?.tag).toBe('OneOffQuery');

      fixture.server.socket.onmessage = null;
      fixture.window.dispatchEvent(new Event('online'));
      fixture.window.dispatchEvent(new Event('online'));
      await vi.advanceTimersByTimeAsync(6_000);
      expect(fixture.connection.status.get()).toMatchObject({
        status: 'reconnecting',
        error: { message: 'The server does not answer any more' },
      });
    } finally {
      vi.useRealTimers();
    }
  });

  it('pings a server that was silent for half a minute, whether or not the browser notices anything', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const fixture = setUpPage();
      use(fixture);
      await vi.advanceTimersByTimeAsync(10);
      const { socket } = fixture.server;
      const asked = () => socket.received.filter(({ tag }) => tag === 'OneOffQuery').length;
      await vi.advanceTimersByTimeAsync(29_000);
      expect(asked()).toBe(0);
      await vi.advanceTimersByTimeAsync(60_000);
      expect(asked()).toBeGreaterThanOrEqual(2);
      expect(fixture.connection.status.get().status).toBe('connected');

      // Half open: nothing gets through in either direction.
      socket.onmessage = null;
      const call = fixture.connection.call(({ reducers }) => reducers.setName({ name: 'Ann' }));
      const outcome = expect(call).rejects.toMatchObject({ name: 'UnknownOutcomeError' });
      await vi.advanceTimersByTimeAsync(36_000);
      expect(fixture.connection.status.get().error?.message).toBe('The server does not answer any more');
      await outcome;
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('close', () => {
  it('releases all timers, listeners and sockets, and keeps the last values', async () => {
    const listeners = new Map<string, number>();
    const target = () => {
      const events = new EventTarget();
      const count = (by: number) => (name: string) => listeners.set(name, (listeners.get(name) ?? 0) + by);
      return Object.assign(events, { addEventListener: count(1), removeEventListener: count(-1) });
    };
    const timers = new Set<unknown>();
    const environment = {
      window: target(),
      document: target(),
      setTimeout: (run: () => void, ms: number) => {
        const timer = setTimeout(() => {
          timers.delete(timer);
          run();
        }, ms);
        timers.add(timer);
        return timer;
      },
      clearTimeout: (timer: unknown) => {
        timers.delete(timer);
        clearTimeout(timer as NodeJS.Timeout);
      },
    };
    for (const when of ['connecting', 'connected', 'reconnecting', 'leaving'] as const) {
      const fixture = setUp({ environment, backoff: never, unsubscribeDelayMs: 1e6 });
      fixture.server.insertUser({ identity: fixture.server.identify('x').identity });
      const users = use(fixture);
      if (when !== 'connecting') await vi.waitFor(() => expect(users.values.at(-1)).toHaveLength(1));
      if (when === 'reconnecting') {
        fixture.server.socket.drop();
        await reaches(fixture, 'reconnecting');
      }
      if (when === 'leaving') users.stop();
      expect(timers.size + [...listeners.values()].filter(Boolean).length).toBeGreaterThan(0);
      fixture.connection.close();
      expect(timers.size).toBe(0);
      expect([...listeners.values()].every((count) => count === 0)).toBe(true);
      await vi.waitFor(() => expect(fixture.server.open).toHaveLength(0));
      expect(users.values.at(-1)).toHaveLength(when === 'connecting' ? 0 : 1);
      expect(fixture.connection.status.get()).toEqual({ status: 'closed', attempt: 0 });

      // It stays closed.
      use(fixture);
      fixture.connection.retry();
      fixture.connection.resetIdentity();
      users.stop();
      expect(timers.size).toBe(0);
      expect(fixture.server.sockets.length).toBeLessThan(2);
    }
  });
});

describe('on the server side of a page', () => {
  it('opens nothing and has the empty value', () => {
    const { server, connection } = setUp({ connectOnServer: false });
    const users = liveTable(connection, tables.user);
    const { values, stop } = record(users);
    expect(values).toEqual([[]]);
    expect(users.status.get().status).toBe('loading');
    expect(connection.status.get().status).toBe('idle');
    stop();
    expect(users.status.get().status).toBe('idle');
    expect(server.sockets).toHaveLength(0);
  });
});
