import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import { Database } from '../../engine/database/database.ts';
import type { StoppedDatabase } from '../../engine/database/stopped-database.ts';
import { ClientConnection } from '../../engine/client/client-connection.ts';
import type { HostApi } from '../http/host-api.ts';
import { authenticateUpgrade, refuseUpgrade, type AcceptedUpgrade } from '../http/upgrade.ts';
import { toFrame } from './compression.ts';
import { FrameSocket } from './frame-socket.ts';
import { IDLE_TIMEOUT_MS, keepAlive } from './heartbeat.ts';
import { UnfinishedMessages } from './unfinished-messages.ts';

const V3 = 'v3.bsatn.spacetimedb';
const V2 = 'v2.bsatn.spacetimedb';

const MAX_MESSAGE_BYTES = 32 * 1024 * 1024;

/** A host that accepts WebSockets for its databases. */
export interface SocketHost extends HostApi {
  find(nameOrIdentity: string): Database | StoppedDatabase | undefined;
}

/** Accepts the WebSocket connections of all databases of a host. */
export class SubscribeServer {
  readonly #host: SocketHost;
  readonly #unfinished: UnfinishedMessages;
  readonly #sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(V3) ? V3 : V2),
  });

  constructor(host: SocketHost) {
    this.#host = host;
    this.#unfinished = new UnfinishedMessages(host.limits.unfinishedBytes);
    this.#sockets.on('headers', (headers, request) => {
      for (const [name, value] of Object.entries(extraHeaders.get(request) ?? {}))
        headers.push(`${name}: ${value}`);
    });
  }

  /** Handles one request to open a WebSocket. */
  readonly upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    this.#accept(request, socket, head).catch((error: unknown) => refuseUpgrade(socket, error));
  };

  async #accept(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const accepted = await authenticateUpgrade(this.#host, request, [V3, V2]);
    if (socket.destroyed) return;
    socket.once('close', this.#host.addresses.admitConnection(accepted.address));
    extraHeaders.set(request, { ...accepted.headers, date: new Date().toUTCString() });
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) => {
      this.#unfinished.watch(socket, webSocket, () => {
        const found = this.#host.find(accepted.database.identity.toHexString());
        if (found instanceof Database)
          found.logSystem('Warn', 'a client that did not finish its message was disconnected');
        webSocket.terminate();
      });
      this.#connect(webSocket, accepted, (payload) => toFrame(payload, accepted.compression));
    });
  }

  #connect(socket: WebSocket, accepted: AcceptedUpgrade, frame: (payload: Uint8Array) => Uint8Array): void {
    // An error is always followed by `close`, which cleans up.
    socket.on('error', () => undefined);
    const database = this.#host.find(accepted.database.identity.toHexString());
    if (!(database instanceof Database)) {
      // The database was removed during the handshake.
      socket.close(1001, 'module exited');
      return;
    }
    const frames = new FrameSocket(socket, () => connection.drained());
    const connection = new ClientConnection({
      database,
      client: accepted.client,
      token: accepted.token,
      socket: frames,
      isV3: socket.protocol === V3,
      confirmedReads: accepted.confirmedReads,
      toFrame: frame,
      turn: () => this.#host.addresses.reserveCall(accepted.address),
    });
    socket.on('message', (data, isBinary) => {
      if (isBinary) connection.receive(toBytes(data));
      else connection.receiveText();
    });
    socket.on('close', () => connection.closed());
    keepAlive(socket, frames, () => connection.stalled(IDLE_TIMEOUT_MS / 1000));
    connection.open();
  }
}

/** Headers for pending 101 responses. */
const extraHeaders = new WeakMap<IncomingMessage, Readonly<Record<string, string>>>();

function toBytes(data: RawData): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
}
