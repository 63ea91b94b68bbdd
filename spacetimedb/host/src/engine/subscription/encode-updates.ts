import type { TableDef } from '../schema/module-def.ts';
import type { TableUpdate, TableUpdateRows } from '../wire/messages.ts';
import type { RowListEncoder } from '../wire/row-list.ts';
import type { QueryDelta } from './live-query.ts';

/** The rows that a transaction changed in a query's result, encoded for the wire. */
export function encodeDelta(table: TableDef, delta: QueryDelta, encoder: RowListEncoder): TableUpdateRows {
  const inserts = encoder.encode(delta.inserts);
  return table.isEvent
    ? { tag: 'EventTable', value: { events: inserts } }
    : { tag: 'PersistentTable', value: { inserts, deletes: encoder.encode(delta.deletes) } };
}

/** The changes of a query set's queries by table, sorted by table name. */
export function tableUpdates(
  queries: readonly (readonly [{ readonly live: { readonly table: TableDef } }, TableUpdateRows])[],
): TableUpdate[] {
  const byTable = new Map<string, TableUpdateRows[]>();
  for (const [query, rows] of queries) {
    const ofTable = byTable.get(query.live.table.name);
    if (ofTable) ofTable.push(rows);
    else byTable.set(query.live.table.name, [rows]);
  }
  return [...byTable]
    .map(([tableName, rows]) => ({ tableName, rows }))
    .sort((a, b) => (a.tableName < b.tableName ? -1 : 1));
}
