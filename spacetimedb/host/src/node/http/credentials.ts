import type { IncomingMessage } from 'node:http';
import { TokenError, type Credentials, type TokenAuthority } from '../auth/tokens.ts';
import type { HostApi } from './host-api.ts';
import { HttpError } from './http-error.ts';
import { queryText } from './query.ts';

/**
 * Reads the token of a request: `Authorization: Bearer TOKEN`, or else `?token=` in the URL, the only way for a
 * browser's WebSocket.
 * @param opensSocket is the request for a WebSocket? Some tokens are only for that
 * @returns `undefined` when the request has no token
 * @throws {HttpError} 400 for another form of the `Authorization` header, 401 with the reason for an invalid token
 */
export async function readCredentials(
  auth: TokenAuthority,
  authorization: string | undefined,
  query: URLSearchParams,
  opensSocket: boolean,
): Promise<Credentials | undefined> {
  const token =
    authorization === undefined ? (queryText(query, 'token') ?? null) : bearerToken(authorization);
  if (token === null) return undefined;
  const credentials = await verify(auth, token);
  if (credentials.opensSocketsOnly && !opensSocket) {
    throw new HttpError(401, 'Invalid token: it opens WebSockets only; send the token that it was made from');
  }
  return credentials;
}

/** The address that a request counts for; `undefined` if it is not limited, such as the host owner's. */
export function limitedAddress(
  host: HostApi,
  request: IncomingMessage,
  credentials: Credentials | undefined,
): string | undefined {
  return credentials?.identity.isEqual(host.owner.identity) ? undefined : host.addresses.addressOf(request);
}

/**
 * Creates an identity for a caller without a token.
 *
 * @param address see {@link limitedAddress}
 * @throws {HttpError} 429 when the address created too many recently
 */
export async function mintFor(host: HostApi, address: string | undefined): Promise<Credentials> {
  host.addresses.admitIdentity(address);
  return host.auth.mint();
}

async function verify(auth: TokenAuthority, token: string): Promise<Credentials> {
  try {
    return await auth.verify(token);
  } catch (error) {
    throw error instanceof TokenError ? new HttpError(401, error.message) : error;
  }
}

function bearerToken(authorization: string): string {
  const token = /^bearer +([\x21-\x7e][\x20-\x7e]*?) *$/i.exec(authorization)?.[1];
  if (token === undefined) throw new HttpError(400, 'Authorization is invalid: malformed token');
  return token;
}
