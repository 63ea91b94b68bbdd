import type { TableChange } from '../datastore/transaction.ts';
import type { TableDef } from '../schema/module-def.ts';
import type { ColumnEquality, Selection } from '../sql/plan.ts';

/** A query that can be found by its tables and conditions. */
interface Listed {
  readonly live: { readonly sides: readonly Selection[] };
}

interface ColumnListing<Query> {
  readonly key: ColumnEquality['key'];
  readonly byValue: Map<unknown, Set<Query>>;
}

interface TableListing<Query> {
  /** Queries that any row of the table may affect. */
  readonly any: Set<Query>;
  /** Queries that only rows with one value in a column affect. */
  readonly byColumn: Map<number, ColumnListing<Query>>;
}

/** Finds the queries that a transaction may affect. The cost depends on the number of changes, not of queries. */
export class QueryDirectory<Query extends Listed> {
  readonly #byTable = new Map<TableDef, TableListing<Query>>();

  add(query: Query): void {
    for (const { table, equality } of query.live.sides) {
      const listing = this.#byTable.get(table) ?? { any: new Set(), byColumn: new Map() };
      this.#byTable.set(table, listing);
      if (equality === undefined) {
        listing.any.add(query);
        continue;
      }
      const { column, key, valueKey } = equality;
      const ofColumn = listing.byColumn.get(column) ?? { key, byValue: new Map<unknown, Set<Query>>() };
      listing.byColumn.set(column, ofColumn);
      const ofValue = ofColumn.byValue.get(valueKey);
      if (ofValue) ofValue.add(query);
      else ofColumn.byValue.set(valueKey, new Set([query]));
    }
  }

  remove(query: Query): void {
    for (const { table, equality } of query.live.sides) {
      const listing = this.#byTable.get(table);
      if (!listing) continue;
      listing.any.delete(query);
      if (equality !== undefined) removeFromColumn(listing, equality, query);
      if (listing.any.size === 0 && listing.byColumn.size === 0) this.#byTable.delete(table);
    }
  }

  concernedBy(changes: readonly TableChange[]): Set<Query> {
    const found = new Set<Query>();
    for (const { table, inserts, deletes } of changes) {
      const listing = this.#byTable.get(table.def);
      if (!listing) continue;
      for (const query of listing.any) found.add(query);
      for (const [column, { key, byValue }] of listing.byColumn) {
        for (const rows of [inserts, deletes]) {
          for (const row of rows) {
            for (const query of byValue.get(key(row.columns[column])) ?? []) found.add(query);
          }
        }
      }
    }
    return found;
  }
}

function removeFromColumn<Query>(listing: TableListing<Query>, equality: ColumnEquality, query: Query): void {
  const ofColumn = listing.byColumn.get(equality.column);
  const ofValue = ofColumn?.byValue.get(equality.valueKey);
  if (!ofColumn || !ofValue) return;
  ofValue.delete(query);
  if (ofValue.size === 0) ofColumn.byValue.delete(equality.valueKey);
  if (ofColumn.byValue.size === 0) listing.byColumn.delete(equality.column);
}
