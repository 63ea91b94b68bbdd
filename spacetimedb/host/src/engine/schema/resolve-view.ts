import type { TableDef, ViewDef } from './module-def.ts';
import { section, type RawViewDef } from './raw-module-def.ts';
import { resolveColumns, type ResolveScope } from './resolve-columns.ts';
import { viewReturn, type ViewReturn } from './special-types.ts';

/** Resolves the names and the primary key of a view. */
export function resolveView(view: RawViewDef, tables: readonly TableDef[], scope: ResolveScope): ViewDef {
  const returned = viewReturn(view.returnType);
  if (!returned) throw new TypeError(`view ${view.sourceName} returns no rows`);
  const columns = resolveColumns(returned.typeRef, scope);
  const declaredKey = section(scope.raw, 'ViewPrimaryKeys')?.find(
    ({ viewSourceName }) => viewSourceName === view.sourceName,
  )?.columns[0];
  const key = columns.findIndex(({ sourceName }) => sourceName === declaredKey);
  return {
    id: view.index,
    name: scope.names.function(view.sourceName),
    sourceName: view.sourceName,
    isPublic: view.isPublic,
    isAnonymous: view.isAnonymous,
    params: scope.names.params(view.params),
    returnType: view.returnType,
    typeRef: returned.typeRef,
    columns,
    primaryKey: key >= 0 ? key : inheritedKey(returned, tables),
  };
}

/** A view that returns a query has the primary key of the tables with its row type, if they agree on one. */
function inheritedKey({ kind, typeRef }: ViewReturn, tables: readonly TableDef[]): number | undefined {
  if (kind !== 'query') return undefined;
  const sources = tables.filter((table) => table.typeRef === typeRef);
  const keys = new Set(sources.flatMap(({ primaryKey }) => primaryKey ?? []));
  return keys.size === 1 ? [...keys][0] : undefined;
}
