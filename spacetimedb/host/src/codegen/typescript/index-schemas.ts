import type { IndexDef, TableDef, UniqueConstraintDef } from '../../engine/schema/module-def.ts';
import type { CodeWriter } from './code-writer.ts';
import { invokable, wireName, type Contents } from './contents.ts';
import { sortedBy, type Field } from './scope.ts';
import { accessor, procedureSymbol, reducerSymbol, rowSymbol } from './symbols.ts';

/** The constants of `index.ts` that describe all tables, views, reducers and procedures. */
export function writeSchemas(out: CodeWriter, root: Contents, submodules: readonly Contents[]): void {
  const all = [root, ...submodules];
  out.line();
  out.line(
    '/** The schema information for all tables in this module. This is defined the same was as the tables would have been defined in the server. */',
  );
  out.block(
    'const tablesSchema = __schema({',
    () => {
      writeTableSchemas(out, root);
      writeViewSchemas(out, root);
      for (const submodule of submodules) writeTableSchemas(out, submodule);
      for (const submodule of submodules) writeViewSchemas(out, submodule);
    },
    '});',
  );

  out.line();
  out.line(
    '/** The schema information for all reducers in this module. This is defined the same way as the reducers would have been defined in the server, except the body of the reducer is omitted in code generation. */',
  );
  const reducers = all.flatMap(({ namespace, reducers: own }) =>
    invokable(own).map(
      ({ name, sourceName }) =>
        `__reducerSchema("${wireName(namespace, name)}", ${reducerSymbol(sourceName, namespace)}),`,
    ),
  );
  out.block('const reducersSchema = __reducers(', () => out.lines(reducers), ');');

  out.line();
  out.line(
    '/** The schema information for all procedures in this module. This is defined the same way as the procedures would have been defined in the server. */',
  );
  const procedures = all.flatMap(({ namespace, procedures: own }) =>
    own.map(({ name, sourceName }) => {
      const symbol = procedureSymbol(sourceName, namespace);
      return `__procedureSchema("${wireName(namespace, name)}", ${symbol}.params, ${symbol}.returnType),`;
    }),
  );
  out.block('const proceduresSchema = __procedures(', () => out.lines(procedures), ');');
}

function writeTableSchemas(out: CodeWriter, contents: Contents): void {
  for (const table of contents.tables) writeSchema(out, contents, table, table);
}

function writeViewSchemas(out: CodeWriter, contents: Contents): void {
  for (const view of contents.views) {
    writeSchema(out, contents, view, { indexes: [], uniqueConstraints: [], isEvent: false });
  }
}

interface Item {
  readonly name: string;
  readonly sourceName: string;
  readonly typeRef: number;
}

function writeSchema(
  out: CodeWriter,
  { namespace, types }: Contents,
  { name, sourceName, typeRef }: Item,
  { indexes, uniqueConstraints, isEvent }: Pick<TableDef, 'indexes' | 'uniqueConstraints' | 'isEvent'>,
): void {
  const onWire = wireName(namespace, name);
  const key = namespace.length === 0 ? accessor(sourceName) : `"${onWire}"`;
  const fields = types.rowFields(typeRef);
  out.block(
    `${key}: __table({`,
    () => {
      out.line(`name: '${onWire}',`);
      out.block('indexes: [', () => writeIndexes(out, indexes, fields), '],');
      out.block('constraints: [', () => writeConstraints(out, uniqueConstraints, fields), '],');
      if (isEvent) out.line('event: true,');
    },
    `}, ${rowSymbol(sourceName, namespace)}),`,
  );
}

/** Clients see every index as a B-tree. Indexes without an accessor are left out. */
function writeIndexes(out: CodeWriter, indexes: readonly IndexDef[], fields: readonly Field[]): void {
  for (const { name, accessorName, columns } of sortedBy(indexes, (index) => index.name)) {
    if (accessorName === undefined) continue;
    out.block(
      `{ accessor: '${accessorName}', name: '${name}', algorithm: 'btree', columns: [`,
      () => out.lines(keys(columns, fields).map((key) => `${key},`)),
      '] },',
    );
  }
}

function writeConstraints(
  out: CodeWriter,
  constraints: readonly UniqueConstraintDef[],
  fields: readonly Field[],
): void {
  for (const { name, columns } of sortedBy(constraints, (constraint) => constraint.name)) {
    out.line(`{ name: '${name}', constraint: 'unique', columns: [${keys(columns, fields).join(', ')}] },`);
  }
}

function keys(columns: readonly number[], fields: readonly Field[]): string[] {
  return columns.map((column) => `'${accessor(fields[column]?.name ?? '')}'`);
}
