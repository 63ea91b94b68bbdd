/** How much a query may cost, for those whose queries are limited. */
import { SqlError } from './sql-error.ts';
import type { HostLimits } from '../limits.ts';

/** What an execution reports as it goes along; either method may end it by throwing. */
export interface QueryBudget {
  /** A row, or a pair of rows, was looked at. @throws {SqlError} when the query takes too long */
  visit(): void;
  /** A row of `bytes` bytes goes into the result. @throws {SqlError} when the result gets too large */
  take(bytes: number): void;
}

/** For the owner of a database, and for the host itself. */
export const UNLIMITED: QueryBudget = { visit: () => undefined, take: () => undefined };

/** Reading the clock costs more than looking at a row, so it is read once for this many. */
const VISITS_PER_CLOCK_READING = 128;
/** What a row costs beyond its own bytes: its place in the list that the client gets. */
const ROW_OVERHEAD_BYTES = 8;

/** The limits of everything that one request asks for. The time runs from the moment it is made. */
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

/** The limit of what one transaction costs one subscribed query, counted and not timed: calls are not to wait for it. */
export class UpdateBudget implements QueryBudget {
  readonly #limit: number;
  #used = 0;

  /** @param limit rows, and pairs of rows, that may be looked at or sent */
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
  return new SqlError(`The query ${what} than ${limit} ${unit}, which is the host's limit (${name})`);
}
