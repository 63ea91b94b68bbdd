import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import type { AppEnv } from './middleware.ts';
import { within } from './within.ts';

export interface ListenOptions {
  /** 0 for a free one. */
  readonly port: number;
  /** The address to listen on. `localhost`, the default, is 127.0.0.1 and, if there is IPv6, ::1. */
  readonly hostname?: string;
  /** Answers everything that is not under `/v1`; 404 without it. See `createStaticHandler`. */
  readonly files?: RequestListener;
  /** Handles requests to open a WebSocket. Without it they are answered like normal requests. */
  readonly onUpgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Called for errors of single connections, which the server survives; `console.error` by default. */
  readonly onError?: (error: unknown) => void;
}

export interface RunningServer {
  readonly port: number;
  /** For example `http://localhost:3000`, without a trailing slash. */
  readonly url: string;
  /**
   * Stops listening, lets pending responses finish, and closes the remaining connections after `graceMs` (1000 by
   * default): log followers and sockets that nobody closed. May be called again.
   */
  close(graceMs?: number): Promise<void>;
}

/** Another program uses the port. `message` is one line for the person who starts the host. */
export class PortInUseError extends Error {
  override readonly name = 'PortInUseError';
  readonly port: number;

  constructor(port: number, options?: ErrorOptions) {
    super(`Port ${port} is already in use; stop the program that uses it, or choose another port`, options);
    this.port = port;
  }
}

const LOOPBACK = ['127.0.0.1', '::1'] as const;

const BODY_GRACE_MS = 500;

/** Attempts to find a free port that is free on both loopback addresses. */
const FREE_PORT_ATTEMPTS = 10;

/**
 * Serves the API, and optionally files, over HTTP.
 * @throws {PortInUseError} when the port is taken on any of the addresses; nothing is left listening then
 */
export async function listen(app: Hono<AppEnv>, options: ListenOptions): Promise<RunningServer> {
  const hostname = options.hostname ?? 'localhost';
  const listeners = hostname === 'localhost' ? LOOPBACK : [hostname];
  for (let attempt = 1; ; attempt++) {
    const opened: OpenServer[] = [];
    try {
      for (const address of listeners) {
        const port = opened[0]?.port ?? options.port;
        const server = await open(
          createHttpServer(app, options),
          port,
          address,
          options.onError ?? console.error,
        );
        if (server !== undefined) opened.push(server);
      }
      return running(opened, hostname);
    } catch (error) {
      await Promise.all(opened.map((server) => server.close(0)));
      const pickAgain = error instanceof PortInUseError && options.port === 0 && attempt < FREE_PORT_ATTEMPTS;
      if (!pickAgain) throw error;
    }
  }
}

interface OpenServer {
  readonly port: number;
  close(graceMs: number): Promise<void>;
}

function running(servers: readonly OpenServer[], hostname: string): RunningServer {
  const port = servers[0]?.port;
  if (port === undefined) throw new Error(`Cannot listen on ${hostname}: no such address on this machine`);
  return {
    port,
    url: `http://${hostname.includes(':') ? `[${hostname}]` : hostname}:${port}`,
    async close(graceMs = 1000) {
      await Promise.all(servers.map((server) => server.close(graceMs)));
    },
  };
}

function createHttpServer(app: Hono<AppEnv>, { files, onUpgrade }: ListenOptions): Server {
  const api = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  const server = createServer((request, response) => {
    response.once('finish', () => cutEndlessBody(request));
    if (files === undefined || /^\/v1(?:[/?]|$)/.test(request.url ?? '')) void api(request, response);
    else files(request, response);
  });
  if (onUpgrade) {
    server.on('upgrade', (request, socket, head) => {
      // Handlers of the socket add their own listener. Until then, a client that disconnects must not crash the
      // process.
      socket.on('error', () => socket.destroy());
      onUpgrade(request, socket, head);
    });
  }
  return server;
}

/**
 * A client that got its response before sending its whole body has a moment to finish, then the connection is closed.
 */
function cutEndlessBody(request: IncomingMessage): void {
  if (request.complete) return;
  setTimeout(() => {
    if (!request.complete) request.socket.destroy();
  }, BODY_GRACE_MS).unref();
}

/** @returns `undefined` when the machine has no such address, for example without IPv6 */
async function open(
  server: Server,
  port: number,
  address: string,
  onError: (error: unknown) => void,
): Promise<OpenServer | undefined> {
  // Node does not close upgraded sockets, but waits for them when the server closes.
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, address, resolve);
    });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') throw new PortInUseError(port, { cause: error });
    if (address === '::1' && (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT')) return undefined;
    throw error;
  }
  server.removeAllListeners('error');
  // A connection could not be accepted, for example because there are no file descriptors. The others continue.
  server.on('error', onError);
  let closed: Promise<void> | undefined;
  return {
    port: (server.address() as AddressInfo).port,
    async close(graceMs) {
      closed ??= new Promise((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      if (await within(graceMs, closed)) return;
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
