/** Requests to the server over HTTP, because browsers do not say why a WebSocket failed. */
import { ConnectionError } from './errors.ts';
import type { Environment, SocketArgs } from './types.ts';

/** Sends a request to a path under the server's address; with a token, a POST authorized by it. */
export type Request = (path: string, token?: string) => Promise<Response>;

export function createRequest(environment: Environment, base: URL, signal: AbortSignal): Request {
  return (path, token) => {
    const url = new URL(path, base);
    url.protocol = url.protocol.replace('ws', 'http');
    const headers = { Authorization: `Bearer ${token}` };
    return environment.fetch(url, { signal, ...(token !== undefined && { method: 'POST', headers }) });
  };
}

/**
 * Exchanges a sign-in token for one that is valid for a minute, because the URL of a socket may be logged.
 * @throws Response when the server refuses the token
 */
export async function fetchSocketToken(request: Request, token: string): Promise<string> {
  const response = await request('v1/identity/websocket-token', token);
  if (!response.ok) throw response;
  return ((await response.json()) as { token: string }).token;
}

/**
 * Finds out why a connection could not be made.
 * @param cause the response that rejected the token, undefined if the WebSocket failed to open, or the reason why
 * there was no response
 */
export async function diagnoseFailure(
  cause: unknown,
  { url: { host }, nameOrAddress }: SocketArgs,
  request: Request,
): Promise<ConnectionError> {
  try {
    if (isResponse(cause) && [400, 401].includes(cause.status)) {
      const text = (await cause.text()).slice(0, 200);
      return new ConnectionError('token-rejected', text || 'The server does not accept the saved token');
    }
    if (await isOtherServer(request)) {
      return new ConnectionError('no-server', `${host} is not a SpacetimeDB server`);
    }
    if (isResponse(cause)) {
      return new ConnectionError('unreachable', `${host} answered with status ${cause.status}`);
    }
    if (cause === undefined) {
      const { status } = await request(`v1/database/${encodeURIComponent(nameOrAddress)}/identity`);
      if (status === 404) {
        return new ConnectionError('unknown-database', `${host} has no database ${nameOrAddress}`);
      }
      return new ConnectionError('unreachable', `${host} refused the connection`);
    }
  } catch {
    // This request got no answer either.
  }
  return new ConnectionError('unreachable', `No answer from ${host}`);
}

/**
 * Whether the answer comes from something other than SpacetimeDB, such as a file server that returns its own error, or
 * one page for every path. Errors of a proxy do not count: the server behind it may be down.
 */
async function isOtherServer(request: Request): Promise<boolean> {
  const { ok, status, headers } = await request('v1/ping');
  return ok ? (headers.get('content-type') ?? '').includes('html') : [403, 404, 405].includes(status);
}

/**
 * Gets the text with which the module's `client_connected` refuses someone. On a socket, the server closes the
 * connection without a reason, but it answers any HTTP request with the text.
 * @returns the module's text; undefined when it does not refuse, or does not answer
 */
export async function probeRefusal(
  token: string | undefined,
  { nameOrAddress }: SocketArgs,
  request: Request,
): Promise<string | undefined> {
  // Without a token there is no identity yet that could be refused.
  if (token === undefined) return undefined;
  try {
    const response = await request(`v1/database/${encodeURIComponent(nameOrAddress)}/sql`, token);
    return response.status === 403 ? await response.text() : undefined;
  } catch {
    return undefined;
  }
}

/** Not `instanceof`: it may be the `Response` of another `fetch`. */
function isResponse(cause: unknown): cause is Response {
  return typeof cause === 'object' && cause !== null && 'status' in cause;
}
