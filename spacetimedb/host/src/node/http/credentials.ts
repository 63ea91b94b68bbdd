import { TokenError, type Credentials, type TokenAuthority } from '../auth/tokens.ts';
import { HttpError } from './http-error.ts';

/**
 * Who sends a request: `Authorization: Bearer TOKEN` first, else `?token=` in the address (the only way for a browser's
 * WebSocket).
 * @returns `undefined` when the request carries no token
 * @throws {HttpError} 400 for an `Authorization` header of another form, 401 with the reason for a token that is refused
 */
export async function readCredentials(
  auth: TokenAuthority,
  authorization: string | undefined,
  query: URLSearchParams,
): Promise<Credentials | undefined> {
  const token = authorization === undefined ? query.get('token') : bearerToken(authorization);
  if (token === null) return undefined;
  try {
    return await auth.verify(token);
  } catch (error) {
    throw error instanceof TokenError ? new HttpError(401, error.message) : error;
  }
}

function bearerToken(authorization: string): string {
  const token = /^bearer +([\x21-\x7e]+) *$/i.exec(authorization)?.[1];
  if (token === undefined) throw new HttpError(400, 'Authorization is invalid: malformed token');
  return token;
}
