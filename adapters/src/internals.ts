import type { Identity } from 'spacetimedb';
import type { Acquire, RefCounts } from './ref-count.ts';
import type { Scope } from './store.ts';
import type { Subscriptions } from './subscriptions.ts';
import type { AnyDb, Connection, Environment, Readable } from './types.ts';

/** The internal parts of a connection that stores need. */
export interface Internals {
  readonly environment: Environment;
  readonly scope: Scope;
  readonly refCounts: RefCounts;
  readonly subscriptions: Subscriptions;
  /** Keeps the connection open until the returned function is called. */
  readonly keepOpen: Acquire;
  readonly identity: Readable<Identity | undefined>;
  /**
   * Compares the tables in use with those of the database, and rejects the connection if they differ. Call it when the
   * server has refused an essential query. Runs once per connection.
   */
  checkSchema(this: void): void;
}

/** A property with a function, because the proxies of Svelte and Vue pass it through unwrapped. */
const INTERNALS = Symbol('internals');

export function setInternals(connection: object, parts: Internals): void {
  Object.defineProperty(connection, INTERNALS, { value: () => parts });
}

/** @throws TypeError when `connection` does not come from `connect` */
export function internalsOf(connection: Connection<AnyDb>): Internals {
  const parts = (connection as { [INTERNALS]?: () => Internals })[INTERNALS]?.();
  if (!parts) throw new TypeError('Not a connection made by connect()');
  return parts;
}
