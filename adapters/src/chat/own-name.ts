import type { Identity } from 'spacetimedb';
import { NotConnectedError } from '../errors.ts';
import type { Readable } from '../types.ts';

/**
 * Makes a call that waits for a connection fail if someone else has signed in by then, so nothing is ever sent in
 * someone else's name.
 * @param by our identity when the call was requested, if known
 */
export function inNameOf<Db, T>(
  by: bigint | undefined,
  identity: Readable<Identity | undefined>,
  call: (db: Db) => Promise<T>,
): (db: Db) => Promise<T> {
  return (db) =>
    by === undefined || identity.get()?.__identity__ === by
      ? call(db)
      : Promise.reject(new NotConnectedError('You signed in as someone else before it was sent'));
}
