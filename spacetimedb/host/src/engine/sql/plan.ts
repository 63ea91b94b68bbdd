/** What a statement compiles to. */
import type { AlgebraicType } from 'spacetimedb';
import type { IndexRange } from '../datastore/table-index.ts';
import type { Row } from '../datastore/row.ts';
import type { IndexDef, TableDef } from '../schema/module-def.ts';
import type { QueryBudget } from './budget.ts';

/** One column of a query's result. This host names every column, but the wire format allows one without a name. */
export interface ResultColumn {
  readonly name: string | undefined;
  readonly type: AlgebraicType;
}

/** A range of an index that contains every row that satisfies a condition. It may contain more. */
export interface IndexLookup {
  readonly index: IndexDef;
  readonly range: IndexRange;
}

/** The rows of one table that a condition on that table alone selects. */
export interface Selection {
  readonly table: TableDef;
  predicate(row: Row): boolean;
  /** How many conditions `predicate` checks. */
  readonly conditions: number;
  /** A range of an index that contains every row that satisfies `predicate`; absent if there is none. */
  readonly lookup: IndexLookup | undefined;
  /** A column and the only value with which `predicate` can be true; absent if there is none. */
  readonly equality: ColumnEquality | undefined;
}

/** `column = value`, with keys for a `Map`. */
export interface ColumnEquality {
  readonly column: number;
  /** Returns the `Map` key of a column's value. Equal values have equal keys. */
  key(value: unknown): unknown;
  /** The key of the value. */
  readonly valueKey: unknown;
}

/** A subscription: rows of one table. */
export interface SelectPlan extends Selection {
  /** Does the query use `:sender`? Then its rows depend on the caller. */
  readonly usesSender: boolean;
  /** With a join, a row is returned once per matching row of the other table. */
  readonly join: JoinPlan | undefined;
}

/** The other table of a subscription's join. */
export interface JoinPlan extends Selection {
  /** The joined column of the table whose rows are returned. */
  readonly returnedColumn: number;
  /** The joined column of this table. */
  readonly column: number;
  /** Returns the `Map` key of a value of these columns. Equal values have equal keys. */
  key(value: unknown): unknown;
  /** Do these rows match? `row` belongs to the returned table, `other` to this one. Both satisfy their predicate. */
  matches(row: Row, other: Row): boolean;
  /** Do all rows with the same `key` match? Then `matches` need not be called. */
  readonly matchesByKey: boolean;
}

/** How the rows joined so far match the next table in FROM. */
export interface JoinStep {
  /** The joined column of an earlier table; absent for a cross join. */
  readonly on:
    | {
        /** Position of the table in FROM. */
        readonly relation: number;
        readonly column: number;
        /** The joined column of the next table. */
        readonly nextColumn: number;
        /** Returns the `Map` key of a value of these columns. Equal values have equal keys. */
        key(value: unknown): unknown;
      }
    | undefined;
}

/** A query outside of subscriptions. */
export interface QueryPlan {
  /** The tables in FROM. */
  readonly relations: readonly Selection[];
  /** One step for each table after the first. */
  readonly joins: readonly JoinStep[];
  /** The conditions of WHERE on several tables, given one row of each. */
  readonly residual: ((rows: readonly Row[]) => boolean) | undefined;
  readonly output: QueryOutput;
  readonly columns: readonly ResultColumn[];
  readonly limit: number | undefined;
  readonly usesSender: boolean;
}

export type QueryOutput =
  | { readonly kind: 'rows'; readonly relation: number }
  | {
      readonly kind: 'columns';
      readonly columns: readonly { readonly relation: number; readonly column: number }[];
    }
  | { readonly kind: 'count' };

export interface InsertPlan {
  readonly kind: 'insert';
  readonly table: TableDef;
  /** Values in column order. */
  readonly rows: readonly (readonly unknown[])[];
}

export interface UpdatePlan extends Selection {
  readonly kind: 'update';
  readonly assignments: readonly { readonly column: number; readonly value: unknown }[];
}

export interface DeletePlan extends Selection {
  readonly kind: 'delete';
}

export type Statement =
  | { readonly kind: 'select'; readonly plan: QueryPlan }
  | InsertPlan
  | UpdatePlan
  | DeletePlan
  /** `SET row_limit = …`: the estimated number of rows that a query of anyone but the owner may have. */
  | { readonly kind: 'set'; readonly variable: 'row_limit'; readonly value: bigint };

/** A source of rows, such as `Datastore`. */
export interface RowSource {
  /** @param budget limits the cost of finding the rows; reading them is not included */
  scan(table: TableDef, budget: QueryBudget): Iterable<Row>;
  seek(table: TableDef, index: IndexDef, range: IndexRange, budget: QueryBudget): Iterable<Row>;
}
