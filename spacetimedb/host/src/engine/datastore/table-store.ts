import type { TableDef } from '../schema/module-def.ts';
import type { Typespace } from '../sats/typespace.ts';
import type { Row } from './row.ts';
import { TableIndex } from './table-index.ts';

/** Rows with all their indexes: the committed rows of a table, or the rows that one transaction added to it. */
export class TableStore {
  readonly rows = new Map<string, Row>();
  /** In the order of `TableDef.indexes`. */
  readonly indexes: readonly TableIndex[];

  constructor(def: TableDef, typespace: Typespace) {
    this.indexes = def.indexes.map((index) => new TableIndex(index, def, typespace));
  }

  add(row: Row): void {
    this.rows.set(row.key, row);
    for (const index of this.indexes) index.add(row);
  }

  remove(row: Row): void {
    this.rows.delete(row.key);
    for (const index of this.indexes) index.remove(row);
  }

  /** Replaces the rows of the store. @returns the changes */
  replace(rows: readonly Row[]): { readonly deletes: readonly Row[]; readonly inserts: readonly Row[] } {
    const current = new Map(rows.map((row) => [row.key, row]));
    const deletes = [...this.rows.values()].filter(({ key }) => !current.has(key));
    const inserts = [...current.values()].filter(({ key }) => !this.rows.has(key));
    for (const row of deletes) this.remove(row);
    for (const row of inserts) this.add(row);
    return { deletes, inserts };
  }
}
