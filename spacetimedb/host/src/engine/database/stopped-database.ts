import { Identity } from 'spacetimedb';
import {
  DatabaseStoppedError,
  type ConnectOutcome,
  type DatabaseApi,
  type HttpHandlerOutcome,
  type ProcedureOutcome,
  type ReducerOutcome,
  type SqlResult,
} from '../database-api.ts';
import { Datastore } from '../datastore/datastore.ts';
import type { ModuleDef } from '../schema/module-def.ts';
import { logLines, planMigration, type MigrationPlan } from '../schema/migrate.ts';
import { mountSubmodules } from '../schema/mount-submodules.ts';
import { resolveModuleDef } from '../schema/resolve.ts';
import { Database, type DatabaseParts } from './database.ts';
import type { DatabaseLog } from './logs.ts';
import { MigrationRejectedError, prepareMigration, type MigrationSource } from './migrate-database.ts';
import { ModuleRuntime } from './module-runtime.ts';
import { RuntimeLink, toClient } from './open-database.ts';
import {
  rowLimitOf,
  withRowLimit,
  type DatabaseMeta,
  type DatabaseStorage,
  type StoredDatabase,
} from './storage.ts';

/** A stored database whose program does not start. Its data is kept, and a working program can be published over it. */
export class StoppedDatabase implements DatabaseApi {
  readonly identity: Identity;
  readonly owner: Identity;
  readonly programHash: string;
  readonly logs: DatabaseLog;
  /** The reason that everyone may see. */
  readonly stopped = 'This database is stopped: its program did not start. Its owner can see why in the log';
  /** The reason for the owner. */
  readonly reason: string;
  readonly storage: DatabaseStorage;
  readonly #meta: DatabaseMeta;

  /** @param reason the error of the program's start; written to the log */
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
    return mountSubmodules(resolveModuleDef(this.rawModuleDef));
  }

  clientConnected(): ConnectOutcome {
    throw this.#error();
  }

  clientDisconnected(): void {
    // No client is connected.
  }

  callReducer(): ReducerOutcome {
    throw this.#error();
  }

  callProcedure(): Promise<ProcedureOutcome> {
    throw this.#error();
  }

  handleHttp(): Promise<HttpHandlerOutcome> {
    throw this.#error();
  }

  sql(): SqlResult {
    throw this.#error();
  }

  durable(): Promise<void> {
    return Promise.resolve();
  }

  /**
   * Plans what publishing `program` would change.
   * @throws {MigrationRejectedError} @throws like `ModuleRuntime.load`
   */
  async plan(parts: DatabaseParts, program: Uint8Array): Promise<MigrationPlan> {
    const runtime = await ModuleRuntime.load(program, parts.loader, new RuntimeLink(parts).services);
    runtime.dispose();
    const { moduleDef } = await this.#source();
    return planMigration(moduleDef, runtime.def);
  }

  /**
   * Starts the database with another program and migrates its data.
   *
   * @param parts with the `meta` of the database afterwards
   * @throws {MigrationRejectedError} @throws like `ModuleRuntime.load`; nothing is changed then
   */
  async repair(parts: DatabaseParts, program: Uint8Array): Promise<Database> {
    const link = new RuntimeLink(parts);
    const runtime = await ModuleRuntime.load(program, parts.loader, link.services);
    try {
      const source = await this.#source();
      // No client is connected, so breaking changes are fine.
      const meta = withRowLimit(parts.meta, rowLimitOf(this.#meta));
      const { datastore, write, plan } = prepareMigration(source, runtime, meta, program, () => {});
      const database = link.connect(new Database({ ...parts, meta }, runtime, datastore));
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

  logSystem(): void {
    throw this.#error();
  }

  close(): Promise<void> {
    this.logs.end();
    return this.storage.close();
  }

  async #source(): Promise<MigrationSource & { readonly stored: StoredDatabase }> {
    const stored = await this.storage.load();
    if (!stored || !this.#meta.schema) {
      throw new MigrationRejectedError(
        'An older host stored this data without its schema: clear the data or delete the database',
      );
    }
    const { moduleDef } = this;
    return { moduleDef, datastore: new Datastore(moduleDef, stored), stored };
  }

  #error(): DatabaseStoppedError {
    return new DatabaseStoppedError(this.stopped);
  }
}
