import type { AlgebraicType, ProductType } from 'spacetimedb';
import type { Typespace } from '../sats/typespace.ts';
import type { ColumnDef, ModuleDef, TableDef, ViewDef } from './module-def.ts';

/** What the items of one module become in the database: their names get a prefix, their ids and type references an offset. */
interface Mount {
  /** Such as `auth.`; empty for the root. */
  readonly prefix: string;
  readonly types: number;
  readonly reducers: number;
  readonly procedures: number;
  readonly views: number;
  readonly anonymousViews: number;
}

type Items = Pick<
  ModuleDef,
  'typespace' | 'sourceTypespace' | 'tables' | 'reducers' | 'procedures' | 'views'
>;

/**
 * Merges a module and its submodules into one, as a database has them: the items of a submodule are called
 * `namespace.name`, and their ids and types follow those of the modules before it, depth first. The library numbers
 * functions in the same order. Routes and handlers of submodules are not served, as on the real server.
 *
 * @returns a schema without submodules; `def` itself if it has none
 */
export function mountSubmodules(def: ModuleDef): ModuleDef {
  if (def.submodules.length === 0) return def;
  const modules = modulesOf(def, '');
  const anonymous = (views: readonly ViewDef[]) => views.filter(({ isAnonymous }) => isAnonymous).length;
  let mount: Mount = { prefix: '', types: 0, reducers: 0, procedures: 0, views: 0, anonymousViews: 0 };
  const mounted = modules.map(([prefix, module]): Items => {
    const items = mountItems(module, { ...mount, prefix });
    mount = {
      prefix,
      types: mount.types + module.typespace.types.length,
      reducers: mount.reducers + module.reducers.length,
      procedures: mount.procedures + module.procedures.length,
      views: mount.views + module.views.length - anonymous(module.views),
      anonymousViews: mount.anonymousViews + anonymous(module.views),
    };
    return items;
  });
  return {
    ...def,
    typespace: { types: mounted.flatMap(({ typespace }) => typespace.types) },
    sourceTypespace: { types: mounted.flatMap(({ sourceTypespace }) => sourceTypespace.types) },
    tables: mounted.flatMap(({ tables }) => tables),
    reducers: mounted.flatMap(({ reducers }) => reducers),
    procedures: mounted.flatMap(({ procedures }) => procedures),
    views: mounted.flatMap(({ views }) => views),
    submodules: [],
  };
}

function modulesOf(def: ModuleDef, prefix: string): [prefix: string, def: ModuleDef][] {
  return [
    [prefix, def],
    ...def.submodules.flatMap((submodule) => modulesOf(submodule.def, `${prefix}${submodule.namespace}.`)),
  ];
}

function mountItems(def: ModuleDef, mount: Mount): Items {
  const type = (type: AlgebraicType) => shiftType(type, mount.types);
  const product = (product: ProductType) => shiftProduct(product, mount.types);
  const names = <T extends { readonly name: string; readonly sourceName: string }>(item: T): T => ({
    ...item,
    name: mount.prefix + item.name,
    sourceName: mount.prefix + item.sourceName,
  });
  const columns = (columns: readonly ColumnDef[]) =>
    columns.map((column) => ({ ...column, type: type(column.type) }));
  const typespace = ({ types }: Typespace): Typespace => ({ types: types.map(type) });
  return {
    typespace: typespace(def.typespace),
    sourceTypespace: typespace(def.sourceTypespace),
    tables: def.tables.map((table): TableDef => {
      const { typeRef, rowType, schedule } = table;
      const { name, functionName } = schedule ?? { name: '', functionName: '' };
      return {
        ...names(table),
        typeRef: typeRef + mount.types,
        rowType: product(rowType),
        columns: columns(table.columns),
        indexes: table.indexes.map(names),
        uniqueConstraints: table.uniqueConstraints.map((each) => ({
          ...each,
          name: mount.prefix + each.name,
        })),
        sequences: table.sequences.map((each) => ({ ...each, name: mount.prefix + each.name })),
        schedule: schedule && {
          ...schedule,
          name: mount.prefix + name,
          functionName: mount.prefix + functionName,
        },
      };
    }),
    reducers: def.reducers.map((reducer) => ({
      ...names(reducer),
      id: reducer.id + mount.reducers,
      params: product(reducer.params),
    })),
    procedures: def.procedures.map((procedure) => ({
      ...names(procedure),
      id: procedure.id + mount.procedures,
      params: product(procedure.params),
      returnType: type(procedure.returnType),
    })),
    views: def.views.map((view) => ({
      ...names(view),
      id: view.id + (view.isAnonymous ? mount.anonymousViews : mount.views),
      params: product(view.params),
      returnType: type(view.returnType),
      typeRef: view.typeRef + mount.types,
      columns: columns(view.columns),
    })),
  };
}

function shiftType(type: AlgebraicType, offset: number): AlgebraicType {
  switch (type.tag) {
    case 'Ref':
      return { tag: 'Ref', value: type.value + offset };
    case 'Product':
      return { tag: 'Product', value: shiftProduct(type.value, offset) };
    case 'Sum':
      return {
        tag: 'Sum',
        value: {
          variants: type.value.variants.map((variant) => ({
            ...variant,
            algebraicType: shiftType(variant.algebraicType, offset),
          })),
        },
      };
    case 'Array':
      return { tag: 'Array', value: shiftType(type.value, offset) };
    default:
      return type;
  }
}

function shiftProduct({ elements }: ProductType, offset: number): ProductType {
  return {
    elements: elements.map((element) => ({
      ...element,
      algebraicType: shiftType(element.algebraicType, offset),
    })),
  };
}
