import type { TableDef, ViewDef } from '../schema/module-def.ts';
import type { Typespace } from '../sats/typespace.ts';

/**
 * Describes a view as a table that queries can name. Each call returns a new object, because the rows of a view
 * depend on the caller and query tables are compared by their definition.
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
