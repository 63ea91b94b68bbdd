import type { Identity } from 'spacetimedb';
import type { AuthenticatedClient, ReducerOutcome } from '../engine/database-api.ts';
import type { Database } from '../engine/database/database.ts';
import { formatClaims } from './auth/claims.ts';
import { identityFromClaims, parseIdentityHex, randomConnectionId } from './auth/identity.ts';
import { LOCAL_ISSUER, type TokenAuthority } from './auth/tokens.ts';
import { callProcedure, type ProcedureResult } from './procedure-result.ts';
import { toArguments, type ReducerArguments } from './reducer-arguments.ts';
import { runSql, type RunSql } from './typed-sql.ts';

/** The module's `clientConnected` refused the caller; `message` says why. */
interface Rejected {
  readonly tag: 'rejected';
  readonly message: string;
}

/** How a call of a {@link HostUser} ended. */
export type UserOutcome = ReducerOutcome | Rejected;

/** What both a person and one of their connections can do. */
interface Actor {
  /** Hex. */
  readonly identity: string;
  /** Runs one SQL statement with this person's rights. @throws {SqlError} */
  readonly sql: RunSql;
}

/** A person who uses the database. */
export interface HostUser extends Actor {
  /**
   * Calls a reducer as an HTTP request does: as a client that connects for this call only, so that the module's
   * `clientConnected` and `clientDisconnected` run around it.
   *
   * @param args in SATS-JSON, by position or by name; bigints are allowed
   */
  call(reducer: string, args?: ReducerArguments): UserOutcome;
  /**
   * Calls a procedure, also as a client that connects for this call only.
   *
   * @param args in SATS-JSON, by position or by name; bigints are allowed
   */
  callProcedure(procedure: string, args?: ReducerArguments): Promise<ProcedureResult | Rejected>;
  /**
   * Connects, and stays connected: runs the module's `clientConnected`.
   *
   * @throws {Error} with the module's message when it refuses the person
   */
  connect(): HostConnection;
  /**
   * A token that makes a real client, such as the SDK's, this person. @throws {Error} for a person given as an identity
   */
  token(): Promise<string>;
}

/** One connection of a {@link HostUser}: all its calls have the same `ctx.connectionId`. */
export interface HostConnection extends Actor {
  /** Hex. */
  readonly connectionId: string;
  /** Calls a reducer. @param args in SATS-JSON, by position or by name; bigints are allowed */
  call(reducer: string, args?: ReducerArguments): ReducerOutcome;
  /** Calls a procedure. @param args in SATS-JSON, by position or by name; bigints are allowed */
  callProcedure(procedure: string, args?: ReducerArguments): Promise<ProcedureResult>;
  /** Runs the module's `clientDisconnected`. Does nothing the second time. */
  disconnect(): void;
}

/** Who a {@link HostUser} is. */
export interface UserOptions {
  /** More claims of the token, for modules that read `ctx.senderAuth.jwt`. */
  readonly claims?: Readonly<Record<string, unknown>>;
}

/**
 * @param who a name, which means the identity of a token with this subject; or an identity, as an object or in hex
 * @param database returns the database for the calls; called for each of them
 */
export function makeUser(
  auth: TokenAuthority,
  database: () => Database,
  who: string | Identity,
  { claims = {} }: UserOptions = {},
): HostUser {
  const known = typeof who === 'string' ? parseIdentityHex(who) : who;
  const identity = known ?? identityFromClaims(LOCAL_ISSUER, String(who));
  const payload = { issuer: LOCAL_ISSUER, subject: String(who), audience: ['spacetimedb'], issuedAt: 0 };
  // A person given as an identity has claims only if the test sets them.
  const jwtPayload = known
    ? Object.keys(claims).length > 0
      ? JSON.stringify(claims)
      : ''
    : formatClaims({ ...payload, expiresAt: null, notBefore: null, extra: claims });
  const actor = {
    identity: identity.toHexString(),
    sql: runSql(
      (statement) => database().sql({ identity, connectionId: null }, statement),
      () => database().moduleDef.typespace,
    ),
  };
  const open = (): { client: AuthenticatedClient; message?: string } => {
    const client = { identity, connectionId: randomConnectionId(), jwtPayload };
    const outcome = database().clientConnected(client);
    return outcome.tag === 'ok' ? { client } : { client, message: outcome.message };
  };
  return {
    ...actor,
    call: (reducer, args = []) => {
      const { client, message } = open();
      if (message !== undefined) return { tag: 'rejected', message };
      try {
        return database().callReducer(client, reducer, toArguments(args));
      } finally {
        database().clientDisconnected(client);
      }
    },
    callProcedure: async (procedure, args) => {
      const { client, message } = open();
      if (message !== undefined) return { tag: 'rejected', message };
      try {
        return await callProcedure(database(), client, procedure, args);
      } finally {
        database().clientDisconnected(client);
      }
    },
    connect: () => {
      const { client, message } = open();
      if (message !== undefined) throw new Error(message);
      return {
        ...actor,
        connectionId: client.connectionId.toHexString(),
        call: (reducer, args = []) => database().callReducer(client, reducer, toArguments(args)),
        callProcedure: (procedure, args) => callProcedure(database(), client, procedure, args),
        disconnect: () => database().clientDisconnected(client),
      };
    },
    token: async () => {
      if (known) throw new Error("only somebody with a name has a token: host.as('alice')");
      return (await auth.mint(String(who), claims)).token;
    },
  };
}
