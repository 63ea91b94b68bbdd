import type { Identity } from 'spacetimedb';
import type { DatabaseApi } from '../../engine/database-api.ts';
import { parseIdentityHex } from '../auth/identity.ts';
import type { HostApi } from './host-api.ts';
import { HttpError } from './http-error.ts';

/** A reference to a database in a URL. */
export type DatabaseRef =
  { readonly tag: 'name'; readonly name: string } | { readonly tag: 'identity'; readonly identity: Identity };

/**
 * Parses a reference to a database: an identity in hex, or else a name (`NameOrIdentity` in
 * `crates/client-api/src/util.rs`, `parse_database_name` in `client-api-messages`).
 * @throws {HttpError} 400 when it is neither
 */
export function parseDatabaseRef(text: string): DatabaseRef {
  const identity = parseIdentityHex(text.replace(/^0x/, ''));
  if (identity !== undefined) return { tag: 'identity', identity };
  const problem = databaseNameProblem(text);
  if (problem !== undefined) throw new HttpError(400, `Invalid URL: ${problem}`);
  return { tag: 'name', name: text };
}

/**
 * Returns the identity that a URL names, even if no database has it now.
 * @returns hex
 * @throws {HttpError} 404 for an unknown name
 */
export function resolveIdentity({ registry }: Pick<HostApi, 'registry'>, ref: DatabaseRef): string {
  if (ref.tag === 'identity') return ref.identity.toHexString();
  const identity = registry.identityOf(ref.name);
  if (identity === undefined) throw new HttpError(404, `\`${ref.name}\` not found`);
  return identity;
}

/**
 * Returns the database, or `undefined` if none has the identity now.
 * @throws {HttpError} 404 for an unknown name
 */
export function resolveDatabase(host: HostApi, ref: DatabaseRef): DatabaseApi | undefined {
  return host.find(resolveIdentity(host, ref));
}

/** @throws {HttpError} 404 when the database does not exist */
export function requireDatabase(host: HostApi, ref: DatabaseRef): DatabaseApi {
  const database = resolveDatabase(host, ref);
  if (database === undefined) throw new HttpError(404, 'No such database.');
  return database;
}

/** Returns what is wrong with a database name, in the server's words; `undefined` for a valid name. */
export function databaseNameProblem(name: string): string | undefined {
  if (name === '') return 'database names cannot be empty';
  const valid = /^(?:[a-z0-9]+(?:-[a-z0-9]+)*)?/.exec(name)?.[0].length ?? 0;
  if (valid === name.length) return undefined;
  return name[valid] === '-' ? 'invalid hyphen in database name' : 'invalid characters in database name';
}
