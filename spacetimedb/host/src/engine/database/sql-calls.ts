import { UnavailableError, type Caller, type SqlResult } from '../database-api.ts';
import { RequestBudget, UNLIMITED } from '../sql/budget.ts';
import { SqlError } from '../sql/sql-error.ts';
import { ViewError } from '../views/evaluate-view.ts';
import type { CallContext } from './call-context.ts';
import { runStatement } from './statement.ts';

interface RowLimitVariable {
  /** `undefined` while it is not set. */
  get(): bigint | undefined;
  set(value: bigint | undefined): void;
}

/** Runs SQL statements on a database, each in one transaction. */
export class SqlCalls {
  readonly #context: CallContext;
  readonly #rowLimit: RowLimitVariable;

  /** @param rowLimit the database's variable `row_limit` */
  constructor(context: CallContext, rowLimit: RowLimitVariable) {
    this.#context = context;
    this.#rowLimit = rowLimit;
  }

  /** @throws {SqlError} @throws {UnavailableError} */
  run(caller: Caller, statement: string): SqlResult {
    const { commit, failure, limits, module } = this.#context;
    const start = performance.now();
    const loaded = module();
    const { datastore, tables } = loaded;
    const transaction = datastore.begin();
    try {
      const catalog = loaded.catalogFor(caller.identity);
      const { rowLimit, ...result } = runStatement(statement, {
        catalog,
        datastore,
        tables,
        rowLimit: this.#rowLimit.get(),
        transaction,
        caller: caller.identity,
        budget: catalog.isOwner ? UNLIMITED : new RequestBudget(limits),
      });
      // Reads are always possible.
      const problem = failure();
      if (problem !== undefined && (rowLimit || transaction.changes().length > 0)) {
        throw new UnavailableError(problem);
      }
      if (rowLimit) this.#rowLimit.set(rowLimit.value);
      else commit(transaction);
      return { ...result, durationMicros: Math.round((performance.now() - start) * 1000) };
    } catch (error) {
      if (!(error instanceof ViewError)) throw error;
      throw new SqlError(`The module instance encountered a fatal error: ${error.message}`, { cause: error });
    } finally {
      tables.dropUnused();
    }
  }
}
