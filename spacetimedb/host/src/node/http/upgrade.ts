import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { AuthenticatedClient, DatabaseApi } from '../../engine/database-api.ts';
import { parseConnectionIdHex, randomConnectionId } from '../auth/identity.ts';
import { limitedAddress, mintFor, readCredentials } from './credentials.ts';
import { parseDatabaseRef, requireDatabase } from './database-ref.ts';
import type { HostApi } from './host-api.ts';
import { errorText, HttpError } from './http-error.ts';

/** An accepted request for a WebSocket. */
export interface AcceptedUpgrade {
  readonly database: DatabaseApi;
  readonly client: AuthenticatedClient;
  /** The token that the client sends to keep its identity; new if it came without one. Sent in `InitialConnection`. */
  readonly token: string;
  /** The URL's parameters: `compression`, `confirmed`, `light`. */
  readonly query: URLSearchParams;
  /** For the 101 response, as in every other response about a database. */
  readonly headers: Readonly<Record<string, string>>;
  /** The address that the client counts for; see `AddressLimits`. */
  readonly address: string | undefined;
}

/**
 * Authenticates `GET /v1/database/:database/subscribe` with an upgrade (`handle_websocket` in
 * `crates/client-api/src/routes/subscribe.rs`): caller, connection and database.
 * @throws {HttpError} 400, 401, 404 or 429 with the text for the caller; see {@link refuseUpgrade}
 */
export async function authenticateUpgrade(host: HostApi, request: IncomingMessage): Promise<AcceptedUpgrade> {
  const { pathname, searchParams: query } = readAddress(request.url ?? '/');
  const name = /^\/v1\/database\/([^/]+)\/subscribe$/.exec(pathname)?.[1];
  if (name === undefined) throw new HttpError(404, 'No WebSocket here');
  const given = await readCredentials(host.auth, request.headers.authorization, query, true);
  const connectionId = readConnectionId(query);
  const database = requireDatabase(host, parseDatabaseRef(decode(name)));
  if (database.stopped !== undefined) throw new HttpError(503, database.stopped);
  const address = limitedAddress(host, request, given);
  // Connecting and disconnecting run two transactions of the module, so they count like a call.
  host.addresses.admitCall(address);
  const { identity, jwtPayload, token } = given ?? (await mintFor(host, address));
  return {
    address,
    database,
    client: { identity, connectionId, jwtPayload },
    token,
    query,
    headers: { 'spacetime-identity': identity.toHexString(), 'spacetime-identity-token': token },
  };
}

/** Answers an upgrade with an error and closes the connection. Errors other than {@link HttpError} are a 500. */
export function refuseUpgrade(socket: Duplex, error: unknown): void {
  const status = error instanceof HttpError ? error.status : 500;
  const body = Buffer.from(errorText(error));
  const headers = error instanceof HttpError ? Object.entries(error.headers) : [];
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
      'content-type: text/plain; charset=utf-8',
      `content-length: ${body.length}`,
      'connection: close',
      ...headers.map(([name, value]) => `${name}: ${value}`),
      '',
      body.toString(),
    ].join('\r\n'),
  );
}

function readConnectionId(query: URLSearchParams) {
  const text = query.get('connection_id');
  if (text === null) return randomConnectionId();
  if (/^0{32}$/.test(text)) {
    throw new HttpError(400, 'Invalid connection ID: the all-zeros ConnectionId is reserved.');
  }
  const id = parseConnectionIdHex(text);
  if (id === undefined) {
    throw new HttpError(400, 'Failed to deserialize query string: a connection id is 32 hex digits');
  }
  return id;
}

function readAddress(path: string): URL {
  // The host only completes the URL and is never used.
  const address = `http://host${path}`;
  if (!URL.canParse(address)) throw new HttpError(400, 'Invalid URL');
  return new URL(address);
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new HttpError(400, 'Invalid URL: not UTF-8');
  }
}
