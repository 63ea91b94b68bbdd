import { MicrosecondClock } from '../engine/database/clock.ts';
import { Database } from '../engine/database/database.ts';
import type { DatabaseParts } from '../engine/database/database.ts';
import { DatabaseLog } from '../engine/database/logs.ts';
import { StoppedDatabase } from '../engine/database/stopped-database.ts';
import { createDatabase, openDatabase } from '../engine/database/open-database.ts';
import { systemTime, type TimeSource } from '../engine/database/time-source.ts';
import { MemoryStorage, type DatabaseMeta, type DatabaseStorage } from '../engine/database/storage.ts';
import {
  MigrationFailedError,
  MigrationRejectedError,
  errorsOccurred,
  migrateDatabase,
  planDatabaseMigration,
  type AgreeToPlan,
} from '../engine/database/migrate-database.ts';
import { ansi, plain, planText } from '../engine/schema/migration-text.ts';
import { UnavailableError } from '../engine/database-api.ts';
import { HostUsage } from '../engine/host-usage.ts';
import { DEFAULT_LIMITS, type HostLimits } from '../engine/limits.ts';
import { generateSigningKeys } from './auth/keys.ts';
import { SignInCodes } from './auth/sign-in-codes.ts';
import type { Credentials, TokenAuthority } from './auth/tokens.ts';
import { AddressLimits } from './http/address-limits.ts';
import type { TrustProxy } from './http/client-address.ts';
import type {
  AllowPublish,
  MigrationPlan,
  MigrationPlanRequest,
  MigrationPolicy,
  PublishOutcome,
  PublishRequest,
} from './http/host-api.ts';
import { loadModule } from './module/isolate.ts';
import { hashOf, hashOfProgram } from './module/program-hash.ts';
import { OutgoingHttp } from './outgoing/outgoing-http.ts';
import { openOwner, temporaryOwner, type HostOwner } from './owner.ts';
import { Registry } from './registry.ts';
import { DataFolder } from './storage/data-folder.ts';
import { DISK_FULL, isDiskFull } from './storage/disk.ts';
import { JournalStorage } from './storage/journal-storage.ts';
import { StorageError } from './storage/storage-error.ts';
import type { SocketHost } from './websocket/websocket-server.ts';
import { HOST_VERSION } from '../version.ts';

export interface HostOptions {
  /** The data folder. Without it all data is lost when the host stops. */
  readonly dataDir?: string | undefined;
  /** The clock; the machine's by default. */
  readonly time?: TimeSource | undefined;
  /** Limits that differ from {@link DEFAULT_LIMITS}. */
  readonly limits?: Partial<HostLimits> | undefined;
  /** Who may publish over HTTP; `owner` by default. */
  readonly allowPublish?: AllowPublish | undefined;
  /** The proxy that may report a client's address; see {@link TrustProxy}. */
  readonly trustProxy?: TrustProxy | undefined;
  /** The hosts that procedures and HTTP handlers may send requests to; none by default. See {@link OutgoingHttp}. */
  readonly allowHttp?: readonly string[] | undefined;
}

/** The databases of this process. */
export class Host implements SocketHost {
  readonly version = HOST_VERSION;
  readonly auth: TokenAuthority;
  /** The owner of the host, and of the databases that it creates itself. */
  readonly owner: Credentials;
  readonly allowPublish: AllowPublish;
  readonly limits: HostLimits;
  readonly addresses: AddressLimits;
  /** Names, locks and energy. */
  readonly registry: Registry;
  readonly signInCodes = new SignInCodes();
  readonly #folder: DataFolder | undefined;
  readonly #time: TimeSource;
  readonly #clock: MicrosecondClock;
  readonly #usage = new HostUsage();
  readonly #outgoing: OutgoingHttp;
  /** By identity, hex. */
  readonly #databases = new Map<string, Database | StoppedDatabase>();
  #publishing: Promise<unknown> = Promise.resolve();

  /**
   * Starts a host with all databases of its data folder. A database whose program does not start is kept as a stopped
   * one.
   *
   * @throws {StorageError} @throws {SigningKeyError} when the folder or its content cannot be used
   */
  static async open(options: HostOptions = {}): Promise<Host> {
    const { dataDir } = options;
    if (dataDir === undefined) {
      return new Host(
        await temporaryOwner(generateSigningKeys()),
        undefined,
        await Registry.open(undefined),
        options,
      );
    }
    const folder = await DataFolder.open(dataDir);
    try {
      const host = new Host(await openOwner(folder), folder, await Registry.open(folder), options);
      for (const identity of await folder.databases()) await host.#openStored(identity);
      return host;
    } catch (error) {
      await folder.close();
      throw error;
    }
  }

  private constructor(
    { auth, owner }: HostOwner,
    folder: DataFolder | undefined,
    registry: Registry,
    { time = systemTime, limits, allowPublish = 'owner', trustProxy, allowHttp = [] }: HostOptions,
  ) {
    this.auth = auth;
    this.owner = owner;
    this.#folder = folder;
    this.registry = registry;
    this.allowPublish = allowPublish;
    this.limits = { ...DEFAULT_LIMITS, ...limits };
    this.addresses = new AddressLimits(this.limits, { trustProxy });
    this.#outgoing = new OutgoingHttp(allowHttp, this.limits);
    this.#time = time;
    this.#clock = new MicrosecondClock(
      () => time.now(),
      () => time.elapsed(),
    );
  }

  redeemSignInCode(code: string): string | undefined {
    return this.signInCodes.redeem(code);
  }

  databases(): Iterable<Database | StoppedDatabase> {
    return this.#databases.values();
  }

  /** The databases whose program did not start, with the reason. */
  stopped(): StoppedDatabase[] {
    return [...this.#databases.values()].filter((database) => database instanceof StoppedDatabase);
  }

  find(nameOrIdentity: string): Database | StoppedDatabase | undefined {
    return this.#databases.get(this.registry.identityOf(nameOrIdentity) ?? nameOrIdentity);
  }

  /**
   * Publishes a program under a name as the host's owner. Does nothing if it already runs there.
   *
   * @throws {MigrationRejectedError} when the stored data cannot be migrated; it stays unchanged
   * @throws {StorageError} when the host has as many databases as its limits allow
   * @throws {ModulePanic} @throws {ModuleDefError} when the program is not a valid module
   */
  async ensure(name: string, program: Uint8Array): Promise<Database> {
    const outcome = await this.publish({
      publisher: this.owner.identity,
      existing: this.find(name),
      name,
      identity: undefined,
      program,
      clear: false,
      // Starting the host with a changed module means running the new one. Clients reconnect by themselves.
      policy: { tag: 'any' },
    });
    if (outcome.tag === 'too_many_databases') throw new StorageError(outcome.message);
    if (outcome.tag === 'name_denied') throw new StorageError(`someone else owns the name ${name}`);
    if (outcome.tag !== 'published') throw new MigrationRejectedError(outcome.message);
    return this.find(name) as Database;
  }

  /** Publishes one program at a time, so that two simultaneous requests for a new name create one database. */
  publish(request: PublishRequest): Promise<PublishOutcome> {
    const outcome = this.#publishing.then(() => this.#publish(request));
    this.#publishing = outcome.catch(() => undefined);
    return outcome;
  }

  async #publish(request: PublishRequest): Promise<PublishOutcome> {
    const { publisher, name } = request;
    const existing =
      (request.existing && this.find(request.existing.identity.toHexString())) ??
      (name === undefined ? undefined : this.find(name));
    if (existing && !existing.owner.isEqual(publisher)) {
      return { tag: 'rejected', message: `the name ${name ?? ''} was taken meanwhile` };
    }
    if (!existing) {
      if (this.#databases.size >= this.limits.databases) return tooManyDatabases(this.limits.databases);
      // As on the real server, anyone may use the name of a deleted database.
      const isFree = name !== undefined && this.registry.identityOf(name) === undefined;
      if (isFree && !this.registry.mayName(name, publisher.toHexString()))
        return { tag: 'name_denied', name };
      return { tag: 'published', database: await this.#create(request) };
    }
    // Nothing is deleted while the disk accepts no writes.
    const failure = existing instanceof Database ? existing.failure : undefined;
    if (failure !== undefined) throw new UnavailableError(failure);
    if (request.clear) return { tag: 'published', database: await this.#reset(existing, request) };
    const programHash = hashOfProgram(request.program);
    if (existing instanceof StoppedDatabase) return this.#repair(existing, request.program);
    if (programHash === existing.programHash) return { tag: 'published', database: existing };
    try {
      const agree = agreement(request.policy, migrationToken(existing, programHash));
      await migrateDatabase(existing, this.#partsOf(existing, programHash), request.program, agree);
    } catch (error) {
      return refusal(error);
    }
    return { tag: 'published', database: existing };
  }

  async planMigration({ database, program, ansiColors }: MigrationPlanRequest): Promise<MigrationPlan> {
    const existing = this.find(database.identity.toHexString());
    if (!existing) throw new StorageError('the database is gone');
    const parts = this.#partsOf(existing, hashOfProgram(program));
    const plan =
      existing instanceof StoppedDatabase
        ? await existing.plan(parts, program)
        : await planDatabaseMigration(existing, parts, program);
    if (plan.tag === 'manual')
      return { tag: 'manual', reason: errorsOccurred(plan.reasons), majorVersionUpgrade: false };
    return {
      tag: 'auto',
      plan: planText(plan.steps, ansiColors ? ansi : plain),
      breaksClients: plan.breaksClients,
      token: migrationToken(existing, hashOfProgram(program)),
      majorVersionUpgrade: false,
    };
  }

  async delete(database: Pick<Database, 'identity'>): Promise<void> {
    const identity = database.identity.toHexString();
    const existing = this.#databases.get(identity);
    if (!existing) return;
    this.#databases.delete(identity);
    // Writes that a failing disk refused are no longer needed.
    await existing.close().catch(() => undefined);
    await this.#folder?.remove(identity);
  }

  /**
   * Stops all databases. Everything committed is on disk afterwards. @throws {StorageError} when it cannot be written
   */
  async close(): Promise<void> {
    const running = [...this.#databases.values()];
    this.#databases.clear();
    const closed = await Promise.allSettled(running.map((database) => database.close()));
    await this.#folder?.close();
    const failed = closed.find((outcome) => outcome.status === 'rejected');
    if (failed) throw failed.reason;
  }

  async #create({ publisher, name, identity, program }: PublishRequest): Promise<Database> {
    const made =
      identity?.toHexString() ??
      (name === undefined ? undefined : this.registry.identityOf(name)) ??
      (await this.auth.mint()).identity.toHexString();
    // As on the real server, the name is taken even if the program does not run.
    if (name !== undefined && this.registry.identityOf(name) === undefined) {
      await this.registry.addName(name, made, publisher.toHexString());
    }
    const meta: DatabaseMeta = {
      identity: made,
      owner: publisher.toHexString(),
      names: name === undefined ? [] : [name],
      programHash: hashOfProgram(program),
    };
    const storage = await this.#createStorage(meta.identity);
    try {
      const database = await createDatabase(this.#parts(meta, storage), program);
      // A database that cannot be stored must not become visible.
      await database.durable();
      this.#databases.set(meta.identity, database);
      return database;
    } catch (error) {
      await storage.close().catch(() => undefined);
      await this.#folder?.remove(meta.identity);
      throw error;
    }
  }

  async #repair(existing: StoppedDatabase, program: Uint8Array): Promise<PublishOutcome> {
    try {
      const database = await existing.repair(this.#partsOf(existing, hashOfProgram(program)), program);
      this.#databases.set(existing.identity.toHexString(), database);
      return { tag: 'published', database };
    } catch (error) {
      return refusal(error);
    }
  }

  async #reset(existing: Database | StoppedDatabase, request: PublishRequest): Promise<Database> {
    const [name] = this.registry.namesOf(existing.identity.toHexString());
    await this.#tryProgram(this.#partsOf(existing, hashOfProgram(request.program)), request.program);
    await this.delete(existing);
    return this.#create({ ...request, name, identity: existing.identity });
  }

  /** Runs a program in a temporary database, so that no data is deleted for a program that does not run. */
  async #tryProgram(parts: DatabaseParts, program: Uint8Array): Promise<void> {
    const trial = { ...parts, storage: new MemoryStorage(), log: new DatabaseLog(), usage: new HostUsage() };
    await (await createDatabase(trial, program)).close();
  }

  async #openStored(identity: string): Promise<void> {
    const folder = this.#folder as DataFolder;
    const storage = await JournalStorage.open(folder.database(identity));
    const stored = await storage.load();
    if (!stored) {
      // Its creation was interrupted before anything was confirmed.
      await storage.close();
      await folder.remove(identity);
      return;
    }
    this.#clock.continueFrom(stored.time);
    // Older hosts stored the names only with the databases.
    for (const name of this.registry.isNew ? stored.meta.names : [])
      await this.registry.addName(name, identity, stored.meta.owner);
    const parts = this.#parts(stored.meta, storage);
    try {
      this.#databases.set(identity, await openDatabase(parts, stored));
    } catch (error) {
      // The other databases start anyway, and the owner can publish a working program.
      this.#databases.set(identity, new StoppedDatabase(parts, (error as Error).message));
    }
  }

  async #createStorage(identity: string): Promise<DatabaseStorage> {
    if (!this.#folder) return new MemoryStorage();
    try {
      return await JournalStorage.create(this.#folder.database(identity));
    } catch (error) {
      // Anyone may call this, so the response has no details.
      if (isDiskFull((error as Error).cause)) throw new UnavailableError(DISK_FULL, { cause: error });
      throw error;
    }
  }

  #partsOf(database: Database | StoppedDatabase, programHash: string): DatabaseParts {
    const meta: DatabaseMeta = {
      identity: database.identity.toHexString(),
      owner: database.owner.toHexString(),
      names: this.registry.namesOf(database.identity.toHexString()),
      programHash,
    };
    return { ...this.#parts(meta, database.storage), log: database.logs };
  }

  #parts(meta: DatabaseMeta, storage: DatabaseStorage): DatabaseParts {
    return {
      meta,
      storage,
      loader: loadModule,
      time: this.#time,
      clock: this.#clock,
      log: new DatabaseLog(),
      limits: this.limits,
      fetch: (request, body) => this.#outgoing.fetch(request, body),
      usage: this.#usage,
    };
  }
}

function tooManyDatabases(limit: number): PublishOutcome {
  const message = `This host holds ${limit} databases, as many as its limit "databases" allows; delete one, or raise the limit`;
  return { tag: 'too_many_databases', message };
}

/** The token of the plan from a database's program to another one. It proves that the publisher has seen the plan. */
function migrationToken(database: Database | StoppedDatabase, programHash: string): string {
  const text = `${database.identity.toHexString()}${database.programHash}${programHash}`;
  return hashOf(new TextEncoder().encode(text));
}

/** @param token of the plan, hex */
function agreement(policy: MigrationPolicy, token: string): AgreeToPlan {
  return ({ breaksClients }) => {
    if (policy.tag === 'compatible' && breaksClients) {
      throw new MigrationFailedError(
        'Migration plan contains a client-breaking change which is disallowed under current policy',
        false,
      );
    }
    if (policy.tag === 'break_clients' && policy.token !== token) {
      throw new MigrationFailedError('Token provided is invalid or does not match expected hash', false);
    }
  };
}

/** Returns the outcome for an error that refuses a program. @throws every other error */
function refusal(error: unknown): PublishOutcome {
  if (error instanceof MigrationFailedError) return { tag: 'migration_failed', message: error.message };
  if (error instanceof MigrationRejectedError) return { tag: 'rejected', message: error.message };
  throw error;
}
