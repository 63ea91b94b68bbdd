/**
 * Checks whether a module's schema is valid, as the real server does when a module is published
 * (`crates/schema/src/def/validate`). The rules of row-level security are checked in `row-security/rules.ts`.
 */
import { identifierProblem } from './identifier.ts';
import type { ModuleDef } from './module-def.ts';
import type { RawModuleDefV10 } from './raw-module-def.ts';
import { functionProblems } from './validate-functions.ts';
import { httpProblems } from './validate-http.ts';
import { tableProblems } from './validate-tables.ts';
import { typeProblems } from './validate-types.ts';

export { ModuleDefError } from './errors.ts';

/**
 * @param raw with verified references
 * @param def the result of resolving `raw`
 * @returns one sentence per problem, which names the item; empty if the schema is valid
 */
export function findProblems(raw: RawModuleDefV10, def: ModuleDef): string[] {
  return [
    ...typeProblems(raw, def),
    ...tableProblems(raw, def),
    ...functionProblems(raw, def),
    ...httpProblems(def),
    ...globalNameProblems(def),
    ...submoduleProblems(def),
  ];
}

/**
 * Lists the features that the module uses but this host does not support, one sentence each. Such a module is
 * well-formed; the caller decides what to do with it.
 */
export function unsupportedFeatures(def: ModuleDef): string[] {
  return [
    ...def.views
      .filter(({ params }) => params.elements.length > 0)
      .map(({ name }) => `View \`${name}\` has parameters, which this host cannot pass to it.`),
    ...def.submodules.flatMap(({ namespace, def: submodule }) => [
      ...(submodule.rowLevelSecurity.length === 0
        ? []
        : [
            `Submodule \`${namespace}\` declares row-level security, which SpacetimeDB would ignore: declare it in the root module.`,
          ]),
      ...unsupportedFeatures(submodule),
    ]),
  ];
}

/** Tables, indexes, constraints, sequences, schedules and views share one namespace for their source names. */
function globalNameProblems(def: ModuleDef): string[] {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  const claim = (...names: string[]): void => {
    for (const name of new Set(names)) (seen.has(name) ? repeated : seen).add(name);
  };
  for (const table of def.tables) {
    claim(table.sourceName, table.name);
    for (const index of table.indexes) claim(index.sourceName, index.name);
    for (const { name } of [...table.uniqueConstraints, ...table.sequences]) claim(name);
    if (table.schedule) claim(table.schedule.name);
  }
  for (const view of def.views) claim(view.name);
  return [...repeated].map((name) => `The name \`${name}\` is used for more than one thing.`);
}

/** The maximum length of a PostgreSQL identifier. */
const MAX_NAMESPACE_BYTES = 63;

function submoduleProblems(def: ModuleDef): string[] {
  const problems: string[] = [];
  const seen = new Set<string>();
  for (const { namespace, def: submodule } of def.submodules) {
    const item = `Submodule \`${namespace}\``;
    const badName = identifierProblem(namespace);
    if (badName) problems.push(`${item} has a namespace that ${badName}.`);
    if (new TextEncoder().encode(namespace).length > MAX_NAMESPACE_BYTES) {
      problems.push(`${item} has a namespace of more than ${MAX_NAMESPACE_BYTES} bytes.`);
    }
    if (seen.has(namespace))
      problems.push(`The namespace \`${namespace}\` is used for more than one submodule.`);
    seen.add(namespace);
    for (const { name, lifecycle } of submodule.reducers) {
      if (lifecycle)
        problems.push(`${item} declares the lifecycle reducer \`${name}\`, which only the root module may.`);
    }
  }
  return problems;
}
