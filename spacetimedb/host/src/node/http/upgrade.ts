import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ConnectionId } from 'spacetimedb';
import type { AuthenticatedClient, DatabaseApi } from '../../engine/database-api.ts';
import { parseConnectionIdHex, randomConnectionId } from '../auth/identity.ts';
import { limitedAddress, mintFor, readCredentials } from './credentials.ts';
import { parseDatabaseRef, resolveDatabase, resolveIdentity } from './database-ref.ts';
import type { HostApi } from './host-api.ts';
import { errorText, HttpError } from './http-error.ts';
import { CORS_HEADERS } from './paths.ts';
import { queryBoolean, queryText, queryWord } from './query.ts';

/** An accepted request for a WebSocket. */
export interface AcceptedUpgrade {
  readonly database: DatabaseApi;
  readonly client: AuthenticatedClient;
  /** Identifies the client next time: its own token, or a new one. `InitialConnection` carries it. */
  readonly token: string;
  readonly compression: Compression;
  readonly confirmedReads: boolean;
  /** For the 101 answer. */
  readonly headers: Readonly<Record<string, string>>;
  /** The address that the client counts for; see `AddressLimits`. */
  readonly address: string | undefined;
}

const COMPRESSIONS = { None: 'none', Brotli: 'brotli', Gzip: 'gzip' } as const;

/** How a client wants its frames. */
export type Compression = (typeof COMPRESSIONS)[keyof typeof COMPRESSIONS];

/**
 * Checks a request to upgrade `GET /v1/database/:database/subscribe` (`handle_websocket` in
 * `crates/client-api/src/routes/subscribe.rs`).
 *
 * @param protocols the subprotocols that the host speaks
 * @throws {HttpError} with the answer to the client; see {@link refuseUpgrade}
 */
export async function authenticateUpgrade(
  host: HostApi,
  request: IncomingMessage,
  protocols: readonly string[],
): Promise<AcceptedUpgrade> {
  const { pathname, searchParams: query } = readAddress(request.url ?? '/');
  const name = /^\/v1\/database\/([^/]+)\/subscribe$/.exec(pathname)?.[1];
  // As for any path without a route.
  if (name === undefined) throw new HttpError(404, '');
  try {
    const given = await readCredentials(host.auth, request.headers.authorization, query, true);
    const address = limitedAddress(host, request, given);
    // Connecting and disconnecting are two transactions of the module, so it counts like a call.
    host.addresses.admitCall(address);
    const { identity, jwtPayload, token } = given ?? (await mintFor(host, address));
    const headers = {
      ...CORS_HEADERS,
      'spacetime-identity': identity.toHexString(),
      'spacetime-identity-token': token,
    };
    try {
      const ref = parseDatabaseRef(decode(name));
      const options = readOptions(query);
      const database = resolveDatabase(host, ref);
      if (database === undefined) {
        const wanted = resolveIdentity(host, ref);
        throw new HttpError(500, `Unable to authorize ${identity} for SQL: database ${wanted} not found`);
      }
      if (database.stopped !== undefined) throw new HttpError(503, database.stopped);
      requireProtocol(request, protocols);
      const { connectionId, ...rest } = options;
      return { address, database, client: { identity, connectionId, jwtPayload }, token, headers, ...rest };
    } catch (error) {
      throw withHeaders(error, headers);
    }
  } catch (error) {
    throw withHeaders(error, CORS_HEADERS);
  }
}

function withHeaders(error: unknown, headers: Readonly<Record<string, string>>): unknown {
  if (!(error instanceof HttpError)) return error;
  return new HttpError(error.status, error.message, { ...headers, ...error.headers });
}

/** Answers an upgrade with an error and closes the connection. Errors other than {@link HttpError} are a 500. */
export function refuseUpgrade(socket: Duplex, error: unknown): void {
  const status = error instanceof HttpError ? error.status : 500;
  const body = Buffer.from(errorText(error));
  const headers = error instanceof HttpError ? Object.entries(error.headers) : [];
  if (body.length > 0) headers.unshift(['content-type', 'text/plain; charset=utf-8']);
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
      `content-length: ${body.length}`,
      'connection: close',
      ...headers.map(([name, value]) => `${name}: ${value}`),
      '',
      body.toString(),
    ].join('\r\n'),
  );
}

function requireProtocol(request: IncomingMessage, protocols: readonly string[]): void {
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  if (!offered.some((name) => protocols.includes(name)))
    throw new HttpError(400, 'no valid protocol selected');
}

function readOptions(query: URLSearchParams) {
  const words = Object.keys(COMPRESSIONS) as (keyof typeof COMPRESSIONS)[];
  const connectionId = readConnectionId(query);
  const compression = COMPRESSIONS[queryWord(query, 'compression', words) ?? 'Brotli'];
  // Updates are always light in the subprotocols that the host speaks.
  queryBoolean(query, 'light');
  const confirmedReads = queryBoolean(query, 'confirmed') ?? true;
  return { connectionId, compression, confirmedReads };
}

function readConnectionId(query: URLSearchParams): ConnectionId {
  const text = queryText(query, 'connection_id');
  if (text === undefined) return randomConnectionId();
  if (/^0{32}$/.test(text)) {
    throw new HttpError(400, 'Invalid connection ID: the all-zeros ConnectionId is reserved.');
  }
  const id = parseConnectionIdHex(text);
  if (id !== undefined) return id;
  const problem = `invalid value: string ${JSON.stringify(text)}, expected a byte array or hex string`;
  throw new HttpError(400, `Failed to deserialize query string: ${problem}`);
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
