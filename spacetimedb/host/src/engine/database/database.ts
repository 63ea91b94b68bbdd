import { ConnectionId, Identity } from 'spacetimedb';
import {
  SqlError,
  UnavailableError,
  type AuthenticatedClient,
  type CallArguments,
  type Caller,
  type ConnectOutcome,
  type DatabaseApi,
  type LogRecord,
  type ReducerOutcome,
  type SqlResult,
} from '../database-api.ts';
import type { Datastore } from '../datastore/datastore.ts';
import type { Row } from '../datastore/row.ts';
import type { Table } from '../datastore/table.ts';
import type { TableChange, Transaction } from '../datastore/transaction.ts';
import { HostUsage } from '../host-usage.ts';
import type { HostLimits } from '../limits.ts';
import type { QueryRows, QuerySetUpdate } from '../protocol/messages.ts';
import type { ModuleDef, ReducerDef } from '../schema/module-def.ts';
import { RequestBudget, UNLIMITED } from '../sql/budget.ts';
import { SqlCatalog } from '../sql/catalog.ts';
import { Subscriptions, type Subscriber } from '../subscription/subscriptions.ts';
import { SystemTables, type SystemEvent } from '../system-tables/system-tables.ts';
import { ReadableTables } from '../views/readable-tables.ts';
import { ViewError } from '../views/evaluate-view.ts';
import { Views } from '../views/views.ts';
import type { MicrosecondClock } from './clock.ts';
import type { ClientCallResult, DatabaseClient, DatabaseParts } from './database-parts.ts';
import type { DatabaseLog } from './logs.ts';
import type { ModuleRuntime, RunResult } from './module-runtime.ts';
import { prepareCall } from './prepare-call.ts';
import { runScheduled } from './run-scheduled.ts';
import { Scheduler } from './scheduler.ts';
import { runStatement } from './statement.ts';
import {
  changesOf,
  whenDurable,
  withRowLimit,
  withSchema,
  type DatabaseMeta,
  type DatabaseStorage,
  type DatabaseWrite,
} from './storage.ts';

export type { ClientCallResult, DatabaseClient, DatabaseParts } from './database-parts.ts';

/**
 * Clients may come and go while the disk takes nothing; what that writes waits in memory. Beyond this many bytes nobody
 * new is let in.
 */
const MAX_QUEUED_BYTES = 8 * 1024 * 1024;

/**
 * One running database. Everything it does is synchronous and in the order in which it was asked: a call is one
 * transaction, from the reducer's first line to the messages that tell the clients of it.
 */
export class Database implements DatabaseApi {
  readonly identity: Identity;
  readonly owner: Identity;
  readonly logs: DatabaseLog;
  readonly limits: HostLimits;
  readonly usage: HostUsage;
  readonly #storage: DatabaseStorage;
  readonly #clock: MicrosecondClock;
  readonly #connected = new Map<string, AuthenticatedClient>();
  readonly #clients = new Set<DatabaseClient>();
  readonly #scheduler: Scheduler;
  readonly #system: SystemTables;
  #meta: DatabaseMeta;
  #runtime: ModuleRuntime;
  #datastore: Datastore;
  #views: Views;
  #tables: ReadableTables;
  #subscriptions: Subscriptions;
  /** The offset of the newest write: what a client sees now is durable once this is. */
  #offset = 0;
  #failure: string | undefined;
  #isClosed = false;

  constructor(parts: DatabaseParts, runtime: ModuleRuntime, datastore: Datastore) {
    this.identity = Identity.fromString(parts.meta.identity);
    this.owner = Identity.fromString(parts.meta.owner);
    this.logs = parts.log;
    this.limits = parts.limits;
    this.usage = parts.usage ?? new HostUsage();
    this.#storage = parts.storage;
    this.#clock = parts.clock;
    this.#meta = parts.meta;
    this.#runtime = runtime;
    this.#datastore = datastore;
    this.#system = new SystemTables(() => ({
      identity: this.identity,
      owner: this.owner,
      program: this.#runtime.program,
      programHash: this.#meta.programHash,
      def: this.#runtime.def,
      datastore: this.#datastore,
      clients: this.#connected.values(),
      rowLimit: this.#rowLimit,
    }));
    this.#views = this.#makeViews();
    this.#tables = new ReadableTables(datastore, this.#views, this.#system);
    this.#subscriptions = new Subscriptions({
      tables: this.#tables,
      catalogFor: (subscriber) => this.#catalogFor(subscriber.identity),
      limits: this.limits,
      usage: this.usage,
      onFailure: subscriptionFailed,
    });
    parts.storage.onChange(() => this.#followFailure());
    this.#scheduler = new Scheduler(parts.time, parts.clock, (scheduled) =>
      runScheduled(scheduled, {
        reducerFor: (table) => this.#runtime.scheduledReducer(table),
        call: (reducer, args) => {
          const caller = { identity: this.identity, connectionId: null };
          this.#run(reducer, caller, args, this.#clock.now(), {}, {}, undefined);
        },
        deleteRow: (table, row) => this.#deleteRow(table, row),
      }),
    );
  }

  get names(): readonly string[] {
    return this.#meta.names;
  }

  get programHash(): string {
    return this.#meta.programHash;
  }

  get moduleDef(): ModuleDef {
    return this.#runtime.def;
  }

  get rawModuleDef(): Uint8Array {
    return this.#runtime.rawDef;
  }

  get datastore(): Datastore {
    return this.#datastore;
  }

  get storage(): DatabaseStorage {
    return this.#storage;
  }

  /** Why the database takes no calls now, if it does not. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** Of the newest write. */
  get offset(): number {
    return this.#offset;
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
   * @returns the rows that the query set held, if they are wanted
   * @throws {SqlError} when there is no such query set, or reading the rows costs too much
   */
  unsubscribe(client: DatabaseClient, querySetId: number, withRows: boolean): QueryRows | undefined {
    return this.#subscriptions.remove(client, querySetId, withRows);
  }

  /** @throws {SqlError} */
  queryOnce(client: DatabaseClient, statement: string): QueryRows {
    return this.#subscriptions.queryOnce(client, statement);
  }

  clientConnected(client: AuthenticatedClient): ConnectOutcome {
    if (this.#failure !== undefined && this.#storage.queuedBytes > MAX_QUEUED_BYTES) {
      return { tag: 'rejected', message: this.#failure };
    }
    const key = client.connectionId.toHexString();
    // As on the real server; taking the first one's place would mean that nobody ever sees it leave.
    if (this.#connected.has(key)) {
      return { tag: 'rejected', message: `The connection id ${key} is in use by an open connection` };
    }
    // Already here while its reducer runs, which may ask for the claims of its token.
    this.#connected.set(key, client);
    const connected = {
      identity: client.identity.toHexString(),
      connectionId: key,
      jwtPayload: client.jwtPayload,
    };
    const event = { connected: client };
    const { result } = this.#runLifecycle('on_connect', client, { connected }, event);
    if (result.tag === 'ok') return { tag: 'ok' };
    this.#connected.delete(key);
    return { tag: 'rejected', message: result.message };
  }

  clientDisconnected(client: AuthenticatedClient): void {
    const key = client.connectionId.toHexString();
    if (this.#connected.get(key) !== client) return;
    const event = { disconnected: client };
    const { result } = this.#runLifecycle('on_disconnect', client, { disconnected: key }, event);
    // Whatever the module makes of it, the client is gone.
    if (result.tag !== 'ok') this.#commit(this.#datastore.begin(), { disconnected: key }, event);
    this.#connected.delete(key);
  }

  callReducer(caller: Caller, name: string, args: CallArguments): ReducerOutcome {
    return this.#call(caller, name, args, undefined).outcome;
  }

  /** Calls a reducer for the database itself, as schedules do: the sender is the database. */
  callInternally(name: string, bytes: Uint8Array): ReducerOutcome {
    return this.callReducer({ identity: this.identity, connectionId: null }, name, {
      format: 'bsatn',
      bytes,
    });
  }

  /** As `callReducer`, for a client that gets its own changes with the answer instead of in an update. */
  callFromClient(
    client: DatabaseClient,
    caller: Caller,
    name: string,
    args: CallArguments,
  ): ClientCallResult {
    return this.#call(caller, name, args, client);
  }

  /** @throws {SqlError} @throws {UnavailableError} */
  sql(caller: Caller, statement: string): SqlResult {
    const start = performance.now();
    const transaction = this.#datastore.begin();
    try {
      const catalog = this.#catalogFor(caller.identity);
      const { rowLimit, ...result } = runStatement(statement, {
        catalog,
        datastore: this.#datastore,
        tables: this.#tables,
        transaction,
        caller: caller.identity,
        budget: catalog.isOwner ? UNLIMITED : new RequestBudget(this.limits),
      });
      // Reading goes on whatever the disk does.
      if (this.#failure !== undefined && (rowLimit || transaction.changes().length > 0)) {
        throw new UnavailableError(this.#failure);
      }
      if (rowLimit) this.#meta = withRowLimit(this.#meta, rowLimit.value);
      const changed = rowLimit ? (['st_var'] as const) : [];
      this.#commit(transaction, rowLimit ? { meta: this.#meta } : {}, { changed });
      return { ...result, durationMicros: Math.round((performance.now() - start) * 1000) };
    } catch (error) {
      if (!(error instanceof ViewError)) throw error;
      throw new SqlError(`The module instance encountered a fatal error: ${error.message}`, { cause: error });
    } finally {
      this.#tables.dropUnused();
    }
  }

  durable(): Promise<void> {
    return whenDurable(this.#storage, this.#offset);
  }

  /** Writes a line of the host's own into the log, of `functionName` when it is about one. */
  logSystem(level: LogRecord['level'], message: string, functionName?: string): void {
    this.logs.writeSystem(level, this.#clock.now(), message, functionName);
  }

  /**
   * Runs the module's `init`, in the transaction that also stores the new database.
   * @returns how it ended; for anything but `ok` nothing was stored
   */
  initialize(write: Pick<DatabaseWrite, 'program'>): RunResult {
    for (const { name } of this.#runtime.def.tables) this.logSystem('Info', `Creating table \`${name}\``);
    const init = this.#runtime.lifecycleReducer('init');
    if (init) this.logSystem('Info', 'Invoking `init` reducer');
    const { result } = this.#runLifecycle(
      'init',
      { identity: this.owner, connectionId: null },
      {
        ...write,
        meta: this.#meta,
      },
      {},
    );
    if (result.tag === 'ok') this.logSystem('Info', 'Database initialized');
    return result;
  }

  /**
   * Goes on with another program, whose schema the rows in `datastore` already have.
   *
   * @param breaksClients whether those who are connected cannot go on with the new schema
   */
  replaceModule(
    runtime: ModuleRuntime,
    datastore: Datastore,
    write: DatabaseWrite & { readonly meta: DatabaseMeta },
    breaksClients: boolean,
  ): void {
    if (breaksClients) for (const client of [...this.#clients]) client.moduleExited();
    const releaseSystemTables = this.#system.hold();
    this.#meta = withRowLimit(write.meta, this.#rowLimit);
    if (this.#runtime !== runtime) this.#runtime.dispose();
    this.#runtime = runtime;
    this.#datastore = datastore;
    this.#views = this.#makeViews();
    this.#tables = new ReadableTables(datastore, this.#views, this.#system);
    this.#subscriptions = this.#subscriptions.movedTo(this.#tables, subscriptionFailed);
    this.#write({ ...write, meta: this.#meta });
    this.#tell(this.#system.refresh());
    releaseSystemTables();
    this.startScheduler();
  }

  /** Stores what the database is, if what is stored lacks the schema. */
  storeSchema(): void {
    if (this.#meta.schema !== undefined) return;
    this.#meta = withSchema(this.#meta, this.#runtime.rawDef);
    this.#write({ meta: this.#meta });
  }

  /** Begins to call scheduled reducers: the last thing that a database does before it takes calls. */
  startScheduler(): void {
    this.#followFailure();
    if (this.#failure === undefined) this.#scheduler.start(this.#datastore);
  }

  /** Disconnects the clients that a crash left behind, as the real host does before it takes any call. */
  disconnectStale(clients: readonly AuthenticatedClient[]): void {
    for (const client of clients) this.#connected.set(client.connectionId.toHexString(), client);
    this.#disconnectAll();
  }

  /** Sends all clients away, lets the module see them go, and waits until everything is on disk. */
  async close(): Promise<void> {
    for (const client of [...this.#clients]) client.moduleExited();
    this.#disconnectAll();
    this.#isClosed = true;
    this.#scheduler.stop();
    this.#runtime.dispose();
    await this.#storage.close();
  }

  jwtPayloadOf(connectionId: bigint): string {
    return this.#connected.get(new ConnectionId(connectionId).toHexString())?.jwtPayload ?? '';
  }

  /**
   * Lets the module see everybody go. Together they have the time of one call: those that are left then go without the
   * module seeing it, and the log says so.
   */
  #disconnectAll(): void {
    const { callMillis } = this.limits;
    const start = performance.now();
    let unseen = 0;
    for (const [key, client] of [...this.#connected]) {
      if (performance.now() - start < callMillis) {
        this.clientDisconnected(client);
        continue;
      }
      this.#commit(this.#datastore.begin(), { disconnected: key }, { disconnected: client });
      this.#connected.delete(key);
      unseen++;
    }
    if (unseen === 0) return;
    const why = `on_disconnect took more than ${callMillis} ms for those before them (limit callMillis)`;
    this.logSystem('Error', `${unseen} clients were disconnected without the module seeing it: ${why}`);
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
    if (this.#failure !== undefined) return failed({ tag: 'unavailable', message: this.#failure });
    const mayCallPrivate = isSame(caller.identity, this.owner) || isSame(caller.identity, this.identity);
    const call = prepareCall(this.#runtime.def, name, args, mayCallPrivate);
    if ('refusal' in call) {
      if (call.logLine !== undefined) this.logSystem('Error', call.logLine, name);
      return failed(call.refusal);
    }
    const { result, querySets, offset } = this.#run(
      call.reducer,
      caller,
      call.args,
      timestamp,
      {},
      {},
      client,
    );
    if (result.tag !== 'ok') return failed(result);
    const durationMicros = Math.round((performance.now() - start) * 1000);
    return { outcome: { tag: 'ok', durationMicros }, querySets, timestamp, offset };
  }

  /** While the disk takes nothing, nothing is changed that could be refused. What is in memory stays right. */
  #followFailure(): void {
    const { failure } = this.#storage;
    if (failure === this.#failure || this.#isClosed) return;
    this.#failure = failure;
    if (failure !== undefined) {
      this.#scheduler.stop();
      this.logSystem('Error', failure);
    } else {
      this.logSystem('Info', 'The disk takes changes again');
      this.#scheduler.start(this.#datastore);
    }
  }

  /** Runs a lifecycle reducer, if the module has it, and writes `write` with what it changes. */
  #runLifecycle(
    lifecycle: NonNullable<ReducerDef['lifecycle']>,
    caller: Caller,
    write: Partial<DatabaseWrite>,
    event: SystemEvent,
  ): { result: RunResult } {
    const reducer = this.#runtime.lifecycleReducer(lifecycle);
    if (!reducer) {
      this.#commit(this.#datastore.begin(), write, event);
      return { result: { tag: 'ok' } };
    }
    return this.#run(reducer, caller, new Uint8Array(0), this.#clock.now(), write, event, undefined);
  }

  #run(
    reducer: ReducerDef,
    caller: Caller,
    args: Uint8Array,
    timestamp: number,
    write: Partial<DatabaseWrite>,
    event: SystemEvent,
    client: DatabaseClient | undefined,
  ): { result: RunResult; querySets: QuerySetUpdate[]; offset: number | undefined } {
    const transaction = this.#datastore.begin(this.limits);
    const call = { datastore: this.#datastore, transaction, timestamp };
    const result = this.#runtime.run(reducer, call, caller.identity, caller.connectionId, args);
    if (result.tag !== 'ok') return { result, querySets: [], offset: undefined };
    try {
      return { result, ...this.#commit(transaction, write, event, client) };
    } catch (error) {
      if (!(error instanceof ViewError)) throw error;
      // A view that cannot be computed any more: what would make it so does not happen.
      return { result: { tag: 'fatal', message: error.message }, querySets: [], offset: undefined };
    }
  }

  #deleteRow(table: Table, row: Row): void {
    const transaction = this.#datastore.begin();
    transaction.delete(table, row);
    try {
      this.#commit(transaction, {}, {});
    } catch (error) {
      // As above, and the log says so. The row is there still, for the next start.
      if (!(error instanceof ViewError)) throw error;
    }
  }

  /**
   * Commits, queues the write, and tells everybody but `client`, who gets its part back.
   *
   * @param event what the transaction means beside the rows that it changes
   * @throws {ViewError} when a view cannot be computed; nothing is committed then
   */
  #commit(
    transaction: Transaction,
    write: Partial<DatabaseWrite>,
    event: SystemEvent,
    client?: DatabaseClient,
  ): { querySets: QuerySetUpdate[]; offset: number } {
    const refreshViews = this.#views.refresh(transaction);
    const committed = this.#datastore.commit(transaction);
    const changes = [...committed.changes, ...refreshViews(), ...this.#system.follow(event, committed)];
    this.#write({ ...write, ...changesOf(committed) });
    this.#scheduler.follow(committed);
    return { querySets: this.#tell(changes, client), offset: this.#offset };
  }

  /** Tells everybody but `client`, who gets its part back. */
  #tell(changes: readonly TableChange[], client?: DatabaseClient): QuerySetUpdate[] {
    let querySets: QuerySetUpdate[] = [];
    for (const [subscriber, update] of this.#subscriptions.updates({ changes })) {
      if (subscriber === client) querySets = update;
      else (subscriber as DatabaseClient).transactionUpdate(update, this.#offset);
    }
    return querySets;
  }

  /** A write of nothing takes no offset, as on the real server. */
  #write(write: Partial<DatabaseWrite>): void {
    const { tables = [], sequences = new Map(), ...rest } = write;
    if (tables.length === 0 && sequences.size === 0 && Object.keys(rest).length === 0) return;
    this.#offset = this.#storage.append({ tables, sequences, time: this.#clock.last, ...rest });
  }

  get #rowLimit(): bigint | undefined {
    const { rowLimit } = this.#meta;
    return rowLimit === undefined ? undefined : BigInt(rowLimit);
  }

  #makeViews(): Views {
    const runtime = this.#runtime;
    return new Views(
      runtime.def,
      this.#datastore,
      (...args) => runtime.callView(...args),
      this.limits.queryRows,
      (message, view) => this.logSystem('Error', message, view),
    );
  }

  #catalogFor(identity: Identity): SqlCatalog {
    const views = this.#views;
    return new SqlCatalog(this.#runtime.def, isSame(identity, this.owner), {
      table: (view) => views.table(view, identity),
      isView: (table) => views.isView(table),
    });
  }
}

function subscriptionFailed(subscriber: Subscriber, querySetId: number, error: Error): void {
  (subscriber as DatabaseClient).subscriptionFailed(querySetId, error.message);
}

/** `Identity.isEqual` formats both as hex first, which costs more than the rest of a small call. */
function isSame(a: Identity, b: Identity): boolean {
  return a.__identity__ === b.__identity__;
}
