import type { JsonType } from './sql-table.ts';

/** A reducer or procedure that can be called. */
export interface ServerFunction {
  /** Canonical, with the namespaces of submodules. */
  readonly name: string;
  readonly kind: 'reducer' | 'procedure';
  readonly params: readonly JsonType[];
}

interface JsonFunction {
  readonly source_name: string;
  readonly params: { readonly elements: readonly { readonly algebraic_type: JsonType }[] };
}

interface JsonNames {
  readonly entries: readonly {
    readonly Function?: { readonly source_name: string; readonly canonical_name: string };
  }[];
}

interface JsonSection {
  readonly Reducers?: readonly JsonFunction[];
  readonly Procedures?: readonly JsonFunction[];
  readonly LifeCycleReducers?: readonly { readonly function_name: string }[];
  readonly ExplicitNames?: JsonNames;
  readonly Submodules?: readonly { readonly namespace: string; readonly module: JsonModule }[];
}

/** The answer to `GET …/schema?version=10`. */
export interface JsonModule {
  readonly sections: readonly JsonSection[];
}

/** Lists the reducers and procedures of a module and its submodules, without lifecycle reducers. */
export function functionsOf({ sections }: JsonModule, prefix = ''): ServerFunction[] {
  const names = new Map(
    sections
      .flatMap(({ ExplicitNames }) => ExplicitNames?.entries ?? [])
      .map(({ Function: named }) => [named?.source_name, named?.canonical_name]),
  );
  const lifecycle = new Set(
    sections.flatMap(({ LifeCycleReducers }) => LifeCycleReducers ?? []).map((each) => each.function_name),
  );
  const list = (kind: ServerFunction['kind'], functions: readonly JsonFunction[] = []) =>
    functions
      .map(({ source_name, params }) => ({
        name: names.get(source_name) ?? source_name,
        source_name,
        params,
      }))
      .filter(({ name, source_name }) => !lifecycle.has(name) && !lifecycle.has(source_name))
      .map(({ name, params: { elements } }): ServerFunction => ({
        name: prefix + name,
        kind,
        params: elements.map(({ algebraic_type }) => algebraic_type),
      }));
  return sections.flatMap(({ Reducers, Procedures, Submodules = [] }) => [
    ...list('reducer', Reducers),
    ...list('procedure', Procedures),
    ...Submodules.flatMap(({ namespace, module }) => functionsOf(module, `${prefix}${namespace}.`)),
  ]);
}
