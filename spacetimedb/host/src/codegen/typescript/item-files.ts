/** The files for each table, view, reducer and procedure, and the file of all named types. */
import { toCase } from '../../engine/schema/case-conversion.ts';
import type {
  ModuleDef,
  ProcedureDef,
  ReducerDef,
  TableDef,
  ViewDef,
} from '../../engine/schema/module-def.ts';
import { CodeWriter } from './code-writer.ts';
import { writeTypesHeader } from './headers.ts';
import { sortedBy, typeSymbol, type Field, type TypeScope } from './scope.ts';
import { typeBuilder, writeFields, writeTypeImports } from './type-builders.ts';

/** The row type of a table or view. */
export function rowFile({ typeRef, columns, primaryKey }: TableDef | ViewDef, types: TypeScope): string {
  const fields = types.rowFields(typeRef);
  const out = new CodeWriter();
  writeTypesHeader(out);
  writeTypeImports(out, usesOf(fields), types);
  out.line();
  const suffix = (position: number, key: string): string => {
    const canonical = columns[position]?.name;
    const isNamedOtherwise = canonical !== undefined && canonical !== key;
    return `${position === primaryKey ? '.primaryKey()' : ''}${isNamedOtherwise ? `.name("${canonical}")` : ''}`;
  };
  out.block('export default __t.row({', () => writeFields(out, fields, types, { suffix }), '});');
  return out.toString();
}

/** The parameters of a reducer. */
export function reducerFile({ params }: ReducerDef, types: TypeScope): string {
  const fields = types.fields(params.elements);
  const out = new CodeWriter();
  writeTypesHeader(out);
  out.line();
  writeTypeImports(out, usesOf(fields), types);
  if (fields.length === 0) out.line('export default {};');
  else out.block('export default {', () => writeFields(out, fields, types), '};');
  return out.toString();
}

/** The parameters and return type of a procedure. The real generator ends this file without a line break. */
export function procedureFile({ params, returnType }: ProcedureDef, types: TypeScope): string {
  const fields = types.fields(params.elements);
  const returned = types.use(returnType);
  const out = new CodeWriter();
  writeTypesHeader(out);
  out.line();
  writeTypeImports(out, [...usesOf(fields), returned], types);
  out.block('export const params = {', () => writeFields(out, fields, types), '};');
  return `${out}export const returnType = ${typeBuilder(returned, types)}`;
}

/** All named types, except those named after a reducer's parameters. */
export function typesFile(def: ModuleDef, types: TypeScope): string {
  const out = new CodeWriter();
  writeTypesHeader(out);
  out.line();
  const reducers = new Set(def.reducers.map(({ sourceName }) => toCase(sourceName, 'pascal')));
  // Types without a scope come first, because no identifier has a character that sorts before the separator.
  const sorted = sortedBy(def.types, ({ scope, name }) => [scope.join('\x01'), name].join('\0'));
  for (const type of sorted) {
    const symbol = typeSymbol(type);
    if (reducers.has(symbol)) continue;
    const definition = types.definition(type.typeRef);
    if (definition.kind === 'product') writeProduct(out, symbol, definition.fields, types);
    else writeSum(out, symbol, definition.variants, types);
    out.line(`export type ${symbol} = __Infer<typeof ${symbol}>;`).line();
  }
  return out.toString();
}

function writeProduct(out: CodeWriter, symbol: string, fields: readonly Field[], types: TypeScope): void {
  const open = `export const ${symbol} = __t.object("${symbol}", {`;
  if (fields.length === 0) out.line(`${open}});`);
  else out.block(open, () => writeFields(out, fields, types), '});');
}

function writeSum(out: CodeWriter, symbol: string, variants: readonly Field[], types: TypeScope): void {
  out.line(`// The tagged union or sum type for the algebraic type \`${symbol}\`.`);
  // The SDK's own sum of this name is recursive, and only a declared type ends the recursion.
  const declared =
    symbol === 'AlgebraicType' ? ': __TypeBuilder<__AlgebraicTypeType, __AlgebraicTypeType>' : '';
  const key = (name: string): string => toCase(name, 'pascal');
  out.block(
    `export const ${symbol}${declared} = __t.enum("${symbol}", {`,
    () => writeFields(out, variants, types, { key }),
    '});',
  );
}

function usesOf(fields: readonly Field[]): Field['use'][] {
  return fields.map(({ use }) => use);
}
