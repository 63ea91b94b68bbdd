/** INSERT, UPDATE, DELETE and SET (`crates/expr/src/statement.rs`). */
import type { AlgebraicType, Identity } from 'spacetimedb';
import { SqlError } from './sql-error.ts';
import type { TableDef } from '../schema/module-def.ts';
import { withoutReferences } from '../sats/type-shape.ts';
import type { TableCatalog } from './catalog.ts';
import { Checker, findTable, readLiteral, unexpectedType } from './check.ts';
import { makeSelection } from './lookup.ts';
import type { DeletePlan, InsertPlan, Selection, Statement, UpdatePlan } from './plan.ts';
import { conjuncts } from './predicate.ts';
import type { SqlExpr, SqlStatement } from './restrict.ts';
import type { Literal } from './syntax.ts';

type Kind<Name extends SqlStatement['kind']> = SqlStatement & { kind: Name };

/** Values are in column order: only the number of named columns is checked, not the names. */
export function compileInsert(statement: Kind<'insert'>, catalog: TableCatalog): InsertPlan {
  const table = changeableTable(catalog, statement.table);
  const { columns, name } = table;
  if (statement.columnCount !== columns.length) {
    throw new SqlError(
      `The number of fields (${statement.columnCount}) in the INSERT does not match ` +
        `the number of columns (${columns.length}) of the table \`${name}\``,
    );
  }
  const rows = statement.rows.map((row) => {
    if (row.length !== columns.length) {
      throw new SqlError(
        `Inserting a row with ${row.length} values into \`${name}\` which has ${columns.length} fields`,
      );
    }
    return columns.map(({ type }, i) =>
      storedValue(row[i] as Literal, withoutReferences(type, catalog.typespace)),
    );
  });
  return { kind: 'insert', table, rows };
}

export function compileUpdate(
  statement: Kind<'update'>,
  catalog: TableCatalog,
  sender: Identity,
): UpdatePlan {
  const table = changeableTable(catalog, statement.table);
  const assignments = statement.assignments.map(({ column: name, value }) => {
    const column = table.columns.findIndex((each) => each.name === name || each.sourceName === name);
    const definition = table.columns[column];
    if (definition === undefined) {
      throw new SqlError(`\`${table.name}\` does not have a field \`${name}\``);
    }
    return { column, value: storedValue(value, withoutReferences(definition.type, catalog.typespace)) };
  });
  return { kind: 'update', ...compileTarget(statement, catalog, sender), assignments };
}

export function compileDelete(
  statement: Kind<'delete'>,
  catalog: TableCatalog,
  sender: Identity,
): DeletePlan {
  changeableTable(catalog, statement.table);
  return { kind: 'delete', ...compileTarget(statement, catalog, sender) };
}

export function compileSet({ variable, value }: Kind<'set'>): Statement {
  const name = checkVariable(variable);
  const expected: AlgebraicType = { tag: 'U64' };
  switch (value.kind) {
    case 'bool':
      throw unexpectedType(expected, { tag: 'Bool' });
    case 'string':
      throw unexpectedType(expected, { tag: 'String' });
    case 'hex':
      throw unexpectedType(expected, { tag: 'Array', value: { tag: 'U8' } });
    case 'number':
      return { kind: 'set', variable: name, value: readLiteral(value.value, expected) as bigint };
  }
}

/** @throws {SqlError} for any variable except `row_limit` */
export function checkVariable(name: string): 'row_limit' {
  if (name !== 'row_limit') throw new SqlError(`${name} is not a valid system variable`);
  return name;
}

function changeableTable(catalog: TableCatalog, name: string): TableDef {
  const table = findTable(catalog, name);
  if (catalog.isView?.(table) === true) {
    throw new SqlError(`\`${table.name}\` is a view; DML on views is not supported`);
  }
  return table;
}

function compileTarget(
  statement: { readonly table: string; readonly where: SqlExpr | undefined },
  catalog: TableCatalog,
  sender: Identity,
): Selection {
  const checker = new Checker(catalog, sender);
  const table = checker.addRelation(statement.table, statement.table);
  const conditions = statement.where === undefined ? [] : conjuncts(checker.condition(statement.where));
  return makeSelection(table, conditions);
}

/** Unlike in conditions, a quoted text is only a string here. */
function storedValue(literal: Literal, type: AlgebraicType): unknown {
  switch (literal.kind) {
    case 'bool':
      if (type.tag !== 'Bool') throw unexpectedType({ tag: 'Bool' }, type);
      return literal.value;
    case 'string':
      if (type.tag !== 'String') throw unexpectedType({ tag: 'String' }, type);
      return literal.value;
    default:
      return readLiteral(literal.value, type);
  }
}
