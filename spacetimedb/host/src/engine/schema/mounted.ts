/** The tables and views of a module and all its submodules, by their names in the database. */
import type { ModuleDef, TableDef, ViewDef } from './module-def.ts';
import { mountSubmodules } from './mount-submodules.ts';

export interface Mounted<T> {
  readonly item: T;
  /** The schema that the item's types refer to. */
  readonly def: ModuleDef;
}

/** By canonical name with namespace, such as `auth.session`. */
export function tablesOf(def: ModuleDef): Map<string, Mounted<TableDef>> {
  const mounted = mountSubmodules(def);
  return new Map(mounted.tables.map((item) => [item.name, { item, def: mounted }]));
}

/** By canonical name with namespace. */
export function viewsOf(def: ModuleDef): Map<string, Mounted<ViewDef>> {
  const mounted = mountSubmodules(def);
  return new Map(mounted.views.map((item) => [item.name, { item, def: mounted }]));
}
