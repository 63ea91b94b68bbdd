import { BinaryWriter } from 'spacetimedb';
import { DatastoreError } from './datastore-error.ts';
import type { IndexRange, TableIndex } from './table-index.ts';
import type { Row } from './row.ts';
import { truncateToColumn } from './sequence.ts';
import type { HostLimits } from '../limits.ts';
import type { Table } from './table.ts';
import type { TableStore } from './table-store.ts';
import { UniqueViolationError } from './unique-violation.ts';

/** What a transaction changed in one table. A row that was deleted and inserted again is in neither list. */
export interface TableChange {
  readonly table: Table;
  readonly inserts: readonly Row[];
  readonly deletes: readonly Row[];
}

export interface CommittedTransaction {
  readonly changes: readonly TableChange[];
  /** Sequence marks that moved, by sequence name. */
  readonly sequences: ReadonlyMap<string, bigint>;
}

/** What a transaction added to and deleted from one table. */
interface TableDelta {
  readonly inserts: TableStore;
  readonly deletes: Map<string, Row>;
}

/** How much one transaction may change. */
export type TransactionLimits = Pick<HostLimits, 'transactionRows' | 'transactionBytes'>;

/** A transaction exceeded its limits. It must not be committed. */
class TransactionLimitError extends Error {
  override readonly name = 'TransactionLimitError';
}

const NO_LIMITS: TransactionLimits = { transactionRows: Infinity, transactionBytes: Infinity };

/**
 * One transaction. It keeps its changes apart from the committed state: `Datastore.commit` applies them, and dropping
 * the object rolls them back. Reads see the committed rows with this transaction's changes.
 */
export class Transaction {
  readonly #deltas = new Map<Table, TableDelta>();
  readonly #limits: TransactionLimits;
  /** Number of rows added and deleted. */
  #rows = 0;
  /** Bytes of the added rows. */
  #bytes = 0;

  /** @param limits none by default */
  constructor(limits: TransactionLimits = NO_LIMITS) {
    this.#limits = limits;
  }

  rowCount(table: Table): number {
    const delta = this.#deltas.get(table);
    return table.committed.rows.size + (delta ? delta.inserts.rows.size - delta.deletes.size : 0);
  }

  /** Rows added in this transaction come first, as on the real server. */
  *scan(table: Table): Iterable<Row> {
    const delta = this.#deltas.get(table);
    if (delta) yield* delta.inserts.rows.values();
    yield* this.#notDeleted(delta, table.committed.rows.values());
  }

  *point(table: Table, position: number, key: readonly unknown[]): Iterable<Row> {
    const delta = this.#deltas.get(table);
    if (delta) yield* indexAt(delta.inserts, position).point(key);
    yield* this.#notDeleted(delta, indexAt(table.committed, position).point(key));
  }

  *range(table: Table, position: number, range: IndexRange): Iterable<Row> {
    const delta = this.#deltas.get(table);
    if (delta) yield* indexAt(delta.inserts, position).range(range);
    yield* this.#notDeleted(delta, indexAt(table.committed, position).range(range));
  }

  /**
   * Inserts a row. Auto-increment columns that are zero get their next value. Inserting a row that exists changes
   * nothing.
   *
   * @returns the inserted row, and the BSATN of its generated columns
   * @throws {DatastoreError} `unique_violation`; nothing is changed
   */
  insert(table: Table, row: Row): { row: Row; generated: Uint8Array } {
    const { row: complete, generated } = generateColumns(table, row);
    this.#add(table, complete);
    return { row: complete, generated };
  }

  /** Inserts a row with exactly these values. @throws {HostCallError} UNIQUE_ALREADY_EXISTS; nothing is changed then */
  put(table: Table, row: Row): void {
    this.#add(table, row);
  }

  /** Deletes one row. @returns whether it existed */
  delete(table: Table, row: Row): boolean {
    const delta = this.#delta(table);
    const added = delta.inserts.rows.get(row.key);
    if (added) {
      delta.inserts.remove(added);
      this.#count(-1, -added.bytes.length);
      return true;
    }
    const committed = table.committed.rows.get(row.key);
    if (!committed || delta.deletes.has(row.key)) return false;
    this.#count(1, 0);
    delta.deletes.set(row.key, committed);
    return true;
  }

  /**
   * Replaces the row that has the same key in a unique index.
   *
   * @throws {DatastoreError} nothing is changed
   */
  update(table: Table, position: number, row: Row): { row: Row; generated: Uint8Array } {
    const index = indexAt(table.committed, position);
    if (!index.isUnique) throw new DatastoreError('index_not_unique');
    const { row: complete, generated } = generateColumns(table, row);
    const key = index.keyOf(complete);
    const [old] = this.point(table, position, key);
    if (!old) throw new DatastoreError('no_such_row');
    if (old.key === complete.key) return { row: old, generated };
    this.delete(table, old);
    try {
      this.#add(table, complete);
    } catch (error) {
      this.#add(table, old);
      throw error;
    }
    return { row: complete, generated };
  }

  /** Deletes all rows. @returns the number of deleted rows */
  clear(table: Table): number {
    const rows = [...this.scan(table)];
    for (const row of rows) this.delete(table, row);
    return rows.length;
  }

  changes(): TableChange[] {
    const changes: TableChange[] = [];
    for (const [table, { inserts, deletes }] of this.#deltas) {
      if (inserts.rows.size === 0 && deletes.size === 0) continue;
      changes.push({ table, inserts: [...inserts.rows.values()], deletes: [...deletes.values()] });
    }
    return changes;
  }

  #add(table: Table, row: Row): void {
    const delta = this.#delta(table);
    const isCommitted = table.committed.rows.has(row.key);
    const isDeleted = delta.deletes.has(row.key);
    if (delta.inserts.rows.has(row.key) || (isCommitted && !isDeleted)) return;
    for (const position of table.uniqueIndexes) {
      const index = indexAt(table.committed, position);
      const [holder] = this.point(table, position, index.keyOf(row));
      if (holder) throw new UniqueViolationError(table, index.def, index.keyOf(row));
    }
    if (isDeleted) {
      delta.deletes.delete(row.key);
      this.#count(-1, 0);
    } else {
      this.#count(1, row.bytes.length);
      delta.inserts.add(row);
    }
  }

  /** @throws {TransactionLimitError} */
  #count(rows: number, bytes: number): void {
    this.#rows += rows;
    this.#bytes += bytes;
    const { transactionRows, transactionBytes } = this.#limits;
    if (this.#rows > transactionRows) {
      throw new TransactionLimitError(
        `The transaction changes more than ${transactionRows} rows (limit transactionRows)`,
      );
    }
    if (this.#bytes > transactionBytes) {
      throw new TransactionLimitError(
        `The transaction adds more than ${transactionBytes} bytes of rows (limit transactionBytes)`,
      );
    }
  }

  #delta(table: Table): TableDelta {
    let delta = this.#deltas.get(table);
    if (!delta) {
      delta = { inserts: table.emptyStore(), deletes: new Map() };
      this.#deltas.set(table, delta);
    }
    return delta;
  }

  *#notDeleted(delta: TableDelta | undefined, rows: Iterable<Row>): Iterable<Row> {
    if (!delta || delta.deletes.size === 0) yield* rows;
    else for (const row of rows) if (!delta.deletes.has(row.key)) yield row;
  }
}

function indexAt(store: TableStore, position: number): TableIndex {
  const index = store.indexes[position];
  if (!index) throw new RangeError(`there is no index at position ${position}`);
  return index;
}

const NOTHING = new Uint8Array(0);

/** Fills auto-increment columns that are zero. */
function generateColumns(table: Table, row: Row): { row: Row; generated: Uint8Array } {
  if (table.sequences.length === 0) return { row, generated: NOTHING };
  const columns = [...row.columns];
  const writer = new BinaryWriter(32);
  const inColumnOrder = [...table.sequences].sort((a, b) => a.def.column - b.def.column);
  let isComplete = true;
  for (const sequence of inColumnOrder) {
    const { column } = sequence.def;
    if (columns[column] !== 0 && columns[column] !== 0n) continue;
    columns[column] = truncateToColumn(sequence.next(), table.def.columns[column]?.type.tag ?? '');
    table.codec.writeColumn(writer, column, columns[column]);
    isComplete = false;
  }
  return isComplete
    ? { row, generated: NOTHING }
    : { row: table.codec.fromColumns(columns), generated: writer.getBuffer().slice() };
}
