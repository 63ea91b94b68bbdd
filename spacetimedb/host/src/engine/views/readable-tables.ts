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

/** Runs a computation with a budget. @throws {SqlError} when it costs more */
export type Spend = <Result>(compute: (budget: QueryBudget) => Result) => Result;

/** The changes of a transaction, including those in tables that show each caller only some of their rows. */
export interface FollowedChanges {
  readonly changes: readonly TableChange[];
  /** The tables whose changes cost too much to compute. */
  readonly failed: ReadonlyMap<TableDef, SqlError>;
}

/** Tables that show each caller only some of their rows. */
export interface PartialTables extends RowSource {
  /** Returns the underlying table with all rows; `undefined` if `table` is not one of these tables. */
  behind(table: TableDef): TableDef | undefined;
  /** Why the table cannot be subscribed to; `undefined` if it can. */
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

  /**
   * @param makePartial creates the tables that show each caller only some of their rows; it reads all rows from here
   */
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

  /** Does the table have any row? A view does as soon as any caller sees one in it. */
  hasRows(table: TableDef): boolean {
    const behind = this.#partial.behind(table) ?? table;
    if (this.#views.isView(behind)) return this.#views.hasRows(behind);
    return this.rowCount(table) > 0;
  }

  /** Counts all rows of a table even if the caller sees only some, because it is an estimate. */
  rowCount(table: TableDef): number {
    const behind = this.#partial.behind(table) ?? table;
    return this.#sourceOf(behind).storeOf(behind).rows.size;
  }

  keyCount(table: TableDef, index: IndexDef): number {
    const behind = this.#partial.behind(table) ?? table;
    return this.#sourceOf(behind).storeOf(behind).indexes[behind.indexes.indexOf(index)]?.size ?? 0;
  }

  /** Do the rows depend on the caller? */
  isPersonal(table: TableDef): boolean {
    return this.#partial.behind(table) !== undefined || this.#views.isPersonal(table);
  }

  /** Why the table cannot be subscribed to; `undefined` if it can. */
  subscriptionProblem(table: TableDef): SqlError | undefined {
    return this.#partial.subscriptionProblem(table);
  }

  /** Adds to the changes of a transaction those in tables that show each caller only some of their rows. */
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

  /** Drops what was created for queries that have ended. */
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
