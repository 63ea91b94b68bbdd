import type { IncomingMessage } from 'node:http';
import { TokenError, type Credentials, type TokenAuthority } from '../auth/tokens.ts';
import type { HostApi } from './host-api.ts';
import { HttpError } from './http-error.ts';
import { queryText } from './query.ts';

/**
 * Who sends a request: `Authorization: Bearer TOKEN` first, else `?token=` in the address (the only way for a browser's
 * WebSocket).
 * @param opensSocket whether the request is for a WebSocket: there are tokens that are good for nothing else
 * @returns `undefined` when the request carries no token
 * @throws {HttpError} 400 for an `Authorization` header of another form, 401 with the reason for a token that is refused
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

/** What a request is counted under; `undefined` when it is not limited, as for the host's owner. */
export function limitedAddress(
  host: HostApi,
  request: IncomingMessage,
  credentials: Credentials | undefined,
): string | undefined {
  return credentials?.identity.isEqual(host.owner.identity) ? undefined : host.addresses.addressOf(request);
}

/**
 * A new identity for somebody without a token.
 *
 * @param address see {@link limitedAddress}
 * @throws {HttpError} 429 when the address had too many lately
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
