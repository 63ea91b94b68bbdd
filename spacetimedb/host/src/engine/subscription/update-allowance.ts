import { UNLIMITED, UpdateBudget, type QueryBudget } from '../sql/budget.ts';

/** A query that visits no more rows than this is never ended, whatever other queries cost. */
const MODEST_ROWS = 100;
/** The cost limit of all queries together, as a multiple of one query's limit. */
const QUERIES_AT_THE_LIMIT = 10;
/** Additional rows per changed row, because a large transaction is not the query's fault. */
const ROWS_PER_CHANGED_ROW = 4;

/** Limits what one transaction may cost the subscribed queries, except those of the owner. */
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

  /**
   * Runs `compute` for the row-level security rules that apply to one client. Rules do not share a common limit: they
   * are the module's, and the number of clients must not end anyone's subscription.
   *
   * @throws {SqlError} when it costs more than one query may cost
   */
  spendOnRules<Result>(compute: (budget: QueryBudget) => Result): Result {
    return compute(new UpdateBudget(this.#perQuery + this.#basic));
  }

  /** Runs `compute` for one query with its budget. @throws {SqlError} when it costs more */
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
