/** A WebSocket client for tests that sends exactly what it is told to. */
import { once } from 'node:events';
import { AlgebraicType, BinaryReader, BinaryWriter } from 'spacetimedb';
import { WebSocket } from 'ws';
import { ClientMessage, ServerMessage } from '../engine/wire/messages.ts';

export interface RawClient {
  readonly socket: WebSocket;
  /** Payloads received so far, without the compression byte; `[0]` is the message's tag. */
  readonly received: Uint8Array[];
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
}

/** The server refused to open a WebSocket. */
export class UpgradeRefusedError extends Error {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;

  constructor(status: number | undefined, headers: UpgradeRefusedError['headers'], text: string) {
    super(text);
    this.status = status;
    this.headers = headers;
  }
}

/**
 * Opens a WebSocket, with subprotocol v2 by default.
 *
 * @param uri of the host, such as `http://localhost:3000`
 * @throws {UpgradeRefusedError}
 */
export async function openRawClient(
  uri: string,
  database: string,
  options: { query?: Record<string, string>; headers?: Record<string, string>; version?: 'v2' | 'v3' } = {},
): Promise<RawClient> {
  const url = new URL(`${uri.replace('http', 'ws')}/v1/database/${database}/subscribe`);
  for (const [name, value] of Object.entries({ compression: 'None', ...options.query })) {
    url.searchParams.set(name, value);
  }
  const socket = new WebSocket(url, `${options.version ?? 'v2'}.bsatn.spacetimedb`, {
    headers: options.headers ?? {},
  });
  const received: Uint8Array[] = [];
  socket.on('message', (data: Buffer) => received.push(data.subarray(1)));
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
  });
  await new Promise<void>((resolve, reject) => {
    socket.on('open', resolve);
    socket.on('error', reject);
    socket.on('unexpected-response', async (_request, response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      await once(response, 'end');
      reject(new UpgradeRefusedError(response.statusCode, response.headers, text));
    });
  });
  return { socket, received, closed };
}

/** The bytes of a `CallReducer` message. @param args the arguments' BSATN */
export function callMessage(requestId: number, reducer: string, args = new Uint8Array(0)): Uint8Array {
  return encodeClientMessage({ tag: 'CallReducer', value: { requestId, flags: 0, reducer, args } });
}

const readServerMessage = AlgebraicType.makeDeserializer(ServerMessage.algebraicType);
const writeClientMessage = AlgebraicType.makeSerializer(ClientMessage.algebraicType);

/** The bytes of one message to the server. */
export function encodeClientMessage(message: ClientMessage): Uint8Array {
  const writer = new BinaryWriter(256);
  writeClientMessage(writer, message);
  return writer.getBuffer();
}

/** Reads one message from the server. @param payload without the compression byte */
export function decodeServerMessage(payload: Uint8Array): ServerMessage {
  return readServerMessage(new BinaryReader(payload)) as ServerMessage;
}
