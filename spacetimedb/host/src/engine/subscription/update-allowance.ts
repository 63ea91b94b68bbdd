import { UNLIMITED, UpdateBudget, type QueryBudget } from '../sql/budget.ts';

/** Queries that look at no more partners than this are never ended, whatever others have cost. */
const MODEST_ROWS = 100;
/** What all queries together may cost, in limits of a single one. */
const QUERIES_AT_THE_LIMIT = 10;
/** Rows that each changed row may make a query look at, beyond the limit: large transactions are not the query's fault. */
const ROWS_PER_CHANGED_ROW = 4;

/** Shares out what one transaction may cost the subscribed queries of those who do not own the database. */
export class UpdateAllowance {
  readonly #perQuery: number;
  readonly #basic: number;
  #pool: number;

  /**
   * @param updateRows the limit of that name
   * @param changedRows rows that the transaction changed
   */
  constructor(updateRows: number, changedRows: number) {
    this.#perQuery = updateRows;
    this.#basic = ROWS_PER_CHANGED_ROW * changedRows;
    this.#pool = updateRows * QUERIES_AT_THE_LIMIT;
  }

  /** Runs `compute` for one query, with what that may cost. @throws {SqlError} when it costs more */
  spend<Result>(isLimited: boolean, compute: (budget: QueryBudget) => Result): Result {
    if (!isLimited) return compute(UNLIMITED);
    const share = Math.max(Math.min(this.#perQuery, this.#pool), Math.min(MODEST_ROWS, this.#perQuery));
    const budget = new UpdateBudget(share + this.#basic);
    try {
      return compute(budget);
    } finally {
      this.#pool -= budget.used;
    }
  }
}
