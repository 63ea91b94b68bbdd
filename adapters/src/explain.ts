import type { ConnectionProblem, SocketArgs } from './types.ts';

/** Asks the server over HTTP, at a path below its address; with a token it is a POST in the name of its bearer. */
export type Request = (base: URL, path: string, token?: string) => Promise<Response>;

/**
 * Why a connection could not be made.
 * @param cause the answer that refuses the token; undefined when the socket did not open, of which a browser does
 * not say why, so that this asks over HTTP; or why there was no answer
 * @returns what for code and what for a person
 */
export async function explain(
  cause: unknown,
  { url, nameOrAddress }: SocketArgs,
  request: Request,
): Promise<[problem: ConnectionProblem, reason: string]> {
  const { host } = url;
  try {
    if (isResponse(cause)) {
      if (![400, 401].includes(cause.status)) {
        return ['unreachable', `${host} answered with status ${cause.status}`];
      }
      const reason = (await cause.text()).slice(0, 200);
      return ['token-rejected', reason || 'The server does not accept the saved token'];
    }
    if (cause === undefined) {
      const { status } = await request(url, `v1/database/${encodeURIComponent(nameOrAddress)}/identity`);
      if (status === 404) return ['unknown-database', `${host} has no database ${nameOrAddress}`];
      return ['unreachable', `${host} refused the connection`];
    }
  } catch {
    // There was no answer to this either.
  }
  return ['unreachable', `No answer from ${host}`];
}

/**
 * What a module's `client_connected` says to those whom it does not let in. Over a socket the server drops them without a
 * word, after the handshake; to a request it answers, whatever the request is about. Without a token there is nobody
 * whom it could have refused.
 */
export async function refusal(
  token: string | undefined,
  { url, nameOrAddress }: SocketArgs,
  request: Request,
): Promise<string | undefined> {
  if (token === undefined) return undefined;
  try {
    const response = await request(url, `v1/database/${encodeURIComponent(nameOrAddress)}/sql`, token);
    return response.status === 403 ? await response.text() : undefined;
  } catch {
    return undefined;
  }
}

/** Whichever `fetch` it comes from. */
function isResponse(cause: unknown): cause is Response {
  return typeof cause === 'object' && cause !== null && 'status' in cause;
}
