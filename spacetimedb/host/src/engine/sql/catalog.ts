import type { ModuleDef, TableDef, Typespace } from '../schema/module-def.ts';

/** What the compiler asks about a database. */
export interface TableCatalog {
  /**
   * Finds a table by its canonical or its source name.
   * @returns `undefined` when there is none, or when the caller may not see it
   */
  table(name: string): TableDef | undefined;
  readonly typespace: Typespace;
  /** Is this a view? Rows of views cannot be changed. Nothing is one when this is absent. */
  isView?(table: TableDef): boolean;
}

/** The tables of a module as one caller sees them: private ones are there for the owner only. */
export class SqlCatalog implements TableCatalog {
  readonly typespace: Typespace;
  readonly #visible: readonly TableDef[];
  readonly #byName: ReadonlyMap<string, TableDef>;

  constructor(def: ModuleDef, isOwner: boolean) {
    this.typespace = def.typespace;
    this.#visible = def.tables.filter((table) => isOwner || table.isPublic);
    // Canonical names come last, to win over another table's source name.
    this.#byName = new Map([
      ...this.#visible.map((table) => [table.sourceName, table] as const),
      ...this.#visible.map((table) => [table.name, table] as const),
    ]);
  }

  table(name: string): TableDef | undefined {
    return this.#byName.get(name);
  }

  /** The queries that `SELECT * FROM *` stands for: one for each visible table that keeps its rows. */
  selectAllTables(): string[] {
    return this.#visible
      .filter((table) => !table.isEvent)
      .map((table) => `SELECT * FROM ${table.name.split('.').map(quoteName).join('.')}`);
  }
}

function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
