import type { CodeWriter } from './code-writer.ts';
import { invokable, type Contents } from './contents.ts';
import { sortedBy } from './scope.ts';
import {
  procedureModule,
  procedureSymbol,
  reducerModule,
  reducerSymbol,
  rowSymbol,
  tableModule,
} from './symbols.ts';

/** The imports of `index.ts` from the other generated files. */
export function writeIndexImports(out: CodeWriter, root: Contents, submodules: readonly Contents[]): void {
  writeGroup(out, '// Import all reducer arg schemas', reducerImports(root));
  writeGroup(out, '// Import all procedure arg schemas', procedureImports(root));
  const rows = sortedBy([...root.tables, ...root.views], ({ sourceName }) => sourceName);
  writeGroup(out, '// Import all table schema definitions', rowImports(root, rows));

  const groups = [
    [
      '// Import namespace table schema definitions',
      [
        ...submodules.flatMap((submodule) => rowImports(submodule, submodule.tables)),
        ...submodules.flatMap((submodule) => rowImports(submodule, submodule.views)),
      ],
    ],
    ['// Import namespace reducer arg schemas', submodules.flatMap(reducerImports)],
    ['// Import namespace procedure arg schemas', submodules.flatMap(procedureImports)],
  ] as const;
  for (const [comment, imports] of groups) {
    if (imports.length > 0) writeGroup(out, comment, imports);
  }
}

function writeGroup(out: CodeWriter, comment: string, imports: readonly string[]): void {
  out.line().line(comment).lines(imports);
}

function rowImports({ namespace }: Contents, items: readonly { readonly sourceName: string }[]): string[] {
  return items.map(
    ({ sourceName }) =>
      `import ${rowSymbol(sourceName, namespace)} from "${path(namespace, tableModule(sourceName))}";`,
  );
}

function reducerImports({ namespace, reducers }: Contents): string[] {
  return invokable(reducers).map(
    ({ sourceName }) =>
      `import ${reducerSymbol(sourceName, namespace)} from "${path(namespace, reducerModule(sourceName))}";`,
  );
}

function procedureImports({ namespace, procedures }: Contents): string[] {
  return procedures.map(
    ({ sourceName }) =>
      `import * as ${procedureSymbol(sourceName, namespace)} from "${path(namespace, procedureModule(sourceName))}";`,
  );
}

function path(namespace: readonly string[], module: string): string {
  return ['.', ...namespace, module].join('/');
}
