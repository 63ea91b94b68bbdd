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

/** Where to look in an index for all the rows that a condition can hold for, and perhaps some more. */
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
  /** A part of an index that holds every row of which `predicate` is true; absent when none is known. */
  readonly lookup: IndexLookup | undefined;
  /** A column and the only value for which `predicate` can be true; absent if none is known. */
  readonly equality: ColumnEquality | undefined;
}

/** `column = value`, in a form for looking up a row's value in a `Map`. */
export interface ColumnEquality {
  readonly column: number;
  /** Turns a value of the column into a `Map` key that is equal for equal values. */
  key(value: unknown): unknown;
  /** The key of the value. */
  readonly valueKey: unknown;
}

/** A subscription: rows of one table. */
export interface SelectPlan extends Selection {
  /** Does the query mention `:sender`? Then its rows depend on the caller. */
  readonly usesSender: boolean;
  /** With a join, a row counts once per matching row of the other table, and not at all without a match. */
  readonly join: JoinPlan | undefined;
}

/** The other table of a subscription's join. */
export interface JoinPlan extends Selection {
  /** The joined column of the table whose rows are returned. */
  readonly returnedColumn: number;
  /** The joined column of this, the other table. */
  readonly column: number;
  /** Turns a value of these columns into a `Map` key that is equal for equal values. */
  key(value: unknown): unknown;
  /** Do these rows match? `row` is of the returned table, `other` of this one. Both satisfy their own predicate. */
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
        /** Turns a value of these columns into a `Map` key that is equal for equal values. */
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
  /** `SET row_limit = …`: how many rows a query may be expected to return for those who do not own the database. */
  | { readonly kind: 'set'; readonly variable: 'row_limit'; readonly value: bigint };

/** A source of rows, such as `Datastore`. */
export interface RowSource {
  /** @param budget limits what finding the rows may cost, beside looking at them */
  scan(table: TableDef, budget: QueryBudget): Iterable<Row>;
  seek(table: TableDef, index: IndexDef, range: IndexRange, budget: QueryBudget): Iterable<Row>;
}
