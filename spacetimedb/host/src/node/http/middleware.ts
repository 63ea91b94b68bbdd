import type { IncomingMessage } from 'node:http';
import type { HttpBindings } from '@hono/node-server';
import type { Context, MiddlewareHandler } from 'hono';
import type { Identity } from 'spacetimedb';
import type { DatabaseApi } from '../../engine/database-api.ts';
import { parseIdentityHex } from '../auth/identity.ts';
import type { Credentials, TokenAuthority } from '../auth/tokens.ts';
import { limitedAddress, mintFor, readCredentials } from './credentials.ts';
import { parseDatabaseRef, requireDatabase } from './database-ref.ts';
import type { HostApi } from './host-api.ts';
import { HttpError } from './http-error.ts';

/** Values that middleware passes to the handler of a route. */
export interface AppEnv {
  Variables: { credentials: Credentials; database: DatabaseApi };
}

/** The query of a request's URL. Unlike Hono's parser it never throws on `+` or invalid escapes. */
export function queryOf(context: Context): URLSearchParams {
  return new URL(context.req.url).searchParams;
}

/** @throws {HttpError} like {@link readCredentials} */
export function credentialsOf(auth: TokenAuthority, context: Context): Promise<Credentials | undefined> {
  return readCredentials(auth, context.req.header('authorization'), queryOf(context), false);
}

/**
 * Reads the caller's token, or creates an identity for a caller without one. Every response, including errors, names
 * the caller's identity and token.
 */
export function identifyOrMint(host: HostApi): MiddlewareHandler<AppEnv> {
  return async (context, next) => {
    const credentials = (await credentialsOf(host.auth, context)) ?? (await mintForCaller(host, context));
    context.set('credentials', credentials);
    await next();
    sayWhoCalls(context, credentials);
  };
}

function sayWhoCalls(context: Context, { identity, token }: Credentials): void {
  context.header('spacetime-identity', identity.toHexString());
  context.header('spacetime-identity-token', token);
}

/**
 * Creates an identity for a caller without a token.
 *
 * @throws {HttpError} 429 when the caller's address created too many recently
 */
export function mintForCaller(host: HostApi, context: Context): Promise<Credentials> {
  return mintFor(host, limitedAddress(host, requestOf(context), undefined));
}

/** Answers 429 when the caller's address calls too often. Place it after the middleware that identifies the caller. */
export function limitCalls(host: HostApi): MiddlewareHandler<AppEnv> {
  return async (context, next) => {
    host.addresses.admitCall(limitedAddress(host, requestOf(context), context.get('credentials')));
    await next();
  };
}

function requestOf(context: Context): IncomingMessage {
  return (context.env as HttpBindings).incoming as IncomingMessage;
}

/** Refuses callers without a token. */
export function requireIdentity(auth: TokenAuthority): MiddlewareHandler<AppEnv> {
  return async (context, next) => {
    const credentials = await credentialsOf(auth, context);
    if (credentials === undefined) throw new HttpError(401, 'Authorization required');
    context.set('credentials', credentials);
    await next();
  };
}

/**
 * Accepts only callers who may publish, and reads only their token. Where anyone may publish, a caller without a token
 * gets a new identity.
 */
export function requirePublisher(host: HostApi): MiddlewareHandler<AppEnv> {
  if (host.allowPublish === 'anyone') return identifyOrMint(host);
  return async (context, next) => {
    const credentials = await credentialsOf(host.auth, context);
    if (credentials === undefined) throw new HttpError(401, NEEDS_OWNER_TOKEN);
    if (!credentials.identity.isEqual(host.owner.identity))
      throw new HttpError(403, 'Only the owner of this host may publish here');
    context.set('credentials', credentials);
    await next();
    sayWhoCalls(context, credentials);
  };
}

const NEEDS_OWNER_TOKEN =
  'Publishing needs the token of the owner of this host, in the header `Authorization: Bearer TOKEN`';

/** Finds the database that `:database` in the URL names, or answers 404. */
export function findDatabase(host: HostApi): MiddlewareHandler<AppEnv> {
  return async (context, next) => {
    context.set('database', requireDatabase(host, parseDatabaseRef(context.req.param('database') ?? '')));
    await next();
  };
}

/** What only the owner of a database may do, in the server's words. */
export type OwnerAction = 'update database' | 'reset database' | 'delete database' | 'view module logs';

/** @throws {HttpError} 403 unless the caller owns the database */
export function requireOwner(caller: Credentials, database: DatabaseApi, action: OwnerAction): void {
  if (caller.identity.isEqual(database.owner)) return;
  throw new HttpError(
    403,
    `${caller.identity} is not authorized to perform action on database ${database.identity}: ${action}`,
  );
}

/** The identity in the URL. @throws {HttpError} 400 */
export function identityParameter(context: Context): Identity {
  const text = context.req.param('identity') ?? '';
  const identity = parseIdentityHex(text);
  if (identity !== undefined) return identity;
  const problem = `invalid value: string ${JSON.stringify(text)}, expected a byte array or hex string`;
  throw new HttpError(400, `Invalid URL: ${problem}`);
}

/** Answers 400 to a URL without a valid identity, before any other check. */
export const checkIdentityParameter: MiddlewareHandler<AppEnv> = async (context, next) => {
  identityParameter(context);
  await next();
};
