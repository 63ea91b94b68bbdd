import { createServer, connect } from 'node:net';
import { once } from 'node:events';
import { Hono } from 'hono';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { AppEnv } from './middleware.ts';
import { listen, PortInUseError, type ListenOptions } from './server.ts';

const app = new Hono<AppEnv>();
app.get('/v1/ping', (context) => context.text('pong'));
app.get('/v1/endless', () => new Response(new ReadableStream({ start: (c) => c.enqueue(Uint8Array.of(1)) })));

async function start(options: Partial<ListenOptions> = {}) {
  const server = await listen(app, { port: 0, ...options });
  onTestFinished(() => server.close(0));
  return server;
}

describe('listen', () => {
  it('a server is reachable under localhost and both of its addresses', async () => {
    const { port, url } = await start();
    expect(url).toBe(`http://localhost:${port}`);
    for (const host of ['localhost', '127.0.0.1', '[::1]']) {
      expect(await (await fetch(`http://${host}:${port}/v1/ping`)).text()).toBe('pong');
    }
  });

  it('a server listens only on the given address', async () => {
    const { port, url } = await start({ hostname: '127.0.0.1' });
    expect(url).toBe(`http://127.0.0.1:${port}`);
    await expect(fetch(`http://[::1]:${port}/v1/ping`)).rejects.toThrow();
  });

  it.each(['127.0.0.1', '::1'])(
    'a port that is taken on %s is reported and nothing is left listening',
    async (address) => {
      const other = createServer().listen(0, address);
      await once(other, 'listening');
      onTestFinished(() => void other.close());
      const { port } = other.address() as { port: number };
      const failure = listen(app, { port });
      await expect(failure).rejects.toThrow(PortInUseError);
      await expect(failure).rejects.toThrow(`Port ${port} is already in use`);

      other.close();
      await once(other, 'close');
      await start({ port });
    },
  );

  it('an address of another machine fails with one clear error', async () => {
    await expect(listen(app, { port: 0, hostname: '192.0.2.1' })).rejects.toThrow('EADDRNOTAVAIL');
  });

  it('upgrade requests are answered like normal ones without a handler', async () => {
    const { port } = await start();
    const socket = connect(port, '127.0.0.1');
    socket.write('GET /v1/ping HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n');
    const [data] = (await once(socket, 'data')) as [Buffer];
    expect(data.toString()).toMatch(/^HTTP\/1\.1 200 /);
    socket.destroy();
  });
});

describe('close', () => {
  it('closing ends idle connections before the grace period is over, and can be repeated', async () => {
    const server = await start();
    const idle = connect(server.port, '127.0.0.1');
    idle.write('GET /v1/ping HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(idle, 'data');
    const ended = once(idle, 'close');
    // The test would time out if this waited for the whole period.
    const graceMs = 3_600_000;
    await Promise.all([server.close(graceMs), server.close(graceMs)]);
    await ended;
    await expect(fetch(`${server.url}/v1/ping`)).rejects.toThrow();
  });

  it('closing ends endless responses and sockets that nobody closed', async () => {
    const server = await start({ onUpgrade: (_request, socket) => socket.write('taken') });
    const endless = await fetch(`${server.url}/v1/endless`);
    const upgraded = connect(server.port, '127.0.0.1');
    upgraded.write('GET /x HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n');
    await once(upgraded, 'data');
    const gone = once(upgraded, 'close');
    await server.close(10);
    await gone;
    await expect(endless.text()).rejects.toThrow();
  });

  it('closing lets a pending response finish', async () => {
    let release = () => {};
    const slow = new Hono<AppEnv>();
    let asked = () => {};
    const arrived = new Promise<void>((resolve) => (asked = resolve));
    slow.get('/v1/slow', async (context) => {
      asked();
      await new Promise<void>((resolve) => (release = resolve));
      return context.text('done');
    });
    const server = await listen(slow, { port: 0 });
    const answer = fetch(`${server.url}/v1/slow`).then((response) => response.text());
    await arrived;
    const closing = server.close(10_000);
    release();
    expect(await answer).toBe('done');
    await closing;
  });
});
