import { BinaryReader, type Identity } from 'spacetimedb';
import { SqlError } from '../sql/sql-error.ts';
import type { Datastore } from '../datastore/datastore.ts';
import type { Row } from '../datastore/row.ts';
import type { Table } from '../datastore/table.ts';
import type { Transaction } from '../datastore/transaction.ts';
import type { ModuleDef, TableDef, ViewDef } from '../schema/module-def.ts';
import { SqlCatalog } from '../sql/catalog.ts';
import { compileSubscription } from '../sql/compile.ts';
import { executeRows } from '../sql/execute.ts';
import { TransactionSource } from '../sql/transaction-source.ts';

/**
 * Calls a module's view function. @returns BSATN of a `ViewResultHeader` and its payload, and the tables that it read
 */
export type CallView = (
  view: ViewDef,
  sender: Identity,
  datastore: Datastore,
  transaction: Transaction,
) => { readonly bytes: Uint8Array; readonly reads: ReadonlySet<Table> };

export interface ViewResult {
  readonly rows: readonly Row[];
  /** The rows can only change when one of these tables changes. */
  readonly reads: ReadonlySet<Table>;
}

/** A tag of `ViewResultHeader` (crates/lib/src/db/raw_def/v9.rs). */
const ROW_DATA = 0;

/**
 * Evaluates a view.
 *
 * @param target the table that the rows are decoded for
 * @param maxRows the most rows that the view may return
 * @throws the error of the module @throws {SqlError} when the view returns an invalid query or too many rows
 */
export function evaluateView(
  { def, call }: { readonly def: ModuleDef; readonly call: CallView },
  view: ViewDef,
  target: Table,
  sender: Identity,
  datastore: Datastore,
  transaction: Transaction,
  maxRows: number,
): ViewResult {
  const { bytes, reads } = call(view, sender, datastore, transaction);
  const reader = new BinaryReader(bytes);
  if (reader.readU8() === ROW_DATA) {
    const count = reader.readU32();
    if (count > maxRows) throw tooManyRows(maxRows);
    const rows: Row[] = [];
    for (let n = 0; n < count; n++) rows.push(target.codec.readRow(reader));
    return { rows, reads };
  }
  // A view runs with its author's rights, so it may query private tables.
  const plan = compileSubscription(reader.readString(), new SqlCatalog(def, true), sender);
  const source = new TransactionSource(datastore, transaction);
  const rows: Row[] = [];
  for (const { bytes: own } of executeRows(plan, source)) {
    if (rows.length >= maxRows) throw tooManyRows(maxRows);
    rows.push(target.codec.fromStored(own, undefined));
  }
  const tables: TableDef[] = plan.join ? [plan.table, plan.join.table] : [plan.table];
  return { rows, reads: new Set([...reads, ...tables.map((table) => source.table(table))]) };
}

function tooManyRows(maxRows: number): SqlError {
  return new SqlError(`it has more than ${maxRows} rows (limit queryRows)`);
}
