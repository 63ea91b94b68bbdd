import type { TableDef, ViewDef } from '../schema/module-def.ts';
import type { Typespace } from '../sats/typespace.ts';

/**
 * A view as a table that queries can name. Each call makes a definition of its own: the rows of a view depend on who
 * asks, and it is by its definition that a query's table is told from others.
 */
export function viewTableDef(view: ViewDef, { types }: Typespace): TableDef {
  const rowType = types[view.typeRef];
  if (rowType?.tag !== 'Product') throw new TypeError(`the view ${view.name} returns no rows`);
  return {
    name: view.name,
    sourceName: view.sourceName,
    typeRef: view.typeRef,
    rowType: rowType.value,
    columns: view.columns,
    primaryKey: view.primaryKey,
    indexes: [],
    uniqueConstraints: [],
    sequences: [],
    schedule: undefined,
    defaultValues: new Map(),
    isPublic: view.isPublic,
    isEvent: false,
    tableType: 'user',
  };
}
