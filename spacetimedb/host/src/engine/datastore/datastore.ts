import type { IndexDef, ModuleDef, TableDef } from '../schema/module-def.ts';
import type { Typespace } from '../sats/typespace.ts';
import type { IndexRange } from './table-index.ts';
import type { Row } from './row.ts';
import { Table } from './table.ts';
import { Transaction, type CommittedTransaction, type TransactionLimits } from './transaction.ts';

/** Ids below this belong to the real server's system tables and indexes. */
const FIRST_USER_ID = 4096;

export interface IndexPlace {
  readonly table: Table;
  /** Position in `table.def.indexes`. */
  readonly position: number;
}

export interface StoredRow {
  /** BSATN of the row. */
  readonly bytes: Uint8Array;
  readonly storageId: number | undefined;
}

/** The rows and sequence marks that a datastore starts with. */
export interface StoredState {
  /** By canonical table name. */
  readonly rows: ReadonlyMap<string, Iterable<StoredRow>>;
  /** The persisted mark of each sequence (see `Sequence`), by sequence name. */
  readonly sequences: ReadonlyMap<string, bigint>;
}

const EMPTY_STATE: StoredState = { rows: new Map(), sequences: new Map() };

/**
 * The tables of one database, in memory. There is one writer: transactions run one after the other, so each sees the
 * state that the one before it committed.
 */
export class Datastore {
  readonly typespace: Typespace;
  readonly #tables: readonly Table[];
  readonly #tablesByName = new Map<string, Table>();
  readonly #indexes: readonly IndexPlace[];
  readonly #indexIdsByName = new Map<string, number>();

  constructor(schema: ModuleDef, state: StoredState = EMPTY_STATE) {
    this.typespace = schema.typespace;
    // By name, which is how the real server numbers the tables of a new database.
    const defs = [...schema.tables].sort((a, b) => (a.name < b.name ? -1 : 1));
    this.#tables = defs.map(
      (def, position) => new Table(FIRST_USER_ID + position, def, schema.typespace, state.sequences),
    );
    // Canonical names win over aliases.
    for (const table of this.#tables) this.#tablesByName.set(table.def.sourceName, table);
    for (const table of this.#tables) this.#tablesByName.set(table.def.name, table);
    this.#indexes = this.#tables.flatMap((table) =>
      table.def.indexes.map((_, position) => ({ table, position })),
    );
    this.#nameIndexes();
    for (const table of this.#tables) {
      for (const { bytes, storageId } of state.rows.get(table.def.name) ?? []) {
        table.committed.add(table.codec.fromStored(bytes, storageId));
      }
    }
  }

  get tables(): readonly Table[] {
    return this.#tables;
  }

  /** @param name canonical or source name */
  tableByName(name: string): Table | undefined {
    return this.#tablesByName.get(name);
  }

  tableById(id: number): Table | undefined {
    return this.#tables[id - FIRST_USER_ID];
  }

  /** @param name canonical or source name */
  indexIdByName(name: string): number | undefined {
    return this.#indexIdsByName.get(name);
  }

  indexById(id: number): IndexPlace | undefined {
    return this.#indexes[id - FIRST_USER_ID];
  }

  /** @param limits none by default */
  begin(limits?: TransactionLimits): Transaction {
    return new Transaction(limits);
  }

  /** Applies a transaction's changes to the committed state and returns them. */
  commit(transaction: Transaction): CommittedTransaction {
    const changes = transaction.changes();
    for (const { table, deletes, inserts } of changes) {
      for (const row of deletes) table.committed.remove(row);
      // Rows of event tables reach subscribers when they are committed, and are not stored.
      if (!table.def.isEvent) for (const row of inserts) table.committed.add(row);
    }
    const sequences = new Map<string, bigint>();
    for (const table of this.#tables) {
      for (const sequence of table.sequences) {
        const mark = sequence.takeAllocation();
        if (mark !== undefined) sequences.set(sequence.def.name, mark);
      }
    }
    return { changes, sequences };
  }

  /** All committed rows of a table, in storage order. */
  scan(def: TableDef): Iterable<Row> {
    return this.storeOf(def).rows.values();
  }

  /** The committed rows in a range of a table's index, in key order. */
  seek(def: TableDef, index: IndexDef, range: IndexRange): Iterable<Row> {
    const position = def.indexes.indexOf(index);
    const found = this.storeOf(def).indexes[position];
    const isPoint = range.prefix.length === index.columns.length;
    return (isPoint ? found?.point(range.prefix) : found?.range(range)) ?? [];
  }

  storeOf(def: TableDef) {
    const table = this.#tablesByName.get(def.name);
    if (!table) throw new RangeError(`no such table: ${def.name}`);
    return table.committed;
  }

  #nameIndexes(): void {
    const names = (place: IndexPlace) => place.table.def.indexes[place.position] as IndexDef;
    this.#indexes.forEach((place, id) =>
      this.#indexIdsByName.set(names(place).sourceName, FIRST_USER_ID + id),
    );
    this.#indexes.forEach((place, id) => this.#indexIdsByName.set(names(place).name, FIRST_USER_ID + id));
  }
}
