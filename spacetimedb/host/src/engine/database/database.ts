import { Identity } from 'spacetimedb';
import type { HttpRequest } from '../abi/http-messages.ts';
import type {
  AuthenticatedClient,
  CallArguments,
  Caller,
  ConnectOutcome,
  DatabaseApi,
  HttpHandlerOutcome,
  LogRecord,
  ProcedureOutcome,
  ReducerOutcome,
  SqlResult,
} from '../database-api.ts';
import { SystemTables } from '../system-tables/system-tables.ts';
import type { Datastore } from '../datastore/datastore.ts';
import type { TableChange, Transaction } from '../datastore/transaction.ts';
import { HostUsage } from '../host-usage.ts';
import type { HostLimits } from '../limits.ts';
import { compareStrings } from '../sats/compare.ts';
import type { QueryRows, QuerySetUpdate } from '../wire/messages.ts';
import type { ModuleDef } from '../schema/module-def.ts';
import { Subscriptions, type Subscriber } from '../subscription/subscriptions.ts';
import type { CallContext, CommitExtras, Committed } from './call-context.ts';
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
import type { ModuleRuntime, RunResult } from './module-runtime.ts';
import { DatabaseSnapshot } from './database-snapshot.ts';
import { ProcedureCalls } from './procedure-calls.ts';
import { ReducerCalls } from './reducer-calls.ts';
import { runScheduled } from './run-scheduled.ts';
import { Scheduler } from './scheduler.ts';
import { SqlCalls } from './sql-calls.ts';
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
  readonly storage: DatabaseStorage;
  readonly #clock: MicrosecondClock;
  readonly #writer: StorageWriter;
  readonly #connected: ConnectedClients;
  readonly #reducers: ReducerCalls;
  readonly #procedures: ProcedureCalls;
  readonly #sql: SqlCalls;
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
    this.storage = parts.storage;
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
    const context: CallContext = {
      clock: parts.clock,
      limits: this.limits,
      module: () => this.#module,
      failure: () => this.failure,
      mayCallPrivate: ({ identity }) => isSame(identity, this.owner) || isSame(identity, this.identity),
      commit: (transaction, extras) => this.#commit(transaction, extras),
      logSystem: (level, message, functionName) => this.logSystem(level, message, functionName),
    };
    this.#reducers = new ReducerCalls(context);
    this.#procedures = new ProcedureCalls(context);
    this.#sql = new SqlCalls(context, {
      get: () => rowLimitOf(this.#meta),
      set: (value) => this.#setRowLimit(value),
    });
    this.#connected = new ConnectedClients({
      runLifecycle: (lifecycle, client, write, event) =>
        this.#reducers.runLifecycle(lifecycle, client, { write, event }),
      commit: (write, event) => this.#commit(this.#module.datastore.begin(), { write, event }),
      logError: (message) => this.logSystem('Error', message),
      callMillis: this.limits.callMillis,
    });
    const calls = {
      context,
      reducers: this.#reducers,
      procedures: this.#procedures,
      caller: { identity: this.identity, connectionId: null },
    };
    this.#scheduler = new Scheduler(parts.time, parts.clock, (scheduled) => runScheduled(scheduled, calls));
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
    return this.#reducers.call(caller, name, args).outcome;
  }

  /** Calls a reducer with the database as the sender, as schedules do. */
  callInternally(name: string, bytes: Uint8Array): ReducerOutcome {
    const caller = { identity: this.identity, connectionId: null };
    return this.callReducer(caller, name, { format: 'bsatn', bytes });
  }

  /** Like `callReducer`, for a client that gets its own changes with the result instead of in an update. */
  callFromClient(
    client: DatabaseClient,
    caller: Caller,
    name: string,
    args: CallArguments,
  ): ClientCallResult {
    return this.#reducers.call(caller, name, args, client);
  }

  async callProcedure(caller: Caller, name: string, args: CallArguments): Promise<ProcedureOutcome> {
    return (await this.#procedures.call(caller, name, args)).outcome;
  }

  /**
   * Like `callProcedure`, with what a client has to wait for. The changes are sent to all clients, including this one.
   */
  callProcedureFromClient(caller: Caller, name: string, args: CallArguments): Promise<ClientProcedureResult> {
    return this.#procedures.call(caller, name, args);
  }

  handleHttp(handler: string, request: HttpRequest, body: Uint8Array): Promise<HttpHandlerOutcome> {
    return this.#procedures.handleHttp(handler, request, body);
  }

  /** @throws {SqlError} @throws {UnavailableError} */
  sql(caller: Caller, statement: string): SqlResult {
    return this.#sql.run(caller, statement);
  }

  /** Saves the current rows and the end of the log for {@link restore}. */
  snapshot(): DatabaseSnapshot {
    return new DatabaseSnapshot(this.datastore, this.logs);
  }

  /**
   * Restores rows and auto-increment columns in one transaction, whose changes reach clients and schedules as usual.
   *
   * @throws {Error} when the module was published again after the snapshot was made
   */
  restore(snapshot: DatabaseSnapshot): void {
    const transaction = this.datastore.begin();
    snapshot.writeInto(this.datastore, transaction);
    this.#commit(transaction);
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
    const { def } = this.#module.runtime;
    for (const name of def.tables.map((table) => table.name).toSorted(compareStrings)) {
      this.logSystem('Info', `Creating table \`${name}\``);
    }
    for (const sql of def.rowLevelSecurity) {
      this.logSystem('Info', `Creating row level security \`${sql}\``);
    }
    if (this.#module.runtime.lifecycleReducer('init')) this.logSystem('Info', 'Invoking `init` reducer');
    const result = this.#reducers.runLifecycle(
      'init',
      { identity: this.owner, connectionId: null },
      { write: { ...write, meta: this.#meta } },
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

  /**
   * Commits, queues the write and sends updates to all clients except `client`, whose update is returned.
   *
   * @throws {ViewError} when a view cannot be evaluated; nothing is committed
   */
  #commit(transaction: Transaction, { write, event = {}, client }: CommitExtras = {}): Committed {
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
    const event = { changed: ['st_var'] } as const;
    this.#commit(this.#module.datastore.begin(), { write: { meta: this.#meta }, event });
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
