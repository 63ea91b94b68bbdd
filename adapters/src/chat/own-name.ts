import type { Identity } from 'spacetimedb';
import { NotConnectedError } from '../errors.ts';
import type { Readable } from '../types.ts';

/**
 * Makes a call that waits for a connection fail if somebody else has signed in by then: nothing is ever said in
 * somebody else's name.
 * @param by our identity when the call was asked for, if it was known
 */
export function inNameOf<Db, T>(
  by: bigint | undefined,
  identity: Readable<Identity | undefined>,
  call: (db: Db) => Promise<T>,
): (db: Db) => Promise<T> {
  return (db) =>
    by === undefined || identity.get()?.__identity__ === by
      ? call(db)
      : Promise.reject(new NotConnectedError('You signed in as somebody else before it was sent'));
}
