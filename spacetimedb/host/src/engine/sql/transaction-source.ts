import { SqlError } from './sql-error.ts';
import type { Datastore } from '../datastore/datastore.ts';
import type { Row } from '../datastore/row.ts';
import type { IndexRange } from '../datastore/table-index.ts';
import type { Table } from '../datastore/table.ts';
import type { Transaction } from '../datastore/transaction.ts';
import type { IndexDef, TableDef } from '../schema/module-def.ts';
import type { RowSource } from './plan.ts';

/** The tables as a transaction sees them, as a source of rows for queries. */
export class TransactionSource implements RowSource {
  readonly #datastore: Datastore;
  readonly #transaction: Transaction;

  constructor(datastore: Datastore, transaction: Transaction) {
    this.#datastore = datastore;
    this.#transaction = transaction;
  }

  table(def: TableDef): Table {
    const table = this.#datastore.tableByName(def.name);
    if (!table) throw new SqlError(`no such table: \`${def.name}\``);
    return table;
  }

  scan(def: TableDef): Iterable<Row> {
    return this.#transaction.scan(this.table(def));
  }

  seek(def: TableDef, index: IndexDef, range: IndexRange): Iterable<Row> {
    return this.#transaction.range(this.table(def), def.indexes.indexOf(index), range);
  }
}
