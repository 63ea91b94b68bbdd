import type { Datastore } from '../datastore/datastore.ts';
import type { Row } from '../datastore/row.ts';
import type { TableChange } from '../datastore/transaction.ts';
import type { IndexRange } from '../datastore/table-index.ts';
import type { IndexDef, TableDef } from '../schema/module-def.ts';
import { UNLIMITED, type QueryBudget } from '../sql/budget.ts';
import type { RowSource } from '../sql/plan.ts';
import type { TableSizes } from '../sql/row-limit.ts';
import type { SqlError } from '../sql/sql-error.ts';
import type { SystemTables } from '../system-tables/system-tables.ts';
import type { Views } from './views.ts';

/** Runs a computation with what it may cost. @throws {SqlError} when it costs more */
export type Spend = <Result>(compute: (budget: QueryBudget) => Result) => Result;

/** The changes of a transaction, also in tables of which a caller sees only some rows. */
export interface FollowedChanges {
  readonly changes: readonly TableChange[];
  /** The tables whose changes cost too much to compute. */
  readonly failed: ReadonlyMap<TableDef, SqlError>;
}

/** Tables of which a caller sees only some rows. */
export interface PartialTables extends RowSource {
  /** The table with all rows, if this is one of them. */
  behind(table: TableDef): TableDef | undefined;
  /** Why nobody may subscribe to the table; `undefined` when its callers may. */
  subscriptionProblem(table: TableDef): SqlError | undefined;
  /** @throws {SqlError} when it costs more than `budget` */
  retain(table: TableDef, budget: QueryBudget): void;
  release(table: TableDef): void;
  dropUnused(): void;
  follow(changes: readonly TableChange[], spend: Spend): FollowedChanges;
}

/** The committed rows of everything that a query can name: tables, views and system tables. */
export class ReadableTables implements RowSource, TableSizes {
  readonly #datastore: Datastore;
  readonly #views: Views;
  readonly #system: SystemTables;
  readonly #partial: PartialTables;

  /** @param makePartial makes the tables of which a caller sees only some rows, which it reads here */
  constructor(
    datastore: Datastore,
    views: Views,
    system: SystemTables,
    makePartial: (all: ReadableTables) => PartialTables,
  ) {
    this.#datastore = datastore;
    this.#views = views;
    this.#system = system;
    this.#partial = makePartial(this);
  }

  scan(table: TableDef, budget: QueryBudget = UNLIMITED): Iterable<Row> {
    if (this.#partial.behind(table)) return this.#partial.scan(table, budget);
    return this.#sourceOf(table).scan(table);
  }

  seek(table: TableDef, index: IndexDef, range: IndexRange, budget: QueryBudget = UNLIMITED): Iterable<Row> {
    if (this.#partial.behind(table)) return this.#partial.seek(table, index, range, budget);
    return this.#sourceOf(table).seek(table, index, range);
  }

  /** Whether there is any row; a view has one as soon as anybody sees one in it. */
  hasRows(table: TableDef): boolean {
    const behind = this.#partial.behind(table) ?? table;
    if (this.#views.isView(behind)) return this.#views.hasRows(behind);
    return this.rowCount(table) > 0;
  }

  /** Of a table of which the caller sees only some rows, all are counted: it is an estimate. */
  rowCount(table: TableDef): number {
    const behind = this.#partial.behind(table) ?? table;
    return this.#sourceOf(behind).storeOf(behind).rows.size;
  }

  keyCount(table: TableDef, index: IndexDef): number {
    const behind = this.#partial.behind(table) ?? table;
    return this.#sourceOf(behind).storeOf(behind).indexes[behind.indexes.indexOf(index)]?.size ?? 0;
  }

  /** Do the rows depend on who asks? */
  isPersonal(table: TableDef): boolean {
    return this.#partial.behind(table) !== undefined || this.#views.isPersonal(table);
  }

  /** Why nobody may subscribe to the table; `undefined` when one may. */
  subscriptionProblem(table: TableDef): SqlError | undefined {
    return this.#partial.subscriptionProblem(table);
  }

  /** Adds to the changes of a transaction those in tables of which a caller sees only some rows. */
  follow(changes: readonly TableChange[], spend: Spend): FollowedChanges {
    return this.#partial.follow(changes, spend);
  }

  /** Keeps the table up to date for one more query. @throws {SqlError} when that costs more than `budget` */
  retain(table: TableDef, budget: QueryBudget): void {
    if (this.#partial.behind(table)) this.#partial.retain(table, budget);
    else if (this.#system.has(table)) this.#system.retain(table);
    else this.#views.retain(table);
  }

  release(table: TableDef): void {
    if (this.#partial.behind(table)) this.#partial.release(table);
    else if (this.#system.has(table)) this.#system.release(table);
    else this.#views.release(table);
  }

  /** Forgets what was made for queries that are over. */
  dropUnused(): void {
    this.#partial.dropUnused();
    this.#views.dropUnused();
    this.#system.dropUnused();
  }

  #sourceOf(table: TableDef): Datastore | Views | SystemTables {
    if (this.#system.has(table)) return this.#system;
    return this.#views.isView(table) ? this.#views : this.#datastore;
  }
}
