/**
 * Makes a `ModuleDef` from a module's description of itself. Source: `crates/schema/src/def/validate/v10.rs` of the
 * real server.
 */
import { ModuleDefError } from './errors.ts';
import type { ModuleDef, NamedTypeDef, ReducerDef, SubmoduleDef } from './module-def.ts';
import type { Typespace } from '../sats/typespace.ts';
import { Names } from './names.ts';
import {
  decodeRawModuleDef,
  section,
  type RawMethodOrAny,
  type RawModuleDefV10,
  type RawSubmodule,
} from './raw-module-def.ts';
import { findBrokenReferences } from './references.ts';
import { resolveTable } from './resolve-table.ts';
import { resolveView } from './resolve-view.ts';
import { findProblems } from './validate.ts';

/**
 * Decodes, names and validates the result of `__describe_module__`.
 *
 * References in types (`Ref`) stay references into `typespace`, also in columns and parameters; follow them with
 * `resolveType` of `../sats/type-shape.ts`. Lifecycle reducers and the targets of schedules become private. A view
 * that returns a query and has no primary key gets that of the table whose rows it returns.
 * @param bytes BSATN of the `RawModuleDef`
 * @throws {ModuleDefError} when the bytes are not a description of version 10, or the schema is invalid
 */
export function resolveModuleDef(bytes: Uint8Array): ModuleDef {
  return resolveRawModuleDef(decodeRawModuleDef(bytes));
}

/** Like `resolveModuleDef`, for a decoded description. */
export function resolveRawModuleDef(raw: RawModuleDefV10): ModuleDef {
  const names = new Names(raw);
  refuse(findBrokenReferences(raw, names));
  const def = build(raw, names);
  refuse(findProblems(raw, def));
  return def;
}

function refuse(problems: readonly string[]): void {
  if (problems.length > 0) throw new ModuleDefError([...new Set(problems)]);
}

function build(raw: RawModuleDefV10, names: Names): ModuleDef {
  const sourceTypespace: Typespace = { types: section(raw, 'Typespace')?.types ?? [] };
  const typespace = names.typespace(sourceTypespace);
  const scope = { raw, names, typespace, sourceTypespace };
  const tables = (section(raw, 'Tables') ?? []).map((table) => resolveTable(table, scope));
  const internal = internalFunctions(raw, names);
  const lifecycles = new Map(
    section(raw, 'LifeCycleReducers')?.map(({ lifecycleSpec, functionName }) => [
      names.function(functionName),
      LIFECYCLES[lifecycleSpec.tag],
    ]),
  );
  return {
    typespace,
    sourceTypespace,
    types: resolveTypes(raw, names),
    tables,
    reducers: (section(raw, 'Reducers') ?? []).map(({ sourceName, params, visibility }, id) => {
      const name = names.function(sourceName);
      return {
        id,
        name,
        sourceName,
        params: names.params(params),
        visibility: visibility.tag === 'Private' || internal.has(name) ? 'private' : 'client',
        lifecycle: lifecycles.get(name),
      };
    }),
    procedures: (section(raw, 'Procedures') ?? []).map(
      ({ sourceName, params, returnType, visibility }, id) => {
        const name = names.function(sourceName);
        return {
          id,
          name,
          sourceName,
          params: names.params(params),
          returnType,
          visibility: visibility.tag === 'Private' || internal.has(name) ? 'private' : 'client',
        };
      },
    ),
    views: (section(raw, 'Views') ?? []).map((view) => resolveView(view, tables, scope)),
    rowLevelSecurity: (section(raw, 'RowLevelSecurity') ?? []).map(({ sql }) => sql),
    httpHandlers: (section(raw, 'HttpHandlers') ?? []).map(({ sourceName }, id) => ({
      id,
      name: names.function(sourceName),
      sourceName,
    })),
    httpRoutes: (section(raw, 'HttpRoutes') ?? []).map(({ handlerFunction, method, path }) => ({
      handlerName: names.function(handlerFunction),
      method: methodName(method),
      path,
    })),
    submodules: (section(raw, 'Submodules') ?? []).map(resolveSubmodule),
  };
}

const LIFECYCLES = {
  Init: 'init',
  OnConnect: 'on_connect',
  OnDisconnect: 'on_disconnect',
} as const satisfies Record<string, NonNullable<ReducerDef['lifecycle']>>;

/** Canonical names of the functions that only the host calls, whatever visibility they declare. */
function internalFunctions(raw: RawModuleDefV10, names: Names): ReadonlySet<string> {
  const callers = [...(section(raw, 'Schedules') ?? []), ...(section(raw, 'LifeCycleReducers') ?? [])];
  return new Set(callers.map(({ functionName }) => names.function(functionName)));
}

function resolveTypes(raw: RawModuleDefV10, names: Names): NamedTypeDef[] {
  return (section(raw, 'Types') ?? []).map(({ sourceName: { scope, sourceName }, ty }) => ({
    name: names.type(sourceName),
    scope: scope.map((part) => names.type(part)),
    typeRef: ty,
  }));
}

function methodName(method: RawMethodOrAny): string | undefined {
  if (method.tag === 'Any') return undefined;
  return method.value.tag === 'Extension' ? method.value.value : method.value.tag.toUpperCase();
}

function resolveSubmodule({ namespace, module }: RawSubmodule): SubmoduleDef {
  try {
    return { namespace, def: resolveRawModuleDef(module) };
  } catch (error) {
    if (!(error instanceof ModuleDefError)) throw error;
    throw new ModuleDefError(error.problems.map((problem) => `In submodule \`${namespace}\`: ${problem}`));
  }
}
