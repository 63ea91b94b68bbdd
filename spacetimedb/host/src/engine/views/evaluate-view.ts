import { BinaryReader, BinaryWriter, type Identity } from 'spacetimedb';
import { SqlError } from '../sql/sql-error.ts';
import type { Datastore } from '../datastore/datastore.ts';
import type { Row } from '../datastore/row.ts';
import type { TableReads } from '../datastore/table-reads.ts';
import type { Table } from '../datastore/table.ts';
import type { Transaction } from '../datastore/transaction.ts';
import type { ModuleDef, TableDef, ViewDef } from '../schema/module-def.ts';
import { SqlCatalog } from '../sql/catalog.ts';
import { compileSubscription } from '../sql/compile.ts';
import { executeRows } from '../sql/execute.ts';
import { TransactionSource } from '../sql/transaction-source.ts';

/**
 * Calls a module's view function. @returns BSATN of a `ViewResultHeader` and its payload, and what it read
 */
export type CallView = (
  view: ViewDef,
  sender: Identity,
  datastore: Datastore,
  transaction: Transaction,
) => { readonly bytes: Uint8Array; readonly reads: TableReads };

export interface ViewResult {
  readonly rows: readonly Row[];
  /** What the view read. Its rows can change only when this changes. */
  readonly reads: TableReads;
}

/** The result of a view cannot be used; `message` is for the caller who caused the evaluation. */
export class ViewError extends Error {
  override readonly name = 'ViewError';

  /** @param view canonical name @param step what went wrong, as the real server calls it */
  static at(view: string, step: string, cause: unknown): ViewError {
    return new ViewError(`Error materializing view \`${view}\`: ${step}`, { cause });
  }
}

/** A view with more rows than a query may return. */
class ViewTooLargeError extends SqlError {
  constructor(view: string, maxRows: number) {
    super(`The view \`${view}\` cannot be evaluated: it has more than ${maxRows} rows (limit queryRows)`);
  }
}

/** A tag of `ViewResultHeader` (crates/lib/src/db/raw_def/v9.rs). */
const ROW_DATA = 0;

/**
 * Evaluates a view.
 *
 * @param target the table that the rows are for
 * @param maxRows the most rows that it may have
 * @throws {ModulePanic} @throws {SenderErrorThrown} what the module throws
 * @throws {ViewError} when its result does not match the view's declaration
 * @throws {ViewTooLargeError}
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
  const returned = readHeader(bytes, view);
  const result =
    typeof returned === 'string'
      ? queryRows(returned, reads, { def, view, target, sender, datastore, transaction, maxRows })
      : { rows: readRows(returned, view, target, maxRows), reads };
  checkPrimaryKey(view, target, result.rows);
  return result;
}

/** @returns the query that the view returned, or a reader of its rows */
function readHeader(bytes: Uint8Array, view: ViewDef): string | BinaryReader {
  const reader = new BinaryReader(bytes);
  try {
    return reader.readU8() === ROW_DATA ? reader : reader.readString();
  } catch (error) {
    throw ViewError.at(view.name, 'Error parsing view result', error);
  }
}

function readRows(reader: BinaryReader, view: ViewDef, target: Table, maxRows: number): Row[] {
  const rows: Row[] = [];
  try {
    const count = reader.readU32();
    if (count > maxRows) throw new ViewTooLargeError(view.name, maxRows);
    for (let n = 0; n < count; n++) rows.push(target.codec.readRow(reader));
  } catch (error) {
    if (error instanceof ViewTooLargeError) throw error;
    throw ViewError.at(view.name, 'Error deserializing rows returned by view', error);
  }
  return rows;
}

interface ViewQueryContext {
  readonly def: ModuleDef;
  readonly view: ViewDef;
  readonly target: Table;
  readonly sender: Identity;
  readonly datastore: Datastore;
  readonly transaction: Transaction;
  readonly maxRows: number;
}

function queryRows(sql: string, reads: TableReads, context: ViewQueryContext): ViewResult {
  const { def, view, target, sender, maxRows } = context;
  const source = new TransactionSource(context.datastore, context.transaction);
  const rows: Row[] = [];
  let tables: readonly TableDef[];
  try {
    // A view runs with its author's rights, so it may query private tables.
    const plan = compileSubscription(sql, new SqlCatalog(def, true), sender);
    tables = plan.join ? [plan.table, plan.join.table] : [plan.table];
    for (const { bytes } of executeRows(plan, source)) {
      if (rows.length >= maxRows) throw new ViewTooLargeError(view.name, maxRows);
      rows.push(target.codec.fromStored(bytes, undefined));
    }
  } catch (error) {
    if (!(error instanceof SqlError) || error instanceof ViewTooLargeError) throw error;
    throw ViewError.at(view.name, 'Error executing raw SQL returned by view', error);
  }
  for (const table of tables) reads.addTable(source.table(table));
  return { rows, reads };
}

/** @throws {ViewError} when two different rows have the same primary key */
function checkPrimaryKey(view: ViewDef, { codec }: Table, rows: readonly Row[]): void {
  const { primaryKey } = view;
  if (primaryKey === undefined) return;
  const byKey = new Map<string, Row>();
  for (const row of rows) {
    const writer = new BinaryWriter(32);
    codec.writeColumn(writer, primaryKey, row.columns[primaryKey]);
    const key = writer.getBuffer().join();
    const known = byKey.get(key);
    if (known && known.key !== row.key) {
      const cause = new Error(
        `two of its rows have the same primary key \`${view.columns[primaryKey]?.name}\``,
      );
      throw ViewError.at(view.name, 'Error materializing view', cause);
    }
    byKey.set(key, row);
  }
}
