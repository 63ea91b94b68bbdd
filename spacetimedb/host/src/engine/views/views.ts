import type { Identity } from 'spacetimedb';
import { SqlError } from '../sql/sql-error.ts';
import type { Datastore } from '../datastore/datastore.ts';
import type { Row } from '../datastore/row.ts';
import type { IndexRange } from '../datastore/table-index.ts';
import { Table } from '../datastore/table.ts';
import type { TableChange, Transaction } from '../datastore/transaction.ts';
import type { IndexDef, ModuleDef, TableDef, ViewDef } from '../schema/module-def.ts';
import type { RowSource } from '../sql/plan.ts';
import { evaluateView, type CallView, type ViewResult } from './evaluate-view.ts';
import { viewTableDef } from './view-table.ts';

/** A view with its current rows: one per caller, or one for all callers if the view is anonymous. */
interface Materialized {
  readonly key: string;
  readonly view: ViewDef;
  readonly sender: Identity;
  readonly table: Table;
  reads: ReadonlySet<Table>;
  /** Number of queries that read it. */
  users: number;
}

/**
 * The views of a database that are in use. Each is evaluated on first use, and again in every transaction that
 * changes a table it reads.
 */
export class Views implements RowSource {
  readonly #def: ModuleDef;
  readonly #datastore: Datastore;
  readonly #call: CallView;
  readonly #maxRows: number;
  readonly #byKey = new Map<string, Materialized>();
  readonly #byTable = new Map<TableDef, Materialized>();

  /** @param maxRows the most rows that a view may have on first use */
  constructor(def: ModuleDef, datastore: Datastore, call: CallView, maxRows: number) {
    this.#def = def;
    this.#datastore = datastore;
    this.#call = call;
    this.#maxRows = maxRows;
  }

  /**
   * Returns a view as a table for queries of `sender`.
   * @throws {SqlError} when the view cannot be evaluated
   */
  table(view: ViewDef, sender: Identity): TableDef {
    const key = view.isAnonymous ? view.name : `${view.name} ${sender.toHexString()}`;
    const { table } = this.#byKey.get(key) ?? this.#materialize(key, view, sender);
    return table.def;
  }

  isView(table: TableDef): boolean {
    return this.#byTable.has(table);
  }

  /** Does the view depend on the caller? */
  isPersonal(table: TableDef): boolean {
    return this.#byTable.get(table)?.view.isAnonymous === false;
  }

  /** Counts one more query that reads the table, if it is a view. */
  retain(table: TableDef): void {
    const view = this.#byTable.get(table);
    if (view) view.users++;
  }

  release(table: TableDef): void {
    const view = this.#byTable.get(table);
    if (view) view.users--;
  }

  /** Drops the views that no query reads. */
  dropUnused(): void {
    for (const { key, table, users } of this.#byKey.values()) {
      if (users > 0) continue;
      this.#byKey.delete(key);
      this.#byTable.delete(table.def);
    }
  }

  /**
   * Evaluates the views that a transaction changes, without applying anything.
   *
   * @returns call it after the commit: applies the changes and returns them
   * @throws {SqlError} when a view cannot be evaluated; the transaction must not be committed then
   */
  refresh(transaction: Transaction): () => TableChange[] {
    if (this.#byKey.size === 0) return () => [];
    const changed = new Set(transaction.changes().map(({ table }) => table));
    const results = new Map<Materialized, ViewResult>();
    for (const view of this.#byKey.values()) {
      if ([...view.reads].some((table) => changed.has(table))) {
        // A view that grew does not block the transaction. The next query that reads it is refused instead.
        results.set(view, this.#evaluate(view, transaction, Infinity));
      }
    }
    return () => [...results].flatMap(([view, result]) => replaceRows(view, result) ?? []);
  }

  scan(table: TableDef): Iterable<Row> {
    return this.#byTable.get(table)?.table.committed.rows.values() ?? this.#datastore.scan(table);
  }

  /** Views have no indexes, so this is always a table. */
  seek(table: TableDef, index: IndexDef, range: IndexRange): Iterable<Row> {
    return this.#datastore.seek(table, index, range);
  }

  #materialize(key: string, view: ViewDef, sender: Identity): Materialized {
    const table = new Table(0, viewTableDef(view, this.#def.typespace), this.#def.typespace, new Map());
    const made: Materialized = { key, view, sender, table, reads: new Set(), users: 0 };
    replaceRows(made, this.#evaluate(made, this.#datastore.begin(), this.#maxRows));
    this.#byKey.set(key, made);
    this.#byTable.set(table.def, made);
    return made;
  }

  #evaluate({ view, table, sender }: Materialized, transaction: Transaction, maxRows: number): ViewResult {
    const module = { def: this.#def, call: this.#call };
    try {
      return evaluateView(module, view, table, sender, this.#datastore, transaction, maxRows);
    } catch (error) {
      const { message } = error as Error;
      throw new SqlError(`The view \`${view.name}\` cannot be evaluated: ${message}`, { cause: error });
    }
  }
}

/** @returns the change; `undefined` if nothing changed */
function replaceRows(view: Materialized, { rows, reads }: ViewResult): TableChange | undefined {
  const { committed } = view.table;
  const current = new Map(rows.map((row) => [row.key, row]));
  const deletes = [...committed.rows.values()].filter(({ key }) => !current.has(key));
  const inserts = [...current.values()].filter(({ key }) => !committed.rows.has(key));
  for (const row of deletes) committed.remove(row);
  for (const row of inserts) committed.add(row);
  view.reads = reads;
  return deletes.length + inserts.length > 0 ? { table: view.table, deletes, inserts } : undefined;
}
