import type { Identity } from 'spacetimedb';
import { DatastoreError } from '../datastore/datastore-error.ts';
import type { SqlResult } from '../database-api.ts';
import { SqlError } from '../sql/sql-error.ts';
import type { Datastore } from '../datastore/datastore.ts';
import { UniqueViolationError, uniqueViolationText } from '../datastore/unique-violation.ts';
import type { IndexDef, TableDef } from '../schema/module-def.ts';
import type { Row } from '../datastore/row.ts';
import type { Transaction } from '../datastore/transaction.ts';
import type { SqlCatalog } from '../sql/catalog.ts';
import { UNLIMITED, type QueryBudget } from '../sql/budget.ts';
import { compileStatement } from '../sql/compile.ts';
import { executeQuery } from '../sql/execute.ts';
import type { DeletePlan, InsertPlan, RowSource, Selection, Statement, UpdatePlan } from '../sql/plan.ts';
import { checkRowLimit, estimateQuery, type TableSizes } from '../sql/row-limit.ts';
import { selectRows } from '../sql/select-rows.ts';
import { TransactionSource } from '../sql/transaction-source.ts';
import { systemTable } from '../system-tables/definitions.ts';

const VARIABLES = systemTable('st_var') as TableDef;

export interface StatementContext {
  readonly catalog: SqlCatalog;
  readonly datastore: Datastore;
  /** Committed rows, including those of views and system tables. */
  readonly tables: RowSource & TableSizes;
  /** The value of the variable `row_limit`; `undefined` while it is not set. */
  readonly rowLimit: bigint | undefined;
  /** The statement changes rows in this transaction; the caller commits it. */
  readonly transaction: Transaction;
  readonly caller: Identity;
  /** The cost limit of the query. */
  readonly budget: QueryBudget;
}

interface StatementResult extends Omit<SqlResult, 'durationMicros'> {
  /** The new value of the variable `row_limit`; absent when the statement does not change it. */
  readonly rowLimit?: RowLimitChange | undefined;
}

interface RowLimitChange {
  /** `undefined` unsets it. */
  readonly value: bigint | undefined;
}

interface Change {
  readonly stats: Partial<SqlResult['stats']>;
  readonly rowLimit?: RowLimitChange;
}

/** Runs one SQL statement. @throws {SqlError} when it is refused; the transaction must not be committed then */
export function runStatement(sql: string, context: StatementContext): StatementResult {
  const statement = compileStatement(sql, context.catalog, context.caller);
  const source = new TransactionSource(context.datastore, context.transaction);
  if (statement.kind === 'select') {
    // The transaction has no changes yet, so it sees the committed rows.
    if (!context.catalog.isOwner && context.rowLimit !== undefined) {
      checkRowLimit([estimateQuery(statement.plan, context.tables)], context.rowLimit);
    }
    const { columns, rows } = executeQuery(statement.plan, context.tables, context.budget);
    return { columns, rows, stats: { inserted: 0, deleted: 0, updated: 0 } };
  }
  if (!context.catalog.isOwner) {
    const caller = context.caller.toHexString();
    throw new SqlError(`Caller ${caller} is not authorized to run SQL DML statements`);
  }
  const { stats, rowLimit } = change(statement, context, source);
  return { columns: [], rows: [], stats: { inserted: 0, deleted: 0, updated: 0, ...stats }, rowLimit };
}

function change(
  statement: Exclude<Statement, { kind: 'select' }>,
  context: StatementContext,
  source: TransactionSource,
): Change {
  if (statement.kind === 'set') return setRowLimit(statement.value, context);
  if (statement.table === VARIABLES && statement.kind === 'delete') return unset(statement, context);
  if (systemTable(statement.table.name) !== undefined) {
    throw new SqlError(
      `\`${statement.table.name}\` is a system table; this host keeps it and SQL cannot change it`,
    );
  }
  try {
    switch (statement.kind) {
      case 'insert':
        return { stats: { inserted: insert(statement, context, source) } };
      case 'delete':
        return { stats: { deleted: remove(statement, context, source) } };
      case 'update':
        return { stats: { updated: update(statement, context, source) } };
    }
  } catch (error) {
    if (error instanceof UniqueViolationError) throw uniqueViolation(error.describe(), error);
    if (error instanceof DatastoreError) throw new SqlError(error.message, { cause: error });
    throw error;
  }
}

function uniqueViolation(text: string, cause?: unknown): SqlError {
  return new SqlError(`IndexError: ${text}`, { cause });
}

/** `SET row_limit = n` inserts into `st_var`, so another value has to be deleted there first. */
function setRowLimit(value: bigint, { tables }: StatementContext): Change {
  const [current] = tables.scan(VARIABLES, UNLIMITED);
  const known = current && (current.columns[1] as { readonly value: bigint }).value;
  if (known !== undefined && known !== value) {
    const [byName] = VARIABLES.indexes;
    throw uniqueViolation(uniqueViolationText(VARIABLES, byName as IndexDef, ['row_limit'], { types: [] }));
  }
  return { stats: { inserted: 1 }, rowLimit: { value } };
}

function unset(plan: DeletePlan, { tables }: StatementContext): Change {
  const deleted = selected(plan, tables).length;
  return deleted === 0 ? { stats: {} } : { stats: { deleted }, rowLimit: { value: undefined } };
}

function insert(
  { table, rows }: InsertPlan,
  { transaction }: StatementContext,
  source: TransactionSource,
): number {
  const target = source.table(table);
  for (const columns of rows) transaction.insert(target, target.codec.fromColumns(columns));
  return rows.length;
}

function remove(plan: DeletePlan, { transaction }: StatementContext, source: TransactionSource): number {
  const target = source.table(plan.table);
  const rows = selected(plan, source);
  for (const row of rows) transaction.delete(target, row);
  return rows.length;
}

/** All old rows are deleted before any new row is inserted, so that rows may swap unique values. */
function update(plan: UpdatePlan, { transaction }: StatementContext, source: TransactionSource): number {
  const target = source.table(plan.table);
  const rows = selected(plan, source);
  for (const row of rows) transaction.delete(target, row);
  for (const row of rows) {
    const columns = [...row.columns];
    for (const { column, value } of plan.assignments) columns[column] = value;
    transaction.insert(target, target.codec.fromColumns(columns));
  }
  return rows.length;
}

/** Collected first, because the tables change while the rows are processed. */
function selected(selection: Selection, source: RowSource): Row[] {
  return [...selectRows(selection, source)];
}
