import type { Identity } from 'spacetimedb';
import type { Hub } from './hub.ts';
import type { Leases } from './leases.ts';
import type { Scope } from './store.ts';
import type { AnyDb, Connection, Environment, Readable } from './types.ts';

/** What stores need of a connection beyond its public part. */
export interface Internals {
  readonly environment: Environment;
  readonly scope: Scope;
  readonly leases: Leases;
  readonly hub: Hub;
  /** Says that the connection is needed; gives what takes that back. */
  keepOpen(this: void): () => void;
  readonly identity: Readable<Identity | undefined>;
  /**
   * Compares the tables in use with those of the database, and rejects the connection when they differ. To be called when
   * the server has refused a query without which nothing works; asks once for each connection.
   */
  suspectTables(this: void): void;
}

const internals = new WeakMap<object, Internals>();

export function setInternals(connection: object, parts: Internals): void {
  internals.set(connection, parts);
}

/** @throws TypeError when `connection` does not come from `connect` */
export function internalsOf(connection: Connection<AnyDb>): Internals {
  const parts = internals.get(connection);
  if (!parts) throw new TypeError('Not a connection made by connect()');
  return parts;
}
