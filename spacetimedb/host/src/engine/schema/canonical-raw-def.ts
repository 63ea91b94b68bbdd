/**
 * Module descriptions as the real server returns them: not the module's own description but the result of its
 * validation, with canonical names in the types and explicit names for everything named. Source:
 * `crates/schema/src/def.rs`, the conversions from `ModuleDef`. Where the server's order is arbitrary, as for tables,
 * ours is that of definition.
 */
import { compareStrings } from '../sats/compare.ts';
import type { ModuleDef, ScheduleDef, TableDef } from './module-def.ts';
import { Names } from './names.ts';
import type { RawModuleDefV9 } from './raw-module-def-v9.ts';
import {
  section,
  type RawExplicitNameEntry,
  type RawLifecycleReducerDef,
  type RawModuleDefSection,
  type RawModuleDefV10,
  type RawTableDef,
  type RawTypeDef,
} from './raw-module-def.ts';
import { viewReturn } from './special-types.ts';

/**
 * @param raw the module's own description
 * @param def the result of resolving `raw`
 */
export function canonicalV10(raw: RawModuleDefV10, def: ModuleDef): RawModuleDefV10 {
  const sections: RawModuleDefSection[] = [
    { tag: 'Types', value: canonicalTypes(raw, def) },
    { tag: 'Tables', value: canonicalTables(raw, def) },
    { tag: 'Reducers', value: withFinalVisibility(section(raw, 'Reducers') ?? [], def.reducers) },
    { tag: 'Procedures', value: withFinalVisibility(section(raw, 'Procedures') ?? [], def.procedures) },
    { tag: 'HttpHandlers', value: section(raw, 'HttpHandlers') ?? [] },
    {
      tag: 'HttpRoutes',
      value: (section(raw, 'HttpRoutes') ?? []).map((route, i) => ({
        ...route,
        handlerFunction: def.httpRoutes[i]?.handlerName ?? route.handlerFunction,
      })),
    },
    { tag: 'Views', value: section(raw, 'Views') ?? [] },
    { tag: 'ViewPrimaryKeys', value: viewPrimaryKeys(def) },
    { tag: 'Schedules', value: schedules(raw, def) },
    { tag: 'LifeCycleReducers', value: lifecycles(raw, def) },
    { tag: 'RowLevelSecurity', value: section(raw, 'RowLevelSecurity') ?? [] },
  ];
  const submodules = (section(raw, 'Submodules') ?? []).map(({ namespace, module }, i) => {
    const submodule = def.submodules[i]?.def;
    return { namespace, module: submodule ? canonicalV10(module, submodule) : module };
  });
  return {
    sections: [
      { tag: 'Typespace', value: def.typespace },
      ...sections.filter(({ value }) => Array.isArray(value) && value.length > 0),
      { tag: 'ExplicitNames', value: { entries: explicitNames(def) } },
      ...(submodules.length > 0 ? [{ tag: 'Submodules', value: submodules } as const] : []),
    ],
  };
}

/** The same in version 9, which has no event tables, HTTP handlers or submodules. */
export function canonicalV9(raw: RawModuleDefV10, def: ModuleDef): RawModuleDefV9 {
  const names = new Names(raw);
  const tables = canonicalTables(raw, def);
  const lifecycleOf = new Map(lifecycles(raw, def).map((item) => [item.functionName, item.lifecycleSpec]));
  const defaults = def.tables.flatMap(({ name, defaultValues }) =>
    [...defaultValues].map(([colId, value]) => ({
      tag: 'ColumnDefaultValue' as const,
      value: { table: name, colId, value },
    })),
  );
  const procedures = (section(raw, 'Procedures') ?? []).map(({ sourceName, params, returnType }) => ({
    tag: 'Procedure' as const,
    value: { name: names.function(sourceName), params, returnType },
  }));
  const views = (section(raw, 'Views') ?? []).map(({ sourceName, ...view }) => ({
    tag: 'View' as const,
    value: { name: names.function(sourceName), ...view },
  }));
  return {
    typespace: def.typespace,
    tables: def.tables
      .map((table, i) => tableV9(table, tables[i], names))
      .flatMap((table) => table ?? [])
      .sort(byName),
    reducers: (section(raw, 'Reducers') ?? []).map(({ sourceName, params }) => {
      const name = names.function(sourceName);
      return { name, params, lifecycle: lifecycleOf.get(name) };
    }),
    types: canonicalTypes(raw, def)
      .map(({ sourceName: { scope, sourceName: name }, ty, customOrdering }) => ({
        name: { scope, name },
        ty,
        customOrdering,
      }))
      .sort((a, b) => compareStrings(typeSortKey(a.name), typeSortKey(b.name))),
    miscExports: [...defaults, ...procedures, ...views],
    rowLevelSecurity: section(raw, 'RowLevelSecurity') ?? [],
  };
}

function byName(a: { name?: string | undefined }, b: { name?: string | undefined }): number {
  return compareStrings(a.name ?? '', b.name ?? '');
}

function tableV9(
  { name, indexes: resolved, schedule }: TableDef,
  table: RawTableDef | undefined,
  names: Names,
): RawModuleDefV9['tables'][number] | undefined {
  if (!table) return undefined;
  const { productTypeRef, primaryKey, indexes, constraints, sequences, tableType, tableAccess } = table;
  return {
    name,
    productTypeRef,
    primaryKey,
    indexes: indexes
      .map(({ accessorName, algorithm }, i) => ({ name: resolved[i]?.name, accessorName, algorithm }))
      .sort(byName),
    constraints: constraints.map(({ sourceName, data }) => ({ name: sourceName, data })).sort(byName),
    sequences: sequences.map(({ sourceName, ...rest }) => ({ name: sourceName, ...rest })).sort(byName),
    schedule: schedule && scheduleV9(schedule, names),
    tableType,
    tableAccess,
  };
}

function scheduleV9(
  { name, functionName, atColumn }: ScheduleDef,
  names: Names,
): NonNullable<RawModuleDefV9['tables'][number]['schedule']> {
  return { name, reducerName: names.function(functionName), scheduledAtColumn: atColumn };
}

function canonicalTypes(raw: RawModuleDefV10, def: ModuleDef): RawTypeDef[] {
  return (section(raw, 'Types') ?? []).map((type, i) => {
    const { name = type.sourceName.sourceName, scope = [] } = def.types[i] ?? {};
    return { ...type, sourceName: { scope: [...scope], sourceName: name } };
  });
}

function canonicalTables(raw: RawModuleDefV10, def: ModuleDef): RawTableDef[] {
  return (section(raw, 'Tables') ?? []).map((table, i) => ({
    ...table,
    constraints: (def.tables[i]?.uniqueConstraints ?? []).map(({ name, columns }) => ({
      sourceName: name,
      data: { tag: 'Unique', value: { columns: [...columns] } },
    })),
    sequences: table.sequences.map((sequence, j) => ({
      ...sequence,
      sourceName: def.tables[i]?.sequences[j]?.name,
    })),
  }));
}

function withFinalVisibility<T extends { visibility: { tag: 'Private' | 'ClientCallable' } }>(
  functions: readonly T[],
  resolved: readonly { readonly visibility: 'private' | 'client' }[],
): T[] {
  return functions.map((item, i) => ({
    ...item,
    visibility: { tag: resolved[i]?.visibility === 'private' ? 'Private' : 'ClientCallable' },
  }));
}

/**
 * Primary keys of views that return rows. A view that returns a query gets its key from its table when the
 * description is read.
 */
function viewPrimaryKeys(def: ModuleDef): { viewSourceName: string; columns: string[] }[] {
  return def.views.flatMap(({ sourceName, primaryKey, columns, returnType }) => {
    const column = primaryKey === undefined ? undefined : columns[primaryKey];
    const isQuery = viewReturn(returnType)?.kind === 'query';
    return column && !isQuery ? [{ viewSourceName: sourceName, columns: [column.name] }] : [];
  });
}

function schedules(
  raw: RawModuleDefV10,
  def: ModuleDef,
): { sourceName: string; tableName: string; scheduleAtCol: number; functionName: string }[] {
  const names = new Names(raw);
  return def.tables.flatMap(({ name: tableName, schedule }) =>
    schedule
      ? {
          sourceName: schedule.name,
          tableName,
          scheduleAtCol: schedule.atColumn,
          functionName: names.function(schedule.functionName),
        }
      : [],
  );
}

function lifecycles(raw: RawModuleDefV10, def: ModuleDef): RawLifecycleReducerDef[] {
  const names = new Names(raw);
  const reducers = new Set(def.reducers.map(({ name }) => name));
  const declared = (section(raw, 'LifeCycleReducers') ?? []).map(({ lifecycleSpec, functionName }) => ({
    lifecycleSpec,
    functionName: names.function(functionName),
  }));
  return (['Init', 'OnConnect', 'OnDisconnect'] as const).flatMap((tag) =>
    declared.filter(
      ({ lifecycleSpec, functionName }) => lifecycleSpec.tag === tag && reducers.has(functionName),
    ),
  );
}

function explicitNames(def: ModuleDef): RawExplicitNameEntry[] {
  const entries = (tag: 'Table' | 'Function', items: readonly { sourceName: string; name: string }[]) =>
    items.map(({ sourceName, name: canonicalName }): RawExplicitNameEntry => ({
      tag,
      value: { sourceName, canonicalName },
    }));
  return [
    ...entries('Table', def.tables),
    ...entries('Function', def.reducers),
    ...entries('Function', def.procedures),
    ...entries('Function', def.views),
  ];
}

/** Types without a scope come first. */
function typeSortKey({ scope, name }: { scope: readonly string[]; name: string }): string {
  return `${scope.join('\u0001')}\0${name}`;
}
