/**
 * Client bindings in TypeScript: exactly the files that `spacetime generate --lang typescript` of version 2.8.3
 * writes before a formatter runs. Source: `crates/codegen/src/{lib,typescript,util}.rs` of the real server.
 */
import type { ModuleDef } from '../../engine/schema/module-def.ts';
import { contentsOf, type Contents } from './contents.ts';
import { indexFile } from './index-file.ts';
import { procedureFile, reducerFile, rowFile, typesFile } from './item-files.ts';
import { procedureModule, reducerModule, tableModule } from './symbols.ts';
import { procedureTypesFile, reducerTypesFile } from './type-groups.ts';

export { GENERATED_BANNER } from './headers.ts';

export interface GenerateOptions {
  /** The version named in the bindings; the SDK refuses those below 1.4.0. */
  readonly cliVersion: string;
  /** The commit of that version; `unknown` by default. */
  readonly commit?: string;
  /** Generate the root module's private tables and functions too? No by default. */
  readonly includePrivate?: boolean;
}

/**
 * Generates the bindings of a module.
 * @returns the text of each file by its path in the bindings folder, with `/` between folders
 */
export function generateTypescript(def: ModuleDef, options: GenerateOptions): Map<string, string> {
  const { cliVersion, commit = 'unknown', includePrivate = false } = options;
  const [root, ...submodules] = contentsOf(def, includePrivate);
  return new Map([
    ['index.ts', indexFile(root, submodules, { cliVersion, commit })],
    ['types/reducers.ts', reducerTypesFile(root)],
    ['types/procedures.ts', procedureTypesFile(root)],
    ...[root, ...submodules].flatMap(ownFiles),
  ]);
}

/** The files in the folder of a module's namespace. */
function ownFiles(contents: Contents): [path: string, text: string][] {
  const { namespace, def, types, tables, views, reducers, procedures } = contents;
  const path = (module: string): string => `${[...namespace, module].join('/')}.ts`;
  return [
    [path('types'), typesFile(def, types)],
    ...[...tables, ...views].map(
      (item) => [path(tableModule(item.sourceName)), rowFile(item, types)] as [string, string],
    ),
    ...reducers.map(
      (item) => [path(reducerModule(item.sourceName)), reducerFile(item, types)] as [string, string],
    ),
    ...procedures.map(
      (item) => [path(procedureModule(item.sourceName)), procedureFile(item, types)] as [string, string],
    ),
  ];
}
