import type { AuthenticatedClient, DatabaseApi } from '../../engine/database-api.ts';
import { randomConnectionId } from '../auth/identity.ts';
import type { Credentials } from '../auth/tokens.ts';
import { HttpError } from './http-error.ts';

/**
 * Runs one HTTP request as a client: the module sees it connect with a new connection id, and always disconnect
 * (`with_connection` in `crates/client-api/src/routes/database.rs`).
 * @throws {HttpError} 403 with the module's message when `client_connected` refuses the caller
 */
export async function asClient<Result>(
  database: DatabaseApi,
  { identity, jwtPayload }: Credentials,
  run: (client: AuthenticatedClient) => Result | Promise<Result>,
): Promise<Result> {
  const client: AuthenticatedClient = { identity, jwtPayload, connectionId: randomConnectionId() };
  const outcome = database.clientConnected(client);
  if (outcome.tag === 'rejected') throw new HttpError(403, outcome.message);
  try {
    return await run(client);
  } finally {
    database.clientDisconnected(client);
  }
}
