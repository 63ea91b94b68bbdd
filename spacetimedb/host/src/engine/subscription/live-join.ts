import type { Row } from '../datastore/row.ts';
import type { TableChange } from '../datastore/transaction.ts';
import type { TableDef } from '../schema/module-def.ts';
import type { QueryBudget } from '../sql/budget.ts';
import type { JoinPlan, SelectPlan, Selection } from '../sql/plan.ts';
import type { JoinIndex, JoinIndexes } from './join-index.ts';
import type { LiveQuery, QueryDelta } from './live-query.ts';

/** A transaction's changes in the rows that one side of the join selects. */
interface SideDelta {
  readonly inserts: readonly Row[];
  readonly deletes: readonly Row[];
}

/** The changed rows of the other table with one joined value. */
interface OtherDelta extends SideDelta {
  readonly value: unknown;
  readonly inserts: Row[];
  readonly deletes: Row[];
}

const NOTHING: SideDelta = { inserts: [], deletes: [] };

/**
 * A join returns rows of one table, each as often as it has matches; the wire format carries this multiplicity, and
 * clients count it. The changes of a transaction are computed from the changed rows and their matches in the state
 * after it. No result is kept.
 */
export class LiveJoin implements LiveQuery {
  readonly table: TableDef;
  readonly sides: readonly Selection[];
  readonly #plan: SelectPlan;
  readonly #join: JoinPlan;
  readonly #indexes: JoinIndexes;
  /** The rows of the returned table and of the other table, by joined value. */
  readonly #returned: JoinIndex;
  readonly #other: JoinIndex;

  /** @throws {SqlError} when finding matches needs an index that costs more than `budget` */
  constructor(plan: SelectPlan, join: JoinPlan, indexes: JoinIndexes, budget: QueryBudget) {
    this.table = plan.table;
    this.sides = [plan, join];
    this.#plan = plan;
    this.#join = join;
    this.#indexes = indexes;
    this.#returned = indexes.acquire(plan.table, join.returnedColumn, join.key, budget);
    try {
      this.#other = indexes.acquire(join.table, join.column, join.key, budget);
    } catch (error) {
      indexes.release(this.#returned);
      throw error;
    }
  }

  close(): void {
    this.#indexes.release(this.#returned);
    this.#indexes.release(this.#other);
  }

  delta(changes: readonly TableChange[], budget: QueryBudget): QueryDelta | undefined {
    const own = sideDelta(changes, this.#plan);
    // Rows of an event table are gone after the transaction, so there is nothing to match.
    const other = this.#join.table.isEvent ? NOTHING : sideDelta(changes, this.#join);
    const byKey = this.#groupByKey(other);
    const counts = new Counts();
    for (const row of own.inserts) counts.add(row, this.#partnersNow(row, budget));
    for (const row of own.deletes) {
      const changed = this.#changedPartners(row, byKey.get(this.#keyOf(row)), budget);
      counts.add(row, changed - this.#partnersNow(row, budget));
    }
    this.#countKept(own, byKey, counts, budget);
    return counts.toDelta(budget);
  }

  /** Counts the effect of the other table's changes on unchanged rows. */
  #countKept(
    own: SideDelta,
    byKey: ReadonlyMap<unknown, OtherDelta>,
    counts: Counts,
    budget: QueryBudget,
  ): void {
    if (byKey.size === 0) return;
    const inserted = new Set(own.inserts.map(({ key }) => key));
    for (const changed of byKey.values()) {
      if (this.#join.matchesByKey && changed.inserts.length === changed.deletes.length) continue;
      for (const row of this.#returned.rows(changed.value, budget)) {
        budget.visit();
        if (inserted.has(row.key) || !this.#plan.predicate(row)) continue;
        counts.add(row, this.#changedPartners(row, changed, budget));
      }
    }
  }

  #partnersNow(row: Row, budget: QueryBudget): number {
    const { predicate, matches } = this.#join;
    let count = 0;
    for (const other of this.#other.rows(row.columns[this.#join.returnedColumn], budget)) {
      budget.visit();
      if (predicate(other) && matches(row, other)) count++;
    }
    return count;
  }

  /** How many matches the transaction added to a row; negative if it removed some. */
  #changedPartners(row: Row, changed: OtherDelta | undefined, budget: QueryBudget): number {
    if (!changed) return 0;
    const { inserts, deletes } = changed;
    if (this.#join.matchesByKey) return inserts.length - deletes.length;
    const matching = (rows: readonly Row[]) => {
      let count = 0;
      for (const other of rows) {
        budget.visit();
        if (this.#join.matches(row, other)) count++;
      }
      return count;
    };
    return matching(inserts) - matching(deletes);
  }

  #keyOf(row: Row): unknown {
    return this.#join.key(row.columns[this.#join.returnedColumn]);
  }

  #groupByKey({ inserts, deletes }: SideDelta): Map<unknown, OtherDelta> {
    const { column, key } = this.#join;
    const groups = new Map<unknown, OtherDelta>();
    const groupOf = (row: Row): OtherDelta => {
      const value = row.columns[column];
      const valueKey = key(value);
      const group = groups.get(valueKey) ?? { value, inserts: [], deletes: [] };
      groups.set(valueKey, group);
      return group;
    };
    for (const row of inserts) groupOf(row).inserts.push(row);
    for (const row of deletes) groupOf(row).deletes.push(row);
    return groups;
  }
}

/** How many times more or fewer each row is in the result. */
class Counts {
  readonly #byKey = new Map<string, { readonly row: Row; count: number }>();

  add(row: Row, count: number): void {
    if (count === 0) return;
    const known = this.#byKey.get(row.key);
    if (known) known.count += count;
    else this.#byKey.set(row.key, { row, count });
  }

  toDelta(budget: QueryBudget): QueryDelta | undefined {
    const inserts: Row[] = [];
    const deletes: Row[] = [];
    for (const { row, count } of this.#byKey.values()) {
      const list = count > 0 ? inserts : deletes;
      for (let n = Math.abs(count); n > 0; n--) {
        budget.take(row.bytes.length);
        list.push(row);
      }
    }
    return inserts.length + deletes.length > 0 ? { inserts, deletes } : undefined;
  }
}

function sideDelta(changes: readonly TableChange[], side: Selection): SideDelta {
  const change = changes.find(({ table }) => table.def === side.table);
  if (!change) return NOTHING;
  return {
    inserts: change.inserts.filter((row) => side.predicate(row)),
    deletes: change.deletes.filter((row) => side.predicate(row)),
  };
}
