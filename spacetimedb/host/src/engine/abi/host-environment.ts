import { BinaryReader } from 'spacetimedb';
import { isTooFarAhead, scheduleOf } from '../datastore/schedule-at.ts';
import type { Datastore, IndexPlace } from '../datastore/datastore.ts';
import { DatastoreError, type DatastoreErrorCode } from '../datastore/datastore-error.ts';
import type { Row } from '../datastore/row.ts';
import { TableReads } from '../datastore/table-reads.ts';
import type { Table } from '../datastore/table.ts';
import type { Transaction } from '../datastore/transaction.ts';
import { HostCallError, errno, type Errno } from './errno.ts';
import { decoding, readPoint, readRange } from './index-arguments.ts';
import { RowIterators } from './row-iterators.ts';
import type { RangeArguments, Syscalls } from './syscalls.ts';

/** What a module's host calls need besides the tables. */
export interface HostServices {
  readonly databaseIdentity: bigint;
  /** @param level one of the numbers that the module library's `console` sends */
  log(level: number, message: string): void;
  /** Writes the log line of a `console.timeEnd`, as the real host does. */
  logTimer(name: string, micros: number): void;
  nowMicros(): number;
  /** The claims of a connection's token as JSON text; `''` if it has none. */
  jwtPayload(connectionId: bigint): string;
  /** Queues a reducer call. It runs even if the calling transaction is rolled back. */
  scheduleImmediate(reducer: string, args: Uint8Array): void;
}

/** The error code for each change that the datastore refuses. */
const REFUSALS: Readonly<Record<DatastoreErrorCode, Errno>> = {
  unique_violation: errno.UNIQUE_ALREADY_EXISTS,
  index_not_unique: errno.INDEX_NOT_UNIQUE,
  no_such_row: errno.NO_SUCH_ROW,
};

/** The module's stack overflowed in the middle of a change to a table. */
class TornTransactionError extends Error {
  override readonly name = 'TornTransactionError';

  constructor() {
    super('Uncaught RangeError: Maximum call stack size exceeded, while a table was changed');
  }
}

/**
 * Implements the functions of `spacetime:sys` (crates/core/src/host/instance_env.rs). Table calls use the open
 * transaction, and fail with NOT_IN_TRANSACTION without one.
 */
export class HostEnvironment implements Syscalls {
  readonly #services: HostServices;
  readonly #iterators = new RowIterators();
  readonly #timers = new Map<number, { readonly name: string; readonly start: number }>();
  #nextTimer = 0;
  #datastore: Datastore | undefined;
  #transaction: Transaction | undefined;
  /** What the running view has read; undefined outside views. */
  #reads: TableReads | undefined;
  /** Was a change of the open transaction left half done? */
  #isTorn = false;

  constructor(services: HostServices) {
    this.#services = services;
  }

  /**
   * Runs `body`; the module's table calls work on `transaction`.
   *
   * @throws {TornTransactionError} when the stack overflowed during a change, even if the module caught the error
   */
  withTransaction<T>(datastore: Datastore, transaction: Transaction, body: () => T): T {
    this.#datastore = datastore;
    this.#transaction = transaction;
    this.#isTorn = false;
    try {
      const result = body();
      if (this.#isTorn) throw new TornTransactionError();
      return result;
    } finally {
      this.#transaction = undefined;
      this.#iterators.clear();
    }
  }

  /** Like `withTransaction`, but read-only. @returns also what was read */
  whileReading<T>(
    datastore: Datastore,
    transaction: Transaction,
    body: () => T,
  ): { readonly result: T; readonly reads: TableReads } {
    const reads = new TableReads();
    this.#reads = reads;
    try {
      return { result: this.withTransaction(datastore, transaction, body), reads };
    } finally {
      this.#reads = undefined;
    }
  }

  table_id_from_name(name: string): number {
    const table = this.#open().datastore.tableByName(name);
    if (!table) throw new HostCallError(errno.NO_SUCH_TABLE);
    return table.id;
  }

  index_id_from_name(name: string): number {
    const id = this.#open().datastore.indexIdByName(name);
    if (id === undefined) throw new HostCallError(errno.NO_SUCH_INDEX);
    return id;
  }

  datastore_table_row_count(tableId: number): bigint {
    const { transaction } = this.#open();
    return BigInt(transaction.rowCount(this.#table(tableId)));
  }

  datastore_table_scan_bsatn(tableId: number): number {
    const { transaction } = this.#open();
    return this.#iterators.open(transaction.scan(this.#table(tableId)));
  }

  datastore_index_scan_range_bsatn(...[indexId, bytes, ...lengths]: RangeArguments): number {
    return this.#iterators.open(this.#range(indexId, bytes, lengths).rows);
  }

  datastore_index_scan_point_bsatn(indexId: number, point: Uint8Array): number {
    return this.#iterators.open(this.#point(indexId, point).rows);
  }

  datastore_delete_by_index_scan_range_bsatn(...[indexId, bytes, ...lengths]: RangeArguments): number {
    const { table, rows } = this.#range(indexId, bytes, lengths);
    return this.#deleteAll(table, rows);
  }

  datastore_delete_by_index_scan_point_bsatn(indexId: number, point: Uint8Array): number {
    const { table, rows } = this.#point(indexId, point);
    return this.#deleteAll(table, rows);
  }

  row_iter_bsatn_advance(iter: number, target: Uint8Array): number {
    return this.#iterators.advance(iter, target);
  }

  row_iter_bsatn_close(iter: number): void {
    // The module library also calls this from a finaliser, between calls, for iterators that no longer exist.
    if (this.#transaction) this.#iterators.close(iter);
  }

  datastore_insert_bsatn(tableId: number, bytes: Uint8Array): number {
    const { transaction } = this.#openForWriting();
    const table = this.#table(tableId);
    const row = decoding(() => table.codec.fromUntrusted(bytes));
    const { row: inserted, generated } = this.#change(() => transaction.insert(table, row));
    this.#checkSchedule(table, inserted);
    return writeBack(bytes, generated);
  }

  datastore_update_bsatn(tableId: number, indexId: number, bytes: Uint8Array): number {
    const { transaction } = this.#openForWriting();
    const table = this.#table(tableId);
    const index = this.#index(indexId);
    if (index.table !== table) throw new HostCallError(errno.NO_SUCH_INDEX);
    const row = decoding(() => table.codec.fromUntrusted(bytes));
    const { row: updated, generated } = this.#change(() => transaction.update(table, index.position, row));
    this.#checkSchedule(table, updated);
    return writeBack(bytes, generated);
  }

  datastore_delete_all_by_eq_bsatn(tableId: number, relation: Uint8Array): number {
    const { transaction } = this.#openForWriting();
    const table = this.#table(tableId);
    const reader = new BinaryReader(relation);
    const rows = decoding(() => {
      const count = reader.readU32();
      const read: Row[] = [];
      for (let n = 0; n < count; n++) read.push(table.codec.readRow(reader));
      return read;
    });
    return this.#change(() => rows.filter((row) => transaction.delete(table, row)).length);
  }

  datastore_clear(tableId: number): bigint {
    const { transaction } = this.#openForWriting();
    const table = this.#table(tableId);
    return BigInt(this.#change(() => transaction.clear(table)));
  }

  volatile_nonatomic_schedule_immediate(reducerName: string, args: Uint8Array): void {
    this.#services.scheduleImmediate(reducerName, args.slice());
  }

  console_log(level: number, message: string): void {
    this.#services.log(level, String(message));
  }

  console_timer_start(name: string): number {
    const id = this.#nextTimer++;
    this.#timers.set(id, { name: String(name), start: this.#services.nowMicros() });
    return id;
  }

  console_timer_end(spanId: number): void {
    const timer = this.#timers.get(spanId);
    if (!timer) throw new HostCallError(errno.NO_SUCH_CONSOLE_TIMER);
    this.#timers.delete(spanId);
    this.#services.logTimer(timer.name, this.#services.nowMicros() - timer.start);
  }

  identity(): bigint {
    return this.#services.databaseIdentity;
  }

  get_jwt_payload(connectionId: bigint): Uint8Array {
    this.#open();
    return new TextEncoder().encode(this.#services.jwtPayload(connectionId));
  }

  // Outside procedures, these functions only fail. A procedure's thread answers them itself where they succeed.

  procedure_start_mut_tx(): bigint {
    throw new HostCallError(this.#transaction ? errno.WOULD_BLOCK_TRANSACTION : errno.HOST_CALL_FAILURE);
  }

  procedure_commit_mut_tx(): void {
    throw new HostCallError(errno.TRANSACTION_NOT_ANONYMOUS);
  }

  procedure_abort_mut_tx(): void {
    throw new HostCallError(errno.TRANSACTION_NOT_ANONYMOUS);
  }

  procedure_http_request(): never {
    if (this.#transaction) throw new HostCallError(errno.WOULD_BLOCK_TRANSACTION);
    throw new HostCallError(errno.HTTP_ERROR, 'Only procedures and HTTP handlers can send HTTP requests');
  }

  /** How many bytes of rows an iterator has yet to return. */
  rowBytesLeft(iter: number): number {
    return this.#iterators.bytesLeft(iter);
  }

  #checkSchedule({ def }: Table, row: Row): void {
    if (def.schedule && isTooFarAhead(scheduleOf(def, row), this.#services.nowMicros())) {
      throw new HostCallError(errno.SCHEDULE_AT_DELAY_TOO_LONG);
    }
  }

  #open(): { datastore: Datastore; transaction: Transaction } {
    if (!this.#datastore || !this.#transaction) throw new HostCallError(errno.NOT_IN_TRANSACTION);
    return { datastore: this.#datastore, transaction: this.#transaction };
  }

  /** @throws {HostCallError} TRANSACTION_IS_READ_ONLY in a view */
  #openForWriting(): { transaction: Transaction } {
    if (this.#reads) throw new HostCallError(errno.TRANSACTION_IS_READ_ONLY);
    return this.#open();
  }

  #table(id: number): Table {
    const table = this.#open().datastore.tableById(id);
    if (!table) throw new HostCallError(errno.NO_SUCH_TABLE);
    this.#reads?.addTable(table);
    return table;
  }

  #index(id: number): IndexPlace {
    const place = this.#open().datastore.indexById(id);
    if (!place) throw new HostCallError(errno.NO_SUCH_INDEX);
    return place;
  }

  #point(indexId: number, bytes: Uint8Array): { table: Table; rows: Iterable<Row> } {
    const { transaction } = this.#open();
    const place = this.#index(indexId);
    const key = readPoint(place, bytes);
    this.#reads?.addKey(place.table, place.position, bytes);
    return { table: place.table, rows: transaction.point(place.table, place.position, key) };
  }

  #range(
    indexId: number,
    bytes: Uint8Array,
    lengths: [number, number, number, number],
  ): { table: Table; rows: Iterable<Row> } {
    const { transaction } = this.#open();
    const place = this.#index(indexId);
    const range = readRange(place, bytes, ...lengths);
    this.#reads?.addTable(place.table);
    return { table: place.table, rows: transaction.range(place.table, place.position, range) };
  }

  #deleteAll(table: Table, rows: Iterable<Row>): number {
    const { transaction } = this.#openForWriting();
    // Collected first, because deleting while iterating would disturb the index iterator.
    const found = [...rows];
    return this.#change(() => found.filter((row) => transaction.delete(table, row)).length);
  }

  /**
   * A stack overflow may leave a change half done, and then the transaction must not be committed. If little stack is
   * left, the change does not start, so the module may catch the error and continue.
   */
  #change<T>(make: () => T): T {
    requireStack(STACK_OF_A_CHANGE);
    const wasTorn = this.#isTorn;
    this.#isTorn = true;
    try {
      const result = make();
      this.#isTorn = wasTorn;
      return result;
    } catch (error) {
      if (!(error instanceof DatastoreError)) throw error;
      this.#isTorn = wasTorn;
      throw new HostCallError(REFUSALS[error.code]);
    }
  }
}

/** Stack depth, in calls of `requireStack`. More than changing an index with many rows needs. */
const STACK_OF_A_CHANGE = 128;

/** @throws {RangeError} when the stack has no room for this many calls */
function requireStack(calls: number): number {
  return calls === 0 ? 0 : requireStack(calls - 1) + 1;
}

/** Writes the generated columns back into the module's buffer. @returns how many bytes were written */
function writeBack(bytes: Uint8Array, generated: Uint8Array): number {
  bytes.set(generated);
  return generated.length;
}
