import { Identity } from 'spacetimedb';
import {
  UnavailableError,
  type AuthenticatedClient,
  type CallArguments,
  type Caller,
  type ConnectOutcome,
  type DatabaseApi,
  type LogRecord,
  type ProcedureOutcome,
  type ReducerOutcome,
  type SqlResult,
} from '../database-api.ts';
import { SqlError } from '../sql/sql-error.ts';
import { SystemTables, type SystemEvent } from '../system-tables/system-tables.ts';
import { ViewError } from '../views/evaluate-view.ts';
import type { Datastore } from '../datastore/datastore.ts';
import type { Row } from '../datastore/row.ts';
import type { Table } from '../datastore/table.ts';
import type { TableChange, Transaction } from '../datastore/transaction.ts';
import { HostUsage } from '../host-usage.ts';
import type { HostLimits } from '../limits.ts';
import { compareStrings } from '../sats/compare.ts';
import type { QueryRows, QuerySetUpdate } from '../wire/messages.ts';
import type { ModuleDef, ProcedureDef, ReducerDef } from '../schema/module-def.ts';
import { tablesOf } from '../schema/mounted.ts';
import { RequestBudget, UNLIMITED } from '../sql/budget.ts';
import { Subscriptions, type Subscriber } from '../subscription/subscriptions.ts';
import type { MicrosecondClock } from './clock.ts';
import type {
  ClientCallResult,
  ClientProcedureResult,
  DatabaseClient,
  DatabaseParts,
} from './database-parts.ts';
import { ConnectedClients } from './connected-clients.ts';
import { LoadedModule, isSame } from './loaded-module.ts';
import type { DatabaseLog } from './logs.ts';
import type { ModuleRuntime, ProcedureResult, RunResult } from './module-runtime.ts';
import { DatabaseSnapshot } from './database-snapshot.ts';
import { prepareCall, prepareProcedureCall } from './prepare-call.ts';
import { ProcedureCommits } from './procedure-commits.ts';
import { runScheduled } from './run-scheduled.ts';
import { Scheduler } from './scheduler.ts';
import { runStatement } from './statement.ts';
import {
  changesOf,
  rowLimitOf,
  withRowLimit,
  withSchema,
  type DatabaseMeta,
  type DatabaseStorage,
  type DatabaseWrite,
} from './storage.ts';
import { StorageWriter } from './storage-writer.ts';

export type { ClientCallResult, DatabaseClient, DatabaseParts } from './database-parts.ts';

/**
 * A running database. Everything is synchronous and in order: each call is one transaction, from the start of the
 * reducer to the messages that report its changes to clients.
 */
export class Database implements DatabaseApi {
  readonly identity: Identity;
  readonly owner: Identity;
  readonly logs: DatabaseLog;
  readonly limits: HostLimits;
  readonly usage: HostUsage;
  readonly #storage: DatabaseStorage;
  readonly #clock: MicrosecondClock;
  readonly #writer: StorageWriter;
  readonly #connected: ConnectedClients;
  /** Clients with an open WebSocket. */
  readonly #clients = new Set<DatabaseClient>();
  readonly #scheduler: Scheduler;
  readonly #system: SystemTables;
  #meta: DatabaseMeta;
  #module: LoadedModule;
  #subscriptions: Subscriptions;

  constructor(parts: DatabaseParts, runtime: ModuleRuntime, datastore: Datastore) {
    this.identity = Identity.fromString(parts.meta.identity);
    this.owner = Identity.fromString(parts.meta.owner);
    this.logs = parts.log;
    this.limits = parts.limits;
    this.usage = parts.usage ?? new HostUsage();
    this.#storage = parts.storage;
    this.#clock = parts.clock;
    this.#meta = parts.meta;
    this.#system = new SystemTables(() => ({
      identity: this.identity,
      owner: this.owner,
      program: this.#module.runtime.program,
      programHash: this.#meta.programHash,
      def: this.#module.runtime.def,
      datastore: this.#module.datastore,
      clients: this.#connected.all,
      rowLimit: rowLimitOf(this.#meta),
    }));
    this.#module = this.#loadedModule(runtime, datastore);
    this.#subscriptions = new Subscriptions({
      tables: this.#module.tables,
      catalogFor: (subscriber) => this.#module.catalogFor(subscriber.identity),
      limits: this.limits,
      rowLimit: () => rowLimitOf(this.#meta),
      usage: this.usage,
      onFailure: subscriptionFailed,
    });
    this.#writer = new StorageWriter(parts.storage, parts.clock, (failure) => this.#followFailure(failure));
    this.#connected = new ConnectedClients({
      runLifecycle: (...args) => this.#runLifecycle(...args),
      commit: (write, event) => this.#commit(this.#module.datastore.begin(), write, event),
      logError: (message) => this.logSystem('Error', message),
      callMillis: this.limits.callMillis,
    });
    this.#scheduler = new Scheduler(parts.time, parts.clock, (scheduled) =>
      runScheduled(scheduled, {
        reducerFor: (table) => this.#module.runtime.scheduledReducer(table),
        call: (reducer, args) => {
          const caller = { identity: this.identity, connectionId: null };
          this.#run(reducer, caller, args, this.#clock.now());
        },
        procedureFor: (table) => this.#module.runtime.scheduledProcedure(table),
        callProcedure: (procedure, args) => {
          const caller = { identity: this.identity, connectionId: null };
          return this.#runProcedure(procedure, caller, args, this.#clock.now());
        },
        deleteRow: (table, row) => this.#deleteRow(table, row),
      }),
    );
  }

  get programHash(): string {
    return this.#meta.programHash;
  }

  get moduleDef(): ModuleDef {
    return this.#module.runtime.def;
  }

  get rawModuleDef(): Uint8Array {
    return this.#module.runtime.rawDef;
  }

  get datastore(): Datastore {
    return this.#module.datastore;
  }

  get storage(): DatabaseStorage {
    return this.#storage;
  }

  /** Why the database accepts no calls now; `undefined` while it does. */
  get failure(): string | undefined {
    return this.#writer.failure;
  }

  /** Offset of the newest write. */
  get offset(): number {
    return this.#writer.offset;
  }

  attach(client: DatabaseClient): void {
    this.#clients.add(client);
  }

  detach(client: DatabaseClient): void {
    this.#clients.delete(client);
    this.#subscriptions.removeAll(client);
  }

  /** @throws {SqlError} */
  subscribe(client: DatabaseClient, querySetId: number, statements: readonly string[]): QueryRows {
    return this.#subscriptions.add(client, querySetId, statements);
  }

  /**
   * @returns the rows of the query set, if `withRows`
   * @throws {SqlError} when there is no such query set, or reading its rows costs too much
   */
  unsubscribe(client: DatabaseClient, querySetId: number, withRows: boolean): QueryRows | undefined {
    return this.#subscriptions.remove(client, querySetId, withRows);
  }

  /** @throws {SqlError} */
  queryOnce(client: DatabaseClient, statement: string): QueryRows {
    return this.#subscriptions.queryOnce(client, statement);
  }

  clientConnected(client: AuthenticatedClient): ConnectOutcome {
    const { failure, isFull } = this.#writer;
    if (isFull && failure !== undefined) return { tag: 'rejected', message: failure };
    return this.#connected.connect(client);
  }

  clientDisconnected(client: AuthenticatedClient): void {
    this.#connected.disconnect(client);
  }

  callReducer(caller: Caller, name: string, args: CallArguments): ReducerOutcome {
    return this.#call(caller, name, args, undefined).outcome;
  }

  /** Calls a reducer with the database as the sender, as schedules do. */
  callInternally(name: string, bytes: Uint8Array): ReducerOutcome {
    return this.callReducer({ identity: this.identity, connectionId: null }, name, {
      format: 'bsatn',
      bytes,
    });
  }

  /** Like `callReducer`, for a client that gets its own changes with the result instead of in an update. */
  callFromClient(
    client: DatabaseClient,
    caller: Caller,
    name: string,
    args: CallArguments,
  ): ClientCallResult {
    return this.#call(caller, name, args, client);
  }

  async callProcedure(caller: Caller, name: string, args: CallArguments): Promise<ProcedureOutcome> {
    return (await this.callProcedureFromClient(caller, name, args)).outcome;
  }

  /** Like `callProcedure`, with what a client has to wait for. Its changes are sent to all clients, this one too. */
  async callProcedureFromClient(
    caller: Caller,
    name: string,
    args: CallArguments,
  ): Promise<ClientProcedureResult> {
    const start = performance.now();
    const timestamp = this.#clock.now();
    const failed = (outcome: ProcedureOutcome) => ({ outcome, timestamp: 0, offset: undefined });
    if (this.failure !== undefined) return failed({ tag: 'unavailable', message: this.failure });
    const { def } = this.#module.runtime;
    const call = prepareProcedureCall(def, name, args, this.#mayCallPrivate(caller));
    if ('refusal' in call) {
      this.logSystem('Error', call.logLine, name);
      return failed(call.refusal);
    }
    const { result, offset } = await this.#runProcedure(call.procedure, caller, call.args, timestamp);
    if (result.tag === 'fatal') return { ...failed(result), offset };
    const outcome: ProcedureOutcome = {
      ...result,
      type: call.procedure.returnType,
      typespace: def.typespace,
      durationMicros: Math.round((performance.now() - start) * 1000),
    };
    return { outcome, timestamp, offset };
  }

  /** @throws {SqlError} @throws {UnavailableError} */
  sql(caller: Caller, statement: string): SqlResult {
    const start = performance.now();
    const { datastore, tables } = this.#module;
    const transaction = datastore.begin();
    try {
      const catalog = this.#module.catalogFor(caller.identity);
      const { rowLimit, ...result } = runStatement(statement, {
        catalog,
        datastore,
        tables,
        rowLimit: rowLimitOf(this.#meta),
        transaction,
        caller: caller.identity,
        budget: catalog.isOwner ? UNLIMITED : new RequestBudget(this.limits),
      });
      // Reads are always possible.
      if (this.failure !== undefined && (rowLimit || transaction.changes().length > 0)) {
        throw new UnavailableError(this.failure);
      }
      if (rowLimit) this.#setRowLimit(rowLimit.value);
      else this.#commit(transaction);
      return { ...result, durationMicros: Math.round((performance.now() - start) * 1000) };
    } catch (error) {
      if (!(error instanceof ViewError)) throw error;
      throw new SqlError(`The module instance encountered a fatal error: ${error.message}`, { cause: error });
    } finally {
      tables.dropUnused();
    }
  }

  /** The rows and the log as they are now, to be put back by {@link restore}. */
  snapshot(): DatabaseSnapshot {
    return new DatabaseSnapshot(this.datastore, this.logs);
  }

  /**
   * Puts rows and auto-increment columns back, in one transaction that clients and schedules follow.
   *
   * @throws {Error} when the module was published again after the snapshot was made
   */
  restore(snapshot: DatabaseSnapshot): void {
    const transaction = this.datastore.begin();
    snapshot.writeInto(this.datastore, transaction);
    this.#commit(transaction, {});
    snapshot.shorten(this.logs);
  }

  durable(): Promise<void> {
    return this.#writer.durable();
  }

  /** Writes a log line of the host. @param functionName the module function that it is about, if any */
  logSystem(level: LogRecord['level'], message: string, functionName?: string): void {
    this.logs.writeSystem(level, this.#clock.now(), message, functionName);
  }

  /**
   * Runs the module's `init` in the transaction that also stores the new database.
   * @returns the result; nothing is stored unless it is `ok`
   */
  initialize(write: Pick<DatabaseWrite, 'program'>): RunResult {
    for (const name of [...tablesOf(this.#module.runtime.def).keys()].toSorted(compareStrings)) {
      this.logSystem('Info', `Creating table \`${name}\``);
    }
    for (const sql of this.#module.runtime.def.rowLevelSecurity) {
      this.logSystem('Info', `Creating row level security \`${sql}\``);
    }
    const init = this.#module.runtime.lifecycleReducer('init');
    if (init) this.logSystem('Info', 'Invoking `init` reducer');
    const result = this.#runLifecycle(
      'init',
      { identity: this.owner, connectionId: null },
      {
        ...write,
        meta: this.#meta,
      },
    );
    if (result.tag === 'ok') this.logSystem('Info', 'Database initialized');
    return result;
  }

  /**
   * Continues with another program.
   *
   * @param datastore the rows, already with the program's schema
   * @param breaksClients disconnect the clients because the new schema is incompatible?
   */
  replaceModule(
    runtime: ModuleRuntime,
    datastore: Datastore,
    write: DatabaseWrite & { readonly meta: DatabaseMeta },
    breaksClients: boolean,
  ): void {
    if (breaksClients) for (const client of [...this.#clients]) client.moduleExited();
    const releaseSystemTables = this.#system.hold();
    this.#meta = withRowLimit(write.meta, rowLimitOf(this.#meta));
    if (this.#module.runtime !== runtime) this.#module.runtime.dispose();
    this.#module = this.#loadedModule(runtime, datastore);
    this.#subscriptions = this.#subscriptions.movedTo(this.#module.tables, subscriptionFailed);
    this.#writer.write({ ...write, meta: this.#meta });
    this.#tell(this.#system.refresh());
    releaseSystemTables();
    this.startScheduler();
  }

  /** Stores the schema if an older host did not. */
  storeSchema(): void {
    if (this.#meta.schema !== undefined) return;
    this.#meta = withSchema(this.#meta, this.#module.runtime.rawDef);
    this.#writer.write({ meta: this.#meta });
  }

  /** Starts to call scheduled reducers. Called last, before the database accepts calls. */
  startScheduler(): void {
    this.#writer.checkFailure();
    if (this.failure === undefined) this.#scheduler.start(this.#module.datastore);
  }

  /** Disconnects the clients of a crashed process, as the real host does before it accepts calls. */
  disconnectStale(clients: readonly AuthenticatedClient[]): void {
    this.#connected.disconnectStale(clients);
  }

  /** Disconnects all clients, runs their `on_disconnect`, and waits until everything is on disk. */
  async close(): Promise<void> {
    for (const client of [...this.#clients]) client.moduleExited();
    this.#connected.disconnectAll();
    this.#scheduler.stop();
    this.#module.runtime.dispose();
    this.logs.end();
    await this.#writer.close();
  }

  jwtPayloadOf(connectionId: bigint): string {
    return this.#connected.jwtPayloadOf(connectionId);
  }

  #call(
    caller: Caller,
    name: string,
    args: CallArguments,
    client: DatabaseClient | undefined,
  ): ClientCallResult {
    const start = performance.now();
    const timestamp = this.#clock.now();
    const failed = (outcome: ReducerOutcome) => ({ outcome, querySets: [], timestamp, offset: undefined });
    if (this.failure !== undefined) return failed({ tag: 'unavailable', message: this.failure });
    const call = prepareCall(this.#module.runtime.def, name, args, this.#mayCallPrivate(caller));
    if ('refusal' in call) {
      if (call.logLine !== undefined) this.logSystem('Error', call.logLine, name);
      return failed(call.refusal);
    }
    const { result, querySets, offset } = this.#run(call.reducer, caller, call.args, timestamp, {
      client,
    });
    if (result.tag !== 'ok') return failed(result);
    const durationMicros = Math.round((performance.now() - start) * 1000);
    return { outcome: { tag: 'ok', durationMicros }, querySets, timestamp, offset };
  }

  #mayCallPrivate({ identity }: Caller): boolean {
    return isSame(identity, this.owner) || isSame(identity, this.identity);
  }

  async #runProcedure(
    procedure: ProcedureDef,
    { identity, connectionId }: Caller,
    args: Uint8Array,
    timestamp: number,
  ): Promise<{ result: ProcedureResult; offset: number | undefined }> {
    const { datastore, runtime } = this.#module;
    const commits = new ProcedureCommits({
      datastore,
      limits: this.limits,
      failure: () => this.failure,
      commit: (transaction) => this.#commit(transaction).offset,
    });
    const result = await runtime.callProcedure(procedure, commits, timestamp, identity, connectionId, args);
    return { result, offset: commits.offset };
  }

  /** While the disk accepts no writes, calls are refused and schedules stop. The state in memory stays correct. */
  #followFailure(failure: string | undefined): void {
    if (failure !== undefined) {
      this.#scheduler.stop();
      this.logSystem('Error', failure);
    } else {
      this.logSystem('Info', 'The disk accepts changes again');
      this.#scheduler.start(this.#module.datastore);
    }
  }

  /** Runs a lifecycle reducer, if the module has it, and stores `write` in the same transaction. */
  #runLifecycle(
    lifecycle: NonNullable<ReducerDef['lifecycle']>,
    caller: Caller,
    write: Partial<DatabaseWrite>,
    event: SystemEvent = {},
  ): RunResult {
    const reducer = this.#module.runtime.lifecycleReducer(lifecycle);
    if (reducer) {
      return this.#run(reducer, caller, new Uint8Array(0), this.#clock.now(), { write, event }).result;
    }
    this.#commit(this.#module.datastore.begin(), write, event);
    return { tag: 'ok' };
  }

  #run(
    reducer: ReducerDef,
    caller: Caller,
    args: Uint8Array,
    timestamp: number,
    commit: { write?: Partial<DatabaseWrite>; event?: SystemEvent; client?: DatabaseClient | undefined } = {},
  ): { result: RunResult; querySets: QuerySetUpdate[]; offset: number | undefined } {
    const { datastore, runtime } = this.#module;
    const transaction = datastore.begin(this.limits);
    const call = { datastore, transaction, timestamp };
    const result = runtime.run(reducer, call, caller.identity, caller.connectionId, args);
    if (result.tag !== 'ok') return { result, querySets: [], offset: undefined };
    try {
      return { result, ...this.#commit(transaction, commit.write, commit.event, commit.client) };
    } catch (error) {
      if (!(error instanceof ViewError)) throw error;
      // A view can no longer be evaluated, so the transaction that would cause this is not committed.
      return { result: { tag: 'fatal', message: error.message }, querySets: [], offset: undefined };
    }
  }

  #deleteRow(table: Table, row: Row): void {
    const transaction = this.#module.datastore.begin();
    transaction.delete(table, row);
    try {
      this.#commit(transaction);
    } catch (error) {
      // A view failed, as above, and the log says so. The row stays until the next start.
      if (!(error instanceof ViewError)) throw error;
    }
  }

  /**
   * Commits, queues the write and sends updates to all clients except `client`, whose update is returned.
   *
   * @param event what the transaction changes besides its rows
   * @throws {ViewError} when a view cannot be evaluated; nothing is committed
   */
  #commit(
    transaction: Transaction,
    write: Partial<DatabaseWrite> = {},
    event: SystemEvent = {},
    client?: DatabaseClient,
  ): { querySets: QuerySetUpdate[]; offset: number } {
    const { datastore, views } = this.#module;
    const refreshViews = views.refresh(transaction);
    const committed = datastore.commit(transaction);
    const changes = [...committed.changes, ...refreshViews(), ...this.#system.follow(event, committed)];
    this.#writer.write({ ...write, ...changesOf(committed) });
    this.#scheduler.follow(committed);
    return { querySets: this.#tell(changes, client), offset: this.offset };
  }

  /** Sends updates to all clients except `client`, whose update is returned. */
  #tell(changes: readonly TableChange[], client?: DatabaseClient): QuerySetUpdate[] {
    let querySets: QuerySetUpdate[] = [];
    for (const [subscriber, update] of this.#subscriptions.updates({ changes })) {
      if (subscriber === client) querySets = update;
      else (subscriber as DatabaseClient).transactionUpdate(update, this.offset);
    }
    return querySets;
  }

  #setRowLimit(value: bigint | undefined): void {
    this.#meta = withRowLimit(this.#meta, value);
    this.#commit(this.#module.datastore.begin(), { meta: this.#meta }, { changed: ['st_var'] });
  }

  #loadedModule(runtime: ModuleRuntime, datastore: Datastore): LoadedModule {
    return new LoadedModule(runtime, datastore, {
      owner: this.owner,
      system: this.#system,
      maxViewRows: this.limits.queryRows,
      logViewError: (message, view) => this.logSystem('Error', message, view),
    });
  }
}

function subscriptionFailed(subscriber: Subscriber, querySetId: number, error: Error): void {
  (subscriber as DatabaseClient).subscriptionFailed(querySetId, error.message);
}
