/** The parts of a module that client code may see, in the order of generation. */
import type {
  ModuleDef,
  ProcedureDef,
  ReducerDef,
  TableDef,
  ViewDef,
} from '../../engine/schema/module-def.ts';
import { sortedBy, TypeScope } from './scope.ts';

/** The visible parts of a module or submodule. */
export interface Contents {
  /** The namespaces of the submodule from the root; empty for the root. */
  readonly namespace: readonly string[];
  readonly def: ModuleDef;
  readonly types: TypeScope;
  /** By canonical name. */
  readonly tables: readonly TableDef[];
  /** By canonical name. */
  readonly views: readonly ViewDef[];
  /** In the order of definition, without `init`. */
  readonly reducers: readonly ReducerDef[];
  /** By canonical name. */
  readonly procedures: readonly ProcedureDef[];
}

/**
 * The root module, then its submodules, depth first.
 * @param includePrivate includes the root's private tables and functions; those of submodules never appear
 */
export function contentsOf(
  def: ModuleDef,
  includePrivate: boolean,
): [root: Contents, ...submodules: Contents[]] {
  return [visible(def, [], includePrivate), ...submodulesOf(def, [])];
}

function submodulesOf(def: ModuleDef, parent: readonly string[]): Contents[] {
  return def.submodules.flatMap(({ namespace, def: submodule }) => {
    const path = [...parent, namespace];
    return [visible(submodule, path, false), ...submodulesOf(submodule, path)];
  });
}

function visible(def: ModuleDef, namespace: readonly string[], includePrivate: boolean): Contents {
  const isVisible = ({ visibility }: ReducerDef | ProcedureDef): boolean =>
    includePrivate || visibility === 'client';
  return {
    namespace,
    def,
    types: new TypeScope(def),
    tables: sortedBy(
      def.tables.filter(({ isPublic }) => includePrivate || isPublic),
      ({ name }) => name,
    ),
    views: sortedBy(def.views, ({ name }) => name),
    reducers: def.reducers.filter((reducer) => reducer.lifecycle !== 'init' && isVisible(reducer)),
    procedures: sortedBy(def.procedures.filter(isVisible), ({ name }) => name),
  };
}

/** Clients cannot call lifecycle reducers, even if their parameters are generated. */
export function invokable(reducers: readonly ReducerDef[]): ReducerDef[] {
  return reducers.filter(({ lifecycle }) => lifecycle === undefined);
}

/** The name on the wire of an item of the root or a submodule. */
export function wireName(namespace: readonly string[], name: string): string {
  return [...namespace, name].join('.');
}
