import type { Identity } from 'spacetimedb';
import type { DatabaseApi } from '../../engine/database-api.ts';
import type { HostLimits } from '../../engine/limits.ts';
import type { Credentials, TokenAuthority } from '../auth/tokens.ts';
import type { AddressLimits } from './address-limits.ts';

/**
 * Who may publish programs over HTTP: the host's owner only, or `anyone` as on SpacetimeDB, where everybody may create a
 * database and only its owner may change it.
 */
export type AllowPublish = 'owner' | 'anyone';

/** What the HTTP API needs of the host that runs behind it. */
export interface HostApi {
  /** Of this host's package; `GET /v1/health` tells it. */
  readonly version: string;
  readonly auth: TokenAuthority;
  /** Started the host. */
  readonly owner: Pick<Credentials, 'identity'>;
  readonly allowPublish: AllowPublish;
  readonly limits: HostLimits;
  /** What one address may do; everything that strangers can ask of the host is counted there. */
  readonly addresses: AddressLimits;
  /** @param nameOrIdentity a database's name, or its identity as 64 lower-case hex digits */
  find(nameOrIdentity: string): DatabaseApi | undefined;
  readonly registry: RegistryApi;
  /** Every database that runs here. */
  databases(): Iterable<DatabaseApi>;
  /**
   * Creates, updates or (with `clear`) resets a database; who may do it was checked. Without this method the host takes
   * no modules over HTTP. What it throws is answered with status 500 and the error's text, as the real server
   * answers for a module that does not load or whose `init` fails.
   */
  publish?(request: PublishRequest): Promise<PublishOutcome>;
  /** Says what publishing this program over `database` would change, without changing it. */
  planMigration?(request: MigrationPlanRequest): Promise<MigrationPlan>;
  /** Stops a database and removes its data; who may do it was checked. */
  delete?(database: DatabaseApi): Promise<void>;
}

/** What the host knows about databases besides what is in them. Identities are hex. */
export interface RegistryApi {
  /** @returns `undefined` when the name stands for none; a deleted database keeps its names */
  identityOf(name: string): string | undefined;
  namesOf(identity: string): readonly string[];
  /** Whether nobody else owns the name. */
  mayName(name: string, caller: string): boolean;
  /** @param name stands for no database @param owner of the name */
  addName(name: string, identity: string, owner: string): Promise<void>;
  /** @param names stand for no database @param owner of the names */
  replaceNames(identity: string, names: readonly string[], owner: string): Promise<void>;
  /** Whether the database may be neither deleted nor cleared. */
  isLocked(identity: string): boolean;
  setLocked(identity: string, locked: boolean): Promise<void>;
  energyOf(identity: string): bigint;
  /** @returns the balance afterwards */
  addEnergy(identity: string, amount: bigint): bigint;
}

export interface PublishRequest {
  /** The caller; becomes the owner of a database that is created. */
  readonly publisher: Identity;
  /** The database that is updated; `undefined` when one is to be created. */
  readonly existing: DatabaseApi | undefined;
  /** The name that was asked for, free until now if `existing` is `undefined`; absent when none was given. */
  readonly name: string | undefined;
  /** The identity that was asked for; absent when a new database is to get a fresh one. */
  readonly identity: Identity | undefined;
  /** UTF-8 source of the module: one ES module. */
  readonly program: Uint8Array;
  /** Remove all data first; true only for an existing database. */
  readonly clear: boolean;
  readonly policy: MigrationPolicy;
}

/**
 * Which migrations the publisher agrees to: those that keep clients connected, the one that `token` was given with (see
 * {@link MigrationPlan}), or any, as whoever starts the host with a program does.
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
  /** Somebody else owns the name. */
  | { readonly tag: 'name_denied'; readonly name: string }
  /** The host holds as many databases as its limits allow. */
  | { readonly tag: 'too_many_databases'; readonly message: string };

export interface MigrationPlanRequest {
  readonly database: DatabaseApi;
  readonly program: Uint8Array;
  /** Whether the plan's text may contain terminal colours. */
  readonly ansiColors: boolean;
}

export type MigrationPlan =
  | {
      readonly tag: 'auto';
      readonly plan: string;
      readonly breaksClients: boolean;
      /** Hex; to be given back when publishing with the policy `BreakClients`. */
      readonly token: string;
      readonly majorVersionUpgrade: boolean;
    }
  | { readonly tag: 'manual'; readonly reason: string; readonly majorVersionUpgrade: boolean };
