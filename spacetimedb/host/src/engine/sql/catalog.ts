import type { ModuleDef, TableDef, ViewDef } from '../schema/module-def.ts';
import type { Typespace } from '../sats/typespace.ts';

/** The tables that the compiler knows. */
export interface TableCatalog {
  /**
   * Finds a table by its canonical or source name.
   * @returns `undefined` when it does not exist or the caller may not see it
   */
  table(name: string): TableDef | undefined;
  readonly typespace: Typespace;
  /** Is this a view, whose rows cannot be changed? Without this method there are no views. */
  isView?(table: TableDef): boolean;
}

/** The tables that the module does not declare as tables. */
export interface OtherTables {
  /** A view as a table that queries can name. */
  view(view: ViewDef): TableDef;
  isView(table: TableDef): boolean;
  systemTable(name: string): TableDef | undefined;
  /**
   * Returns a table as row-level security shows it to the caller; the table itself if it has no rules.
   *
   * @throws {SqlError} when a rule cannot be used
   */
  secured?(table: TableDef, catalog: SqlCatalog): TableDef;
}

/** The tables of a database as one caller sees them. Only the owner sees private tables. */
export class SqlCatalog implements TableCatalog {
  readonly typespace: Typespace;
  /** Is the caller the database's owner, who sees everything and whose queries have no limits? */
  readonly isOwner: boolean;
  readonly #others: OtherTables | undefined;
  readonly #visibleViews: readonly ViewDef[];
  readonly #visible: readonly TableDef[];
  readonly #byName: ReadonlyMap<string, TableDef>;

  /** @param others without them there are neither views nor system tables */
  constructor(def: ModuleDef, isOwner: boolean, others?: OtherTables) {
    this.typespace = def.typespace;
    this.isOwner = isOwner;
    this.#others = others;
    this.#visibleViews = others ? def.views.filter((view) => isOwner || view.isPublic) : [];
    this.#visible = def.tables.filter((table) => isOwner || table.isPublic);
    // Canonical names come last, so they win over source names of other tables.
    this.#byName = new Map([
      ...this.#visible.map((table) => [table.sourceName, table] as const),
      ...this.#visible.map((table) => [table.name, table] as const),
    ]);
  }

  table(name: string): TableDef | undefined {
    const table = this.unsecured(name);
    return table && !this.isOwner ? (this.#others?.secured?.(table, this) ?? table) : table;
  }

  /** Returns a table with all its rows, without row-level security. The rules themselves need it. */
  unsecured(name: string): TableDef | undefined {
    const table = this.#byName.get(name);
    if (table) return table;
    const view = this.#visibleViews.find((each) => each.name === name || each.sourceName === name);
    return view ? this.#others?.view(view) : this.#systemTable(name);
  }

  isView(table: TableDef): boolean {
    return this.#others?.isView(table) ?? false;
  }

  #systemTable(name: string): TableDef | undefined {
    const table = this.#others?.systemTable(name);
    return table?.isPublic === true || this.isOwner ? table : undefined;
  }

  /**
   * Returns the queries that `SELECT * FROM *` expands to: one per visible table, without event tables, then one per
   * view. Both are sorted by name, as on the real server.
   */
  selectAllTables(): string[] {
    const tables = this.#visible.filter((table) => !table.isEvent);
    const names = [tables, this.#visibleViews].flatMap((list) => list.map(({ name }) => name).sort());
    return names.map((name) => `SELECT * FROM ${name.split('.').map(quoteName).join('.')}`);
  }
}

function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
