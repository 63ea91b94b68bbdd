/** The tables and views of a module and all its submodules, by their names in the database. */
import type { ModuleDef, TableDef, ViewDef } from './module-def.ts';

export interface Mounted<T> {
  /** Its own names have no namespace. */
  readonly item: T;
  /** The module or submodule that declares it. Its types refer to this module's typespace. */
  readonly def: ModuleDef;
}

/** By canonical name with namespace, such as `auth.session`. */
export function tablesOf(def: ModuleDef): Map<string, Mounted<TableDef>> {
  return new Map(mount(def, '', ({ tables }) => tables));
}

/** By canonical name with namespace. */
export function viewsOf(def: ModuleDef): Map<string, Mounted<ViewDef>> {
  return new Map(mount(def, '', ({ views }) => views));
}

function mount<T extends { readonly name: string }>(
  def: ModuleDef,
  prefix: string,
  itemsOf: (def: ModuleDef) => readonly T[],
): [name: string, mounted: Mounted<T>][] {
  return [
    ...itemsOf(def).map((item): [string, Mounted<T>] => [prefix + item.name, { item, def }]),
    ...def.submodules.flatMap(({ namespace, def: submodule }) =>
      mount(submodule, `${prefix}${namespace}.`, itemsOf),
    ),
  ];
}
