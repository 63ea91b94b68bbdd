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
 * The database, or `undefined` for an identity that no database here has.
 * @throws {HttpError} 404 for a name that is not taken
 */
export function resolveDatabase(host: HostApi, ref: DatabaseRef): DatabaseApi | undefined {
  if (ref.tag === 'identity') return host.find(ref.identity.toHexString());
  const database = host.find(ref.name);
  if (database === undefined) throw new HttpError(404, `\`${ref.name}\` not found`);
  return database;
}

/** @throws {HttpError} 404 when the database does not exist */
export function requireDatabase(host: HostApi, ref: DatabaseRef): DatabaseApi {
  const database = resolveDatabase(host, ref);
  if (database === undefined) throw new HttpError(404, 'No such database.');
  return database;
}

/** What is wrong with a database name, in the server's words; `undefined` when nothing is. */
function databaseNameProblem(name: string): string | undefined {
  if (name === '') return 'database names cannot be empty';
  const valid = /^(?:[a-z0-9]+(?:-[a-z0-9]+)*)?/.exec(name)?.[0].length ?? 0;
  if (valid === name.length) return undefined;
  return name[valid] === '-' ? 'invalid hyphen in database name' : 'invalid characters in database name';
}
