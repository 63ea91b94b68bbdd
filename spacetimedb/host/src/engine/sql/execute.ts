/** Runs compiled queries over a source of rows. */
import type { Row } from '../datastore/row.ts';
import { UNLIMITED, type QueryBudget } from './budget.ts';
import { makePartnerFinder } from './partners.ts';
import type {
  JoinStep,
  QueryOutput,
  QueryPlan,
  ResultColumn,
  RowSource,
  SelectPlan,
  Selection,
} from './plan.ts';
import { selectRows } from './select-rows.ts';

/**
 * The current rows of a subscription. With a join, each row appears once per match.
 *
 * @param budget limits the cost; unlimited by default
 * @throws {SqlError} when it costs more
 */
export function* executeRows(
  plan: SelectPlan,
  source: RowSource,
  budget: QueryBudget = UNLIMITED,
): Generator<Row> {
  const rows = plan.join === undefined ? selectRows(plan, source, budget) : joinedRows(plan, source, budget);
  for (const row of rows) {
    budget.take(row.bytes.length);
    yield row;
  }
}

function* joinedRows(plan: SelectPlan, source: RowSource, budget: QueryBudget): Generator<Row> {
  const { join } = plan;
  if (join === undefined) return;
  if (plan.lookup === undefined && join.lookup !== undefined) {
    // The other table has fewer rows, so the join starts there.
    const partners = makePartnerFinder(plan, join.returnedColumn, join.key, source, budget);
    for (const other of selectRows(join, source, budget)) {
      for (const row of partners(other.columns[join.column])) {
        budget.visit();
        if (join.matches(row, other)) yield row;
      }
    }
    return;
  }
  const partners = makePartnerFinder(join, join.column, join.key, source, budget);
  for (const row of selectRows(plan, source, budget)) {
    for (const other of partners(row.columns[join.returnedColumn])) {
      budget.visit();
      if (join.matches(row, other)) yield row;
    }
  }
}

/**
 * Runs a query. The rows have values in the order of `columns`.
 *
 * @param budget limits the cost; unlimited by default
 * @throws {SqlError} when it costs more
 */
export function executeQuery(
  plan: QueryPlan,
  source: RowSource,
  budget: QueryBudget = UNLIMITED,
): { readonly columns: readonly ResultColumn[]; readonly rows: readonly (readonly unknown[])[] } {
  const { columns, limit = Infinity } = plan;
  const rows: (readonly unknown[])[] = [];
  if (limit === 0) return { columns, rows };
  if (plan.output.kind === 'count') return { columns, rows: [[countTuples(plan, source, budget)]] };
  const output = outputReader(plan.output);
  const join = new NestedJoin(plan, source, budget);
  join.forEach((tuple) => {
    const { values, bytes } = output(tuple);
    budget.take(bytes);
    rows.push(values);
    return rows.length < limit;
  });
  return { columns, rows };
}

/**
 * The rows of one table in FROM that a query returns, each once for every match.
 *
 * @param relation the table's position in FROM
 * @param budget limits the cost
 * @throws {SqlError} when it costs more
 */
export function executeTableQuery(
  plan: QueryPlan,
  relation: number,
  source: RowSource,
  budget: QueryBudget,
): Row[] {
  const rows: Row[] = [];
  new NestedJoin(plan, source, budget).forEach((tuple) => {
    const row = tuple[relation] as Row;
    budget.take(row.bytes.length);
    rows.push(row);
    return true;
  });
  return rows;
}

function outputReader(
  output: Exclude<QueryOutput, { kind: 'count' }>,
): (rows: readonly Row[]) => { readonly values: readonly unknown[]; readonly bytes: number } {
  if (output.kind === 'rows') {
    return (rows) => {
      const row = rows[output.relation];
      return { values: row?.columns ?? [], bytes: row?.bytes.length ?? 0 };
    };
  }
  return (rows) => {
    const values = output.columns.map(({ relation, column }) => rows[relation]?.columns[column]);
    return { values, bytes: sizeOf(values) };
  };
}

/** Approximate size of a value in bytes. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string' || value instanceof Uint8Array) return value.length;
  if (typeof value !== 'object' || value === null) return 8;
  let size = 8;
  for (const part of Object.values(value)) size += sizeOf(part);
  return size;
}

/** Matches in the last table are only counted, unless each of them still has to be checked. */
function countTuples(plan: QueryPlan, source: RowSource, budget: QueryBudget): bigint {
  const join = new NestedJoin(plan, source, budget);
  let count = 0;
  if (plan.relations.length > 1 && plan.residual === undefined) {
    join.forEachButLast((tuple) => {
      count += join.partnersOfLast(tuple).length;
      return true;
    });
  } else {
    join.forEach(() => {
      count++;
      return true;
    });
  }
  return BigInt(count);
}

/** Gets one row of each table joined so far; the array changes afterwards. @returns whether to continue */
type TupleVisitor = (tuple: readonly Row[]) => boolean;

/** Iterates over the combinations of rows, one per table in FROM, that satisfy a query, without storing them. */
class NestedJoin {
  readonly #plan: QueryPlan;
  readonly #source: RowSource;
  readonly #budget: QueryBudget;
  /** For each table after the first: its rows that match the previous ones. */
  readonly #next: readonly ((tuple: readonly Row[]) => readonly Row[])[];

  constructor(plan: QueryPlan, source: RowSource, budget: QueryBudget) {
    this.#plan = plan;
    this.#source = source;
    this.#budget = budget;
    this.#next = plan.relations.slice(1).map((selection, i) => this.#nextRows(selection, plan.joins[i]?.on));
  }

  forEach(visitor: TupleVisitor): void {
    const { relations, residual } = this.#plan;
    this.#walk(relations.length, (tuple) => (residual?.(tuple) ?? true) === false || visitor(tuple));
  }

  /** Like `forEach`, without the last table and without the conditions on all tables. */
  forEachButLast(visitor: TupleVisitor): void {
    this.#walk(this.#plan.relations.length - 1, visitor);
  }

  partnersOfLast(tuple: readonly Row[]): readonly Row[] {
    return this.#next.at(-1)?.(tuple) ?? [];
  }

  #walk(depth: number, visitor: TupleVisitor): void {
    const [first] = this.#plan.relations;
    if (first === undefined) return;
    const tuple: Row[] = [];
    const descend = (level: number): boolean => {
      if (level === depth) return visitor(tuple);
      for (const row of this.#next[level - 1]?.(tuple) ?? []) {
        this.#budget.visit();
        tuple[level] = row;
        if (!descend(level + 1)) return false;
      }
      return true;
    };
    for (const row of selectRows(first, this.#source, this.#budget)) {
      tuple[0] = row;
      if (!descend(1)) return;
    }
  }

  #nextRows(next: Selection, on: JoinStep['on']): (tuple: readonly Row[]) => readonly Row[] {
    if (on === undefined) {
      let all: readonly Row[] | undefined;
      return () => (all ??= [...selectRows(next, this.#source, this.#budget)]);
    }
    const partners = makePartnerFinder(next, on.nextColumn, on.key, this.#source, this.#budget);
    return (tuple) => partners(tuple[on.relation]?.columns[on.column]);
  }
}
