import type { Datastore } from '../datastore/datastore.ts';
import type { Row } from '../datastore/row.ts';
import type { IndexRange } from '../datastore/table-index.ts';
import type { IndexDef, TableDef } from '../schema/module-def.ts';
import type { RowSource } from '../sql/plan.ts';
import type { TableSizes } from '../sql/row-limit.ts';
import type { SystemTables } from '../system-tables/system-tables.ts';
import type { Views } from './views.ts';

/** The committed rows of everything that a query can name: tables, views and system tables. */
export class ReadableTables implements RowSource, TableSizes {
  readonly #datastore: Datastore;
  readonly #views: Views;
  readonly #system: SystemTables;

  constructor(datastore: Datastore, views: Views, system: SystemTables) {
    this.#datastore = datastore;
    this.#views = views;
    this.#system = system;
  }

  scan(table: TableDef): Iterable<Row> {
    return this.#sourceOf(table).scan(table);
  }

  seek(table: TableDef, index: IndexDef, range: IndexRange): Iterable<Row> {
    return this.#sourceOf(table).seek(table, index, range);
  }

  /** Whether there is any row; a view has one as soon as anybody sees one in it. */
  hasRows(table: TableDef): boolean {
    if (this.#views.isView(table)) return this.#views.hasRows(table);
    return this.rowCount(table) > 0;
  }

  rowCount(table: TableDef): number {
    return this.#sourceOf(table).storeOf(table).rows.size;
  }

  keyCount(table: TableDef, index: IndexDef): number {
    return this.#sourceOf(table).storeOf(table).indexes[table.indexes.indexOf(index)]?.size ?? 0;
  }

  /** Do the rows depend on who asks? */
  isPersonal(table: TableDef): boolean {
    return this.#views.isPersonal(table);
  }

  /** Keeps the table up to date for one more query. */
  retain(table: TableDef): void {
    if (this.#system.has(table)) this.#system.retain(table);
    else this.#views.retain(table);
  }

  release(table: TableDef): void {
    if (this.#system.has(table)) this.#system.release(table);
    else this.#views.release(table);
  }

  /** Forgets what was made for queries that are over. */
  dropUnused(): void {
    this.#views.dropUnused();
    this.#system.dropUnused();
  }

  #sourceOf(table: TableDef): Datastore | Views | SystemTables {
    if (this.#system.has(table)) return this.#system;
    return this.#views.isView(table) ? this.#views : this.#datastore;
  }
}
