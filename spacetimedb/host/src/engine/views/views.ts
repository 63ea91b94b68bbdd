import type { Identity } from 'spacetimedb';
import { FATAL_ERROR, ModulePanic, SenderErrorThrown } from '../abi/module-instance.ts';
import type { Datastore } from '../datastore/datastore.ts';
import type { Row } from '../datastore/row.ts';
import { ChangedRows, TableReads } from '../datastore/table-reads.ts';
import { Table } from '../datastore/table.ts';
import type { TableStore } from '../datastore/table-store.ts';
import type { TableChange, Transaction } from '../datastore/transaction.ts';
import type { ModuleDef, TableDef, ViewDef } from '../schema/module-def.ts';
import type { RowSource } from '../sql/plan.ts';
import { evaluateView, ViewError, type CallView, type ViewResult } from './evaluate-view.ts';
import { viewTableDef } from './view-table.ts';

/** A view with its current rows: one per caller, or one for all callers if the view is anonymous. */
interface Materialized {
  readonly key: string;
  readonly view: ViewDef;
  readonly sender: Identity;
  readonly table: Table;
  /** Empty when it could not be computed. */
  reads: TableReads;
  /** Number of queries that read it. */
  users: number;
  /** Did the last evaluation fail? Then the view has no rows, and the next query makes the host try again. */
  hasFailed: boolean;
}

/**
 * The views of a database that are in use. Each is evaluated on first use, and again in every transaction that
 * changes something that it reads.
 */
export class Views implements RowSource {
  readonly #def: ModuleDef;
  readonly #datastore: Datastore;
  readonly #call: CallView;
  readonly #maxRows: number;
  readonly #log: (message: string, view: string) => void;
  readonly #byKey = new Map<string, Materialized>();
  readonly #byTable = new Map<TableDef, Materialized>();

  /**
   * @param maxRows the most rows that a view may have on first use
   * @param log receives problems with the result of a view
   */
  constructor(
    def: ModuleDef,
    datastore: Datastore,
    call: CallView,
    maxRows: number,
    log: (message: string, view: string) => void,
  ) {
    this.#def = def;
    this.#datastore = datastore;
    this.#call = call;
    this.#maxRows = maxRows;
    this.#log = log;
  }

  /**
   * Returns a view as a table for queries of `sender`. A view that fails has no rows, as on the real server, and the log
   * says why.
   *
   * @throws {ViewTooLargeError}
   */
  table(view: ViewDef, sender: Identity): TableDef {
    const key = view.isAnonymous ? view.name : `${view.name} ${sender.toHexString()}`;
    const known = this.#byKey.get(key);
    return (known?.hasFailed === false ? known : this.#materialize(key, view, sender, known)).table.def;
  }

  isView(table: TableDef): boolean {
    return this.#byTable.has(table);
  }

  /** Does the view depend on the caller? */
  isPersonal(table: TableDef): boolean {
    return this.#byTable.get(table)?.view.isAnonymous === false;
  }

  /** Does the view have a row for any caller? */
  hasRows(table: TableDef): boolean {
    const view = this.#byTable.get(table)?.view;
    for (const each of this.#byKey.values()) {
      if (each.view === view && each.table.committed.rows.size > 0) return true;
    }
    return false;
  }

  /** Keeps the view up to date for one more query, if the table is one. */
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
   * @returns a function to call when the transaction is committed; it applies the changes and returns them
   * @throws {ViewError} when a view cannot be computed; the transaction must not be committed then
   */
  refresh(transaction: Transaction): () => TableChange[] {
    if (this.#byKey.size === 0) return () => [];
    const changed = new ChangedRows(transaction.changes());
    const results = new Map<Materialized, ViewResult>();
    for (const view of this.#byKey.values()) {
      if (view.reads.isTouchedBy(changed)) {
        // A view that grew does not block the transaction. The next query that reads it is refused instead.
        results.set(view, this.#evaluate(view, transaction, Infinity));
      }
    }
    return () => [...results].flatMap(([view, result]) => replaceRows(view, result) ?? []);
  }

  /** @throws {RangeError} when the table is not a view in use */
  storeOf(table: TableDef): TableStore {
    const view = this.#byTable.get(table);
    if (!view) throw new RangeError(`${table.name} is not a view`);
    return view.table.committed;
  }

  scan(table: TableDef): Iterable<Row> {
    return this.storeOf(table).rows.values();
  }

  /** @throws {RangeError} always: views have no indexes */
  seek(table: TableDef): never {
    throw new RangeError(`the view ${table.name} has no indexes`);
  }

  #materialize(key: string, view: ViewDef, sender: Identity, known?: Materialized): Materialized {
    const { typespace } = this.#def;
    const made = known ?? {
      ...{ key, view, sender, reads: new TableReads(), users: 0, hasFailed: false },
      table: new Table(0, viewTableDef(view, typespace), typespace, new Map()),
    };
    try {
      replaceRows(made, this.#evaluate(made, this.#datastore.begin(), this.#maxRows));
      made.hasFailed = false;
    } catch (error) {
      if (!(error instanceof ViewError)) throw error;
      made.hasFailed = true;
    }
    this.#byKey.set(key, made);
    this.#byTable.set(made.table.def, made);
    return made;
  }

  #evaluate({ view, table, sender }: Materialized, transaction: Transaction, maxRows: number): ViewResult {
    const module = { def: this.#def, call: this.#call };
    try {
      return evaluateView(module, view, table, sender, this.#datastore, transaction, maxRows);
    } catch (error) {
      if (error instanceof ModulePanic || error instanceof SenderErrorThrown) {
        throw new ViewError(FATAL_ERROR, { cause: error });
      }
      if (error instanceof ViewError)
        this.#log(`${error.message}: ${(error.cause as Error).message}`, view.name);
      throw error;
    }
  }
}

/** @returns the change; `undefined` if nothing changed */
function replaceRows(view: Materialized, { rows, reads }: ViewResult): TableChange | undefined {
  const { deletes, inserts } = view.table.committed.replace(rows);
  view.reads = reads;
  return deletes.length + inserts.length > 0 ? { table: view.table, deletes, inserts } : undefined;
}
