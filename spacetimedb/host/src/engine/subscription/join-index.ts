import type { Row } from '../datastore/row.ts';
import type { TableChange } from '../datastore/transaction.ts';
import type { TableDef } from '../schema/module-def.ts';
import type { QueryBudget } from '../sql/budget.ts';
import { pointRange, singleColumnIndex } from '../sql/partners.ts';
import type { RowSource } from '../sql/plan.ts';

/** Turns a joined value into a `Map` key that is equal for equal values. */
type KeyMaker = (value: unknown) => unknown;

interface Changed {
  readonly deletes: Iterable<Row>;
  readonly inserts: Iterable<Row>;
}

/** The committed rows of a table by the value of one column. */
export interface JoinIndex {
  rows(value: unknown, budget: QueryBudget): Iterable<Row>;
}

interface OwnIndex extends JoinIndex {
  readonly table: TableDef;
  readonly column: number;
  apply(change: Changed): void;
  users: number;
}

/**
 * The indexes in which subscribed joins find matching rows: a table's own index on the joined column, or else one
 * that is kept here for all joins that need it. Views have no indexes, and the protocol requires an index only on one
 * side.
 */
export class JoinIndexes {
  readonly #source: RowSource;
  readonly #own = new Map<TableDef, OwnIndex[]>();

  constructor(source: RowSource) {
    this.#source = source;
  }

  /**
   * @param budget limits the cost of reading the whole table, if necessary
   * @throws {SqlError} when it costs more; nothing is kept then
   */
  acquire(table: TableDef, column: number, key: KeyMaker, budget: QueryBudget): JoinIndex {
    const index = singleColumnIndex(table, column);
    if (index) return { rows: (value, spend) => this.#source.seek(table, index, pointRange(value), spend) };
    const ofTable = this.#own.get(table) ?? [];
    let own = ofTable.find((each) => each.column === column);
    if (!own) {
      own = makeOwnIndex(table, column, key);
      own.apply({ inserts: this.#counted(table, budget), deletes: [] });
      ofTable.push(own);
      this.#own.set(table, ofTable);
    }
    own.users++;
    return own;
  }

  /** Ends one use of an index returned by `acquire`. */
  release(index: JoinIndex): void {
    for (const [table, ofTable] of this.#own) {
      const own = ofTable.find((each) => each === index);
      if (!own) continue;
      own.users--;
      const used = ofTable.filter((each) => each.users > 0);
      if (used.length > 0) this.#own.set(table, used);
      else this.#own.delete(table);
      return;
    }
  }

  /** Applies a transaction. Call it before any join uses the indexes. */
  apply(changes: readonly TableChange[]): void {
    if (this.#own.size === 0) return;
    for (const change of changes) {
      // Rows of event tables are not stored, so later joins do not find them.
      if (change.table.def.isEvent) continue;
      for (const own of this.#own.get(change.table.def) ?? []) own.apply(change);
    }
  }

  *#counted(table: TableDef, budget: QueryBudget): Iterable<Row> {
    for (const row of this.#source.scan(table, budget)) {
      budget.visit();
      yield row;
    }
  }
}

function makeOwnIndex(table: TableDef, column: number, key: KeyMaker): OwnIndex {
  const byValue = new Map<unknown, Map<string, Row>>();
  return {
    table,
    column,
    users: 0,
    rows: (value) => byValue.get(key(value))?.values() ?? [],
    apply({ deletes, inserts }) {
      for (const row of deletes) {
        const valueKey = key(row.columns[column]);
        const rows = byValue.get(valueKey);
        rows?.delete(row.key);
        if (rows?.size === 0) byValue.delete(valueKey);
      }
      for (const row of inserts) {
        const valueKey = key(row.columns[column]);
        const rows = byValue.get(valueKey);
        if (rows) rows.set(row.key, row);
        else byValue.set(valueKey, new Map([[row.key, row]]));
      }
    },
  };
}
