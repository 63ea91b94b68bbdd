import { Identity } from 'spacetimedb';
import {
  DatabaseStoppedError,
  type ConnectOutcome,
  type DatabaseApi,
  type ReducerOutcome,
  type SqlResult,
} from '../database-api.ts';
import { Datastore } from '../datastore/datastore.ts';
import type { ModuleDef } from '../schema/module-def.ts';
import { logLines, planMigration, type MigrationPlan } from '../schema/migrate.ts';
import { resolveModuleDef } from '../schema/resolve.ts';
import { Database, type DatabaseParts } from './database.ts';
import type { DatabaseLog } from './logs.ts';
import { MigrationRejectedError, prepareMigration, type MigrationSource } from './migrate-database.ts';
import { ModuleRuntime } from './module-runtime.ts';
import { RuntimeLink, toClient } from './open-database.ts';
import type { DatabaseMeta, DatabaseStorage, StoredDatabase } from './storage.ts';

/** A stored database whose program does not start. Its data is kept, and a program that starts can be published over it. */
export class StoppedDatabase implements DatabaseApi {
  readonly identity: Identity;
  readonly owner: Identity;
  readonly programHash: string;
  readonly logs: DatabaseLog;
  /** What anybody is told. */
  readonly stopped = 'This database is stopped: its program did not start, and its log says why to its owner';
  /** Why, for the owner. */
  readonly reason: string;
  readonly storage: DatabaseStorage;
  readonly #meta: DatabaseMeta;

  /** @param reason what the program's start failed with; it is written to the log */
  constructor({ meta, storage, log, clock }: DatabaseParts, reason: string) {
    this.identity = Identity.fromString(meta.identity);
    this.owner = Identity.fromString(meta.owner);
    this.programHash = meta.programHash;
    this.logs = log;
    this.storage = storage;
    this.reason = reason;
    this.#meta = meta;
    log.writeSystem('Panic', clock.now(), `The database did not start: ${reason}`);
  }

  /** @throws {DatabaseStoppedError} when the schema was not stored */
  get rawModuleDef(): Uint8Array {
    if (!this.#meta.schema) throw this.#error();
    return Uint8Array.from(this.#meta.schema);
  }

  /** @throws {DatabaseStoppedError} when the schema was not stored */
  get moduleDef(): ModuleDef {
    return resolveModuleDef(this.rawModuleDef);
  }

  clientConnected(): ConnectOutcome {
    throw this.#error();
  }

  clientDisconnected(): void {
    // Nobody is connected.
  }

  callReducer(): ReducerOutcome {
    throw this.#error();
  }

  sql(): SqlResult {
    throw this.#error();
  }

  durable(): Promise<void> {
    return Promise.resolve();
  }

  /**
   * Says what publishing `program` over the database would change.
   * @throws {MigrationRejectedError} @throws as `ModuleRuntime.load`
   */
  async plan(parts: DatabaseParts, program: Uint8Array): Promise<MigrationPlan> {
    const runtime = await ModuleRuntime.load(program, parts.loader, new RuntimeLink(parts).services);
    runtime.dispose();
    const { moduleDef } = await this.#source();
    return planMigration(moduleDef, runtime.def);
  }

  /**
   * Starts the database with another program, and gives its data that program's schema.
   *
   * @param parts with the `meta` that the database has afterwards
   * @throws {MigrationRejectedError} @throws as `ModuleRuntime.load`; the database stays as it was then
   */
  async repair(parts: DatabaseParts, program: Uint8Array): Promise<Database> {
    const link = new RuntimeLink(parts);
    const runtime = await ModuleRuntime.load(program, parts.loader, link.services);
    try {
      const source = await this.#source();
      // Nobody is connected, so there is nobody to break.
      const { datastore, write, plan } = prepareMigration(source, runtime, parts.meta, program, () => {});
      const database = link.connect(new Database(parts, runtime, datastore));
      database.replaceModule(runtime, datastore, write, false);
      database.logSystem('Info', 'The database was started with another program');
      for (const line of logLines(plan.steps)) database.logSystem('Info', line);
      database.disconnectStale(source.stored.clients.map(toClient));
      return database;
    } catch (error) {
      runtime.dispose();
      throw error;
    }
  }

  close(): Promise<void> {
    return this.storage.close();
  }

  async #source(): Promise<MigrationSource & { readonly stored: StoredDatabase }> {
    const stored = await this.storage.load();
    if (!stored || !this.#meta.schema) {
      throw new MigrationRejectedError(
        'The schema of the stored data is not known, because an older host stored it: clear the data, or delete the database',
      );
    }
    const { moduleDef } = this;
    return { moduleDef, datastore: new Datastore(moduleDef, stored), stored };
  }

  #error(): DatabaseStoppedError {
    return new DatabaseStoppedError(this.stopped);
  }
}
