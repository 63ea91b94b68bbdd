import { identifierProblem } from './identifier.ts';
import type { ModuleDef } from './module-def.ts';
import { section, type RawModuleDefV10 } from './raw-module-def.ts';
import { isUnit } from './special-types.ts';

/** Finds problems with reducers, procedures and views. */
export function functionProblems(raw: RawModuleDefV10, def: ModuleDef): string[] {
  return [
    ...nameProblems(def),
    ...reducerReturnProblems(raw),
    ...lifecycleProblems(raw, def),
    ...viewPrimaryKeyProblems(raw, def),
  ];
}

function nameProblems(def: ModuleDef): string[] {
  const problems: string[] = [];
  const seen = new Set<string>();
  const check = (name: string, item: string): void => {
    const problem = identifierProblem(name);
    if (problem) problems.push(`${item} ${problem}.`);
  };
  for (const { name, sourceName, params } of [...def.reducers, ...def.procedures, ...def.views]) {
    for (const candidate of new Set([sourceName, name]))
      check(candidate, `The function name \`${candidate}\``);
    if (seen.has(name)) {
      problems.push(`The name \`${name}\` is used for more than one reducer, procedure or view.`);
    }
    seen.add(name);
    for (const { name: param = '' } of params.elements) {
      check(param, `The parameter name \`${param}\` of \`${sourceName}\``);
    }
  }
  for (const { sourceName, columns } of def.views) {
    for (const column of columns) {
      check(column.sourceName, `The column name \`${column.sourceName}\` of view \`${sourceName}\``);
    }
  }
  return problems;
}

function reducerReturnProblems(raw: RawModuleDefV10): string[] {
  return (section(raw, 'Reducers') ?? [])
    .filter(({ okReturnType, errReturnType }) => !isUnit(okReturnType) || errReturnType.tag !== 'String')
    .map(({ sourceName }) => `Reducer \`${sourceName}\` must return nothing, and fail with a string.`);
}

function lifecycleProblems(raw: RawModuleDefV10, def: ModuleDef): string[] {
  const problems: string[] = [];
  const events = new Set<string>();
  const reducers = new Set<string>();
  for (const { lifecycleSpec, functionName } of section(raw, 'LifeCycleReducers') ?? []) {
    if (events.has(lifecycleSpec.tag)) {
      problems.push(`The lifecycle event ${lifecycleSpec.tag} has more than one reducer.`);
    }
    events.add(lifecycleSpec.tag);
    const reducer = def.reducers.find(({ sourceName, name }) => [sourceName, name].includes(functionName));
    if (reducer && reducers.has(reducer.name)) {
      problems.push(`Reducer \`${functionName}\` is used for more than one lifecycle event.`);
    }
    if (reducer) reducers.add(reducer.name);
  }
  return problems;
}

function viewPrimaryKeyProblems(raw: RawModuleDefV10, def: ModuleDef): string[] {
  const problems: string[] = [];
  const seen = new Set<string>();
  for (const { viewSourceName, columns } of section(raw, 'ViewPrimaryKeys') ?? []) {
    const item = `View \`${viewSourceName}\``;
    if (seen.has(viewSourceName)) problems.push(`${item} has more than one primary key.`);
    seen.add(viewSourceName);
    if (columns.length > 1) problems.push(`${item} has a primary key of more than one column.`);
    const view = def.views.find(({ sourceName }) => sourceName === viewSourceName);
    if (!view && columns.length > 0) problems.push(`${item} has a primary key but does not exist.`);
    const [column] = columns;
    if (view && column !== undefined && !view.columns.some(({ sourceName }) => sourceName === column)) {
      problems.push(`${item} has no column \`${column}\`, which its primary key names.`);
    }
  }
  return problems;
}
