import type { Connection } from 'spacetimedb-stores';
import type { DbConnection } from '../../module_bindings/index.ts';

/** How long to wait for the server, in milliseconds. */
const TIMEOUT_MS = 3_000;

/**
 * Signs out: the server releases the name, and this browser forgets the identity. If the server cannot be reached or
 * has the tutorial's plain module, the name stays taken, but the identity is still forgotten.
 */
export async function signOut(
  connection: Pick<Connection<DbConnection>, 'call' | 'resetIdentity'>,
): Promise<void> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  await connection.call(({ reducers }) => reducers.signOut({}), { signal }).catch(() => undefined);
  connection.resetIdentity();
}
