/** Limits the cost of queries. */
import { SqlError } from './sql-error.ts';
import type { HostLimits } from '../limits.ts';

/** A running query reports its work here. Either method may stop it by throwing. */
export interface QueryBudget {
  /** The query visited a row or a pair of rows. @throws {SqlError} when it takes too long */
  visit(): void;
  /** The query adds a row of `bytes` bytes to its result. @throws {SqlError} when the result is too large */
  take(bytes: number): void;
}

/** For the owner of a database and for the host itself. */
export const UNLIMITED: QueryBudget = { visit: () => undefined, take: () => undefined };

/** Reading the clock costs more than visiting a row, so it is read only once per this many visits. */
const VISITS_PER_CLOCK_READING = 128;
/** The overhead of a row beyond its own bytes: its entry in the client's row list. */
const ROW_OVERHEAD_BYTES = 8;

/** The limits of all queries of one request. The time starts when the object is created. */
export class RequestBudget implements QueryBudget {
  readonly #limits: Pick<HostLimits, 'queryRows' | 'queryBytes' | 'queryMillis'>;
  readonly #deadline: number;
  #visits = 0;
  #rows = 0;
  #bytes = 0;

  constructor(limits: Pick<HostLimits, 'queryRows' | 'queryBytes' | 'queryMillis'>) {
    this.#limits = limits;
    this.#deadline = performance.now() + limits.queryMillis;
  }

  visit(): void {
    if (++this.#visits % VISITS_PER_CLOCK_READING === 0) this.#checkTime();
  }

  take(bytes: number): void {
    const { queryRows, queryBytes } = this.#limits;
    this.#bytes += bytes + ROW_OVERHEAD_BYTES;
    if (++this.#rows > queryRows) throw exceeded('returns more', queryRows, 'rows', 'queryRows');
    if (this.#bytes > queryBytes) throw exceeded('returns more', queryBytes, 'bytes', 'queryBytes');
  }

  #checkTime(): void {
    if (performance.now() <= this.#deadline) return;
    throw exceeded('takes longer', this.#limits.queryMillis, 'milliseconds', 'queryMillis');
  }
}

/**
 * The cost limit of one transaction for one subscribed query. It counts work instead of time, so that calls are
 * deterministic.
 */
export class UpdateBudget implements QueryBudget {
  readonly #limit: number;
  #used = 0;

  /** @param limit rows, and pairs of rows, that may be visited or sent */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get used(): number {
    return this.#used;
  }

  visit(): void {
    if (++this.#used > this.#limit) {
      throw new SqlError(
        `A transaction changes this query by too many rows: the host looks at ${this.#limit} of them (limit updateRows)`,
      );
    }
  }

  take(): void {
    this.visit();
  }
}

function exceeded(what: string, limit: number, unit: string, name: keyof HostLimits): SqlError {
  return new SqlError(`The query ${what} than ${limit} ${unit} (limit ${name})`);
}
