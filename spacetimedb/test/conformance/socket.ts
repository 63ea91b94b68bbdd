/** A WebSocket client that sends given messages and records decoded answers. */
import { WebSocket, type ClientOptions } from 'ws';
import { decodeFrame, oneOffMessage, type Message } from './messages.ts';
import { until, type ConformanceServer } from './server.ts';

export const V2 = 'v2.bsatn.spacetimedb';
export const V3 = 'v3.bsatn.spacetimedb';

export interface OpenOptions {
  readonly query?: string;
  readonly protocols?: string[];
  readonly headers?: Readonly<Record<string, string>>;
  /** Instead of `/v1/database/NAME/subscribe`. */
  readonly path?: string;
}

/** No request of a test has this id. An answer to it means that everything sent before was processed. */
const BARRIER = 0xffff_fff0;

export class Client {
  readonly seen: Message[] = [];
  /** The payloads of `seen`, one message each, without the byte for the compression. */
  readonly payloads: Buffer[] = [];
  /** How the frames were compressed. */
  readonly frames: { readonly compression: string; readonly n: number; readonly bytes: number }[] = [];
  closed: { readonly code: number; readonly reason: string } | null = null;
  /** Details of the 101 response. */
  upgrade: unknown = null;
  /** The answer that refused the WebSocket. */
  refused: unknown;
  #barriers = 0;
  readonly socket: WebSocket;

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data: Buffer, isBinary: boolean) => this.#receive(data, isBinary));
    socket.on('close', (code, reason) => {
      this.closed = { code, reason: reason.toString() };
    });
  }

  send(bytes: Uint8Array | string): void {
    this.socket.send(bytes);
  }

  /** Waits until the given number of messages has arrived, or the socket is closed. */
  wait(count = 1): Promise<void> {
    return until(() => this.seen.length >= count || this.closed !== null);
  }

  /** Waits until the server has processed everything sent so far and its answers have arrived. */
  async settle(): Promise<void> {
    const target = this.#barriers + 1;
    if (this.socket.readyState === WebSocket.OPEN) {
      this.socket.send(oneOffMessage(BARRIER, 'SELECT * FROM barrier'));
    }
    await until(() => this.#barriers >= target || this.closed !== null);
  }

  take(): Message[] {
    this.payloads.length = 0;
    return this.seen.splice(0);
  }

  async close(): Promise<void> {
    this.socket.close();
    await until(() => this.closed !== null);
  }

  #receive(data: Buffer, isBinary: boolean): void {
    if (!isBinary) {
      this.seen.push({ text: data.toString() });
      return;
    }
    const { compression, messages } = decodeFrame(data);
    const own = messages.filter(({ message }) => {
      const isBarrier = (message['OneOffQueryResult'] as { req?: number } | undefined)?.req === BARRIER;
      if (isBarrier) this.#barriers++;
      return !isBarrier;
    });
    if (own.length === 0) return;
    this.frames.push({ compression, n: own.length, bytes: data.length });
    this.seen.push(...own.map(({ message }) => message));
    this.payloads.push(...own.map(({ payload }) => payload));
  }
}

/** Opens a WebSocket, and waits until it is open or refused. */
export function openSocket(
  { uri }: ConformanceServer,
  database: string,
  options: OpenOptions = {},
): Promise<Client> {
  const { query = 'compression=None', protocols = [V2], headers = {} } = options;
  const at = options.path ?? `/v1/database/${database}/subscribe`;
  const url = `${uri.replace('http', 'ws')}${at}${query === '' ? '' : `?${query}`}`;
  const settings: ClientOptions = { headers, perMessageDeflate: false };
  const socket = new WebSocket(url, protocols, settings);
  const client = new Client(socket);
  return new Promise((resolve) => {
    socket.on('upgrade', (response) => {
      client.upgrade = {
        protocol: response.headers['sec-websocket-protocol'],
        extensions: response.headers['sec-websocket-extensions'] ?? null,
        headers: Object.keys(response.headers).sort(),
        acao: response.headers['access-control-allow-origin'] ?? null,
      };
    });
    socket.on('open', () => resolve(client));
    socket.on('unexpected-response', (_request, response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => {
        const kept = Object.entries(response.headers).filter(
          ([name]) => !['date', 'content-length', 'connection'].includes(name),
        );
        client.refused = {
          status: response.statusCode,
          body: Buffer.concat(parts).toString(),
          headers: Object.fromEntries(kept),
        };
        socket.terminate();
        resolve(client);
      });
    });
    socket.on('error', (error) => {
      client.refused ??= { error: String(error) };
      resolve(client);
    });
  });
}

/** How a WebSocket was refused, or its first message. */
export async function outcome(client: Client): Promise<Record<string, unknown>> {
  if (client.refused !== undefined) return { refused: client.refused };
  await client.wait();
  return {
    upgrade: client.upgrade,
    seen: client.take(),
    frames: client.frames.map(({ compression }) => compression),
    closed: client.closed,
  };
}
