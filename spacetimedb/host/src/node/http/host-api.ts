import type { Identity } from 'spacetimedb';
import type { DatabaseApi } from '../../engine/database-api.ts';
import type { HostLimits } from '../../engine/limits.ts';
import type { Credentials, TokenAuthority } from '../auth/tokens.ts';
import type { AddressLimits } from './address-limits.ts';

/**
 * Who may publish programs over HTTP. `owner`: only the host's owner. `anyone`: as on SpacetimeDB, everyone may create a
 * database, and its owner may change it.
 */
export type AllowPublish = 'owner' | 'anyone';

/** The part of the host that the HTTP API uses. */
export interface HostApi {
  /** The version of this host's package, which `GET /v1/health` returns. */
  readonly version: string;
  readonly auth: TokenAuthority;
  /** The owner of the host. */
  readonly owner: Pick<Credentials, 'identity'>;
  readonly allowPublish: AllowPublish;
  readonly limits: HostLimits;
  /** The limits per client address. */
  readonly addresses: AddressLimits;
  /** @param nameOrIdentity a database's name, or its identity as 64 lower-case hex digits */
  find(nameOrIdentity: string): DatabaseApi | undefined;
  readonly registry: RegistryApi;
  /** @returns the token of a one-time sign-in code; `undefined` when it was used or never issued */
  redeemSignInCode(code: string): string | undefined;
  /** All databases, including stopped ones. */
  databases(): Iterable<DatabaseApi>;
  /**
   * Creates, updates or, with `clear`, resets a database. The caller checks permissions. A host without this method
   * accepts no modules over HTTP. Errors are answered with status 500 and their message, as the real server does for a
   * module that does not load or whose `init` fails.
   */
  publish?(request: PublishRequest): Promise<PublishOutcome>;
  /** Returns what publishing the program over `database` would change. */
  planMigration?(request: MigrationPlanRequest): Promise<MigrationPlan>;
  /** Stops a database and deletes its data. The caller checks permissions. */
  delete?(database: DatabaseApi): Promise<void>;
}

/** Names, locks and energy of databases. Identities are hex. */
export interface RegistryApi {
  /** @returns `undefined` for an unknown name; deleted databases keep their names */
  identityOf(name: string): string | undefined;
  namesOf(identity: string): readonly string[];
  /** Is the name free or owned by `caller`? */
  mayName(name: string, caller: string): boolean;
  /** @param name an unused name @param owner the name's owner */
  addName(name: string, identity: string, owner: string): Promise<void>;
  /** @param names unused names @param owner the names' owner */
  replaceNames(identity: string, names: readonly string[], owner: string): Promise<void>;
  /** Is the database protected against being deleted or cleared? */
  isLocked(identity: string): boolean;
  setLocked(identity: string, locked: boolean): Promise<void>;
  energyOf(identity: string): bigint;
  /** @returns the balance afterwards */
  addEnergy(identity: string, amount: bigint): bigint;
}

export interface PublishRequest {
  /** The caller, who owns a new database. */
  readonly publisher: Identity;
  /** The database to update; `undefined` to create one. */
  readonly existing: DatabaseApi | undefined;
  /** The requested name; unused if `existing` is `undefined`; absent if none was given. */
  readonly name: string | undefined;
  /** The requested identity; absent for a new one. */
  readonly identity: Identity | undefined;
  /** UTF-8 source of the module, one ES module. */
  readonly program: Uint8Array;
  /** Delete all data first? Only for an existing database. */
  readonly clear: boolean;
  readonly policy: MigrationPolicy;
}

/**
 * The migrations that the publisher accepts: those that keep clients connected, the one of the {@link MigrationPlan}
 * with this `token`, or any.
 */
export type MigrationPolicy =
  | { readonly tag: 'compatible' }
  | { readonly tag: 'break_clients'; readonly token: string }
  | { readonly tag: 'any' };

export type PublishOutcome =
  | { readonly tag: 'published'; readonly database: DatabaseApi }
  /** No automatic migration leads to the new schema. */
  | { readonly tag: 'rejected'; readonly message: string }
  /** The migration was possible but failed; nothing has changed. */
  | { readonly tag: 'migration_failed'; readonly message: string }
  /** Someone else owns the name. */
  | { readonly tag: 'name_denied'; readonly name: string }
  /** The host has reached the limit `databases`. */
  | { readonly tag: 'too_many_databases'; readonly message: string };

export interface MigrationPlanRequest {
  readonly database: DatabaseApi;
  readonly program: Uint8Array;
  /** May the plan's text contain terminal colours? */
  readonly ansiColors: boolean;
}

export type MigrationPlan =
  | {
      readonly tag: 'auto';
      readonly plan: string;
      readonly breaksClients: boolean;
      /** Hex; required for publishing with the policy `BreakClients`. */
      readonly token: string;
      readonly majorVersionUpgrade: boolean;
    }
  | { readonly tag: 'manual'; readonly reason: string; readonly majorVersionUpgrade: boolean };
