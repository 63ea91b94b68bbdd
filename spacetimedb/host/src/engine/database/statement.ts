import type { Identity } from 'spacetimedb';
import { DatastoreError } from '../datastore/datastore-error.ts';
import type { SqlResult } from '../database-api.ts';
import { SqlError } from '../sql/sql-error.ts';
import type { Datastore } from '../datastore/datastore.ts';
import type { Row } from '../datastore/row.ts';
import type { Transaction } from '../datastore/transaction.ts';
import type { SqlCatalog } from '../sql/catalog.ts';
import type { QueryBudget } from '../sql/budget.ts';
import { compileStatement } from '../sql/compile.ts';
import { executeQuery } from '../sql/execute.ts';
import type { DeletePlan, InsertPlan, RowSource, Selection, Statement, UpdatePlan } from '../sql/plan.ts';
import { selectRows } from '../sql/select-rows.ts';
import { TransactionSource } from '../sql/transaction-source.ts';

export interface StatementContext {
  readonly catalog: SqlCatalog;
  readonly datastore: Datastore;
  /** Committed rows, including those of views. */
  readonly views: RowSource;
  /** The statement changes rows in this transaction; the caller commits it. */
  readonly transaction: Transaction;
  readonly caller: Identity;
  /** The cost limit of the query. */
  readonly budget: QueryBudget;
}

type StatementResult = Omit<SqlResult, 'durationMicros'>;

/** Runs one SQL statement. @throws {SqlError} when it is refused; the transaction must not be committed then */
export function runStatement(sql: string, context: StatementContext): StatementResult {
  const statement = compileStatement(sql, context.catalog, context.caller);
  const source = new TransactionSource(context.datastore, context.transaction);
  if (statement.kind === 'select') {
    // The transaction has no changes yet, so it sees the committed rows.
    const { columns, rows } = executeQuery(statement.plan, context.views, context.budget);
    return { columns, rows, stats: { inserted: 0, deleted: 0, updated: 0 } };
  }
  if (!context.catalog.isOwner) {
    const caller = context.caller.toHexString();
    throw new SqlError(`Caller ${caller} is not authorized to run SQL DML statements`);
  }
  const stats = { inserted: 0, deleted: 0, updated: 0, ...change(statement, context, source) };
  return { columns: [], rows: [], stats };
}

function change(
  statement: Exclude<Statement, { kind: 'select' }>,
  context: StatementContext,
  source: TransactionSource,
): Partial<SqlResult['stats']> {
  try {
    switch (statement.kind) {
      case 'insert':
        return { inserted: insert(statement, context, source) };
      case 'delete':
        return { deleted: remove(statement, context, source) };
      case 'update':
        return { updated: update(statement, context, source) };
      case 'set':
      case 'show':
        throw new SqlError(
          `The embedded host does not support ${statement.variable}; use the host's limits instead (queryRows)`,
        );
    }
  } catch (error) {
    if (error instanceof DatastoreError) throw new SqlError(error.message, { cause: error });
    throw error;
  }
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
