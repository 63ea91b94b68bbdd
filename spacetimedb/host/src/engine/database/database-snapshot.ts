import type { Datastore } from '../datastore/datastore.ts';
import type { Row } from '../datastore/row.ts';
import type { Table } from '../datastore/table.ts';
import type { Transaction } from '../datastore/transaction.ts';
import type { DatabaseLog } from './logs.ts';

interface TableState {
  readonly table: Table;
  readonly rows: ReadonlyMap<string, Row>;
  /** The next value of each sequence. */
  readonly sequences: readonly bigint[];
}

/** The rows of a database at one moment, the next values of its auto-increment columns, and the end of its log. */
export class DatabaseSnapshot {
  readonly #datastore: Datastore;
  readonly #tables: readonly TableState[];
  readonly #logged: number;

  constructor(datastore: Datastore, log: DatabaseLog) {
    this.#datastore = datastore;
    this.#logged = log.written;
    this.#tables = datastore.tables.map((table) => ({
      table,
      // Rows never change, so their maps are all that has to be copied.
      rows: new Map(table.committed.rows),
      sequences: table.sequences.map(({ upcoming }) => upcoming),
    }));
  }

  /** Removes the log records that were written after the snapshot. */
  shorten(log: DatabaseLog): void {
    log.goBackTo(this.#logged);
  }

  /**
   * Restores the rows.
   *
   * @param transaction of `datastore`; the caller commits it
   * @throws {Error} when another program, and with it other tables, was published after the snapshot was made
   */
  writeInto(datastore: Datastore, transaction: Transaction): void {
    if (datastore !== this.#datastore) {
      throw new Error('The snapshot cannot be restored: the module was published again after it was made');
    }
    for (const { table, rows, sequences } of this.#tables) {
      const current = table.committed.rows;
      for (const [key, row] of current) if (!rows.has(key)) transaction.delete(table, row);
      for (const [key, row] of rows) if (!current.has(key)) transaction.put(table, row);
      table.sequences.forEach((sequence, i) => sequence.goBackTo(sequences[i] as bigint));
    }
  }
}
