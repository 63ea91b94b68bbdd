import type { Row } from '../datastore/row.ts';
import type { CommittedTransaction } from '../datastore/transaction.ts';
import type { TableDef } from '../schema/module-def.ts';
import type { RowSource, SelectPlan } from '../sql/plan.ts';
import { executeRows } from '../sql/execute.ts';

/** What a transaction changed in a query's result. */
interface QueryDelta {
  readonly inserts: readonly Row[];
  readonly deletes: readonly Row[];
}

/** A subscribed query. All clients that subscribe to the same text share one, and a transaction is matched once for them. */
export interface LiveQuery {
  /** The table whose rows it returns. */
  readonly table: TableDef;
  /** Canonical names of the tables on which its result depends. */
  readonly dependsOn: readonly string[];
  /** The rows it returns now. */
  rows(): readonly Row[];
  /** `undefined` when the transaction changes nothing in its result. To be called once, after the commit. */
  delta(committed: Pick<CommittedTransaction, 'changes'>): QueryDelta | undefined;
}

export function makeLiveQuery(plan: SelectPlan, source: RowSource): LiveQuery {
  return plan.join ? new LiveJoin(plan, source) : new LiveSelect(plan, source);
}

class LiveSelect implements LiveQuery {
  readonly table: TableDef;
  readonly dependsOn: readonly string[];
  readonly #plan: SelectPlan;
  readonly #source: RowSource;

  constructor(plan: SelectPlan, source: RowSource) {
    this.table = plan.table;
    this.dependsOn = [plan.table.name];
    this.#plan = plan;
    this.#source = source;
  }

  rows(): readonly Row[] {
    return [...executeRows(this.#plan, this.#source)];
  }

  delta(committed: Pick<CommittedTransaction, 'changes'>): QueryDelta | undefined {
    // By definition and not by name: a view has the same name for everybody, but not the same rows.
    const change = committed.changes.find(({ table }) => table.def === this.table);
    if (!change) return undefined;
    const inserts = change.inserts.filter((row) => this.#plan.predicate(row));
    const deletes = change.deletes.filter((row) => this.#plan.predicate(row));
    return inserts.length + deletes.length > 0 ? { inserts, deletes } : undefined;
  }
}

/**
 * A join returns rows of one table, each as often as it has partners; the wire carries that multiplicity, and clients
 * count it. The result of the last evaluation is kept and compared with the next one.
 */
class LiveJoin implements LiveQuery {
  readonly table: TableDef;
  readonly dependsOn: readonly string[];
  readonly #plan: SelectPlan;
  readonly #source: RowSource;
  #rows: readonly Row[];

  constructor(plan: SelectPlan, source: RowSource) {
    this.table = plan.table;
    this.dependsOn = plan.join ? [plan.table.name, plan.join.table.name] : [plan.table.name];
    this.#plan = plan;
    this.#source = source;
    this.#rows = this.#evaluate();
  }

  rows(): readonly Row[] {
    return this.#rows;
  }

  delta(): QueryDelta | undefined {
    const before = countByKey(this.#rows);
    const inserts: Row[] = [];
    this.#rows = this.#evaluate();
    for (const row of this.#rows) {
      const counted = before.get(row.key);
      if (counted && counted.count > 0) counted.count--;
      else inserts.push(row);
    }
    const deletes = [...before.values()].flatMap(({ row, count }) => Array<Row>(count).fill(row));
    return inserts.length + deletes.length > 0 ? { inserts, deletes } : undefined;
  }

  #evaluate(): readonly Row[] {
    return [...executeRows(this.#plan, this.#source)];
  }
}

function countByKey(rows: readonly Row[]): Map<string, { readonly row: Row; count: number }> {
  const counts = new Map<string, { readonly row: Row; count: number }>();
  for (const row of rows) {
    const counted = counts.get(row.key);
    if (counted) counted.count++;
    else counts.set(row.key, { row, count: 1 });
  }
  return counts;
}
