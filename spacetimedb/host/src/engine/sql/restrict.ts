/**
 * Converts the parser's syntax to what the server supports, and refuses the rest with the server's messages
 * (`crates/sql-parser/src/parser`).
 */
import { SqlError } from './sql-error.ts';
import {
  printExpr,
  printQuery,
  printQueryBody,
  printSelect,
  printSet,
  printTableFactor,
  printTableWithJoins,
} from './print.ts';
import { parseStatements } from './statement-parser.ts';
import type {
  Expr,
  Join,
  Literal,
  ObjectName,
  Query,
  Select,
  SelectItem,
  StatementSyntax,
  TableFactor,
  TableWithJoins,
} from './syntax.ts';

export type CompareOperator = '=' | '<>' | '<' | '<=' | '>' | '>=';

export interface ColumnName {
  readonly kind: 'column';
  /** The table or alias before the dot. */
  readonly table: string | undefined;
  readonly name: string;
}

export type SqlExpr =
  | { readonly kind: 'literal'; readonly literal: Literal }
  | { readonly kind: 'sender' }
  | ColumnName
  | {
      readonly kind: 'compare';
      readonly operator: CompareOperator;
      readonly left: SqlExpr;
      readonly right: SqlExpr;
    }
  | { readonly kind: 'and' | 'or'; readonly left: SqlExpr; readonly right: SqlExpr };

interface SqlRelation {
  readonly table: string;
  readonly alias: string;
}

interface SqlJoin {
  readonly relation: SqlRelation;
  readonly on: { readonly left: ColumnName; readonly right: ColumnName } | undefined;
}

type SqlProjection =
  | { readonly kind: 'star'; readonly of: string | undefined }
  | {
      readonly kind: 'columns';
      readonly columns: readonly { readonly column: ColumnName; readonly alias: string }[];
    }
  | { readonly kind: 'count'; readonly alias: string };

export interface SqlSelect {
  readonly projection: SqlProjection;
  readonly from: SqlRelation;
  readonly joins: readonly SqlJoin[];
  readonly where: SqlExpr | undefined;
  /** The number after LIMIT, as written. */
  readonly limit: string | undefined;
}

export type SqlStatement =
  | { readonly kind: 'select'; readonly select: SqlSelect }
  | {
      readonly kind: 'insert';
      readonly table: string;
      readonly columnCount: number;
      readonly rows: readonly (readonly Literal[])[];
    }
  | {
      readonly kind: 'update';
      readonly table: string;
      readonly assignments: readonly { readonly column: string; readonly value: Literal }[];
      readonly where: SqlExpr | undefined;
    }
  | { readonly kind: 'delete'; readonly table: string; readonly where: SqlExpr | undefined }
  | { readonly kind: 'set'; readonly variable: string; readonly value: Literal }
  | { readonly kind: 'show'; readonly variable: string };

/** The maximum depth of an expression. A chain of n ANDs has depth n. */
const MAX_EXPRESSION_DEPTH = 1600;

/** @throws {SqlError} when the text is not one SELECT of the subscription language */
export function parseSubscriptionSyntax(sql: string): SqlSelect {
  const statement = onlyStatement(sql);
  if (statement.kind !== 'query') throw new SqlError('Unsupported: Non-SELECT queries');
  const { query } = statement;
  if (query.orderBy !== '' || query.limit !== undefined || query.tail !== '')
    throw unsupported(printQuery(query));
  const { body } = query;
  if (body.kind !== 'select') throw new SqlError(`Unsupported set operation: ${printQueryBody(body)}`);
  const { select } = body;
  if (select.modifier !== '' || select.tail !== '') {
    throw new SqlError(`Unsupported SELECT: ${printSelect(select)}`);
  }
  const source = restrictFrom(select.from);
  const where = restrictWhere(select.where);
  return checkQualified({
    projection: restrictProjection(select.projection),
    ...source,
    where,
    limit: undefined,
  });
}

/** @throws {SqlError} when the text is not one statement that the server supports */
export function parseStatementSyntax(sql: string): SqlStatement {
  const statement = onlyStatement(sql);
  switch (statement.kind) {
    case 'query':
      return { kind: 'select', select: restrictQuery(statement.query) };
    case 'insert':
      return {
        kind: 'insert',
        table: nameText(statement.table),
        columnCount: statement.columns.length,
        rows: restrictValues(statement.source),
      };
    case 'update':
      return {
        kind: 'update',
        table: nameText(statement.table),
        assignments: statement.assignments.map(({ column, value }) => ({
          column: nameText(column),
          value: restrictLiteral(value, 'Unsupported column/variable assignment expression'),
        })),
        where: restrictWhere(statement.where),
      };
    case 'delete':
      return { kind: 'delete', table: deleteTarget(statement.from), where: restrictWhere(statement.where) };
    case 'set':
      return restrictSet(statement);
    case 'show':
      return { kind: 'show', variable: nameText(statement.variable) };
    case 'other':
      throw unsupported(statement.text);
  }
}

function onlyStatement(sql: string): StatementSyntax {
  const [statement, ...more] = parseStatements(sql);
  if (more.length > 0) throw new SqlError('Multiple SQL statements are not supported');
  if (statement === undefined) throw new SqlError('Empty SQL query');
  return statement;
}

function unsupported(text: string): SqlError {
  return new SqlError(`Unsupported: ${text}`);
}

/** A name of several parts is one name with dots, like the tables of a namespace. */
function nameText(name: ObjectName): string {
  return name.map((part) => part.value).join('.');
}

function restrictQuery(query: Query): SqlSelect {
  const { body, limit } = query;
  const limitIsNumber = limit === undefined || (limit.kind === 'literal' && limit.literal.kind === 'number');
  if (query.orderBy !== '' || query.tail !== '' || !limitIsNumber) throw unsupported(printQuery(query));
  if (body.kind !== 'select') throw unsupported(printQueryBody(body));
  const { select } = body;
  if (select.modifier !== '' || select.tail !== '') throw unsupported(printSelect(select));
  return checkQualified({
    projection: restrictProjection(select.projection),
    ...restrictFrom(select.from),
    where: restrictWhere(select.where),
    limit: limit?.kind === 'literal' && limit.literal.kind === 'number' ? limit.literal.value : undefined,
  });
}

function restrictFrom(from: Select['from']): Pick<SqlSelect, 'from' | 'joins'> {
  const [first, ...more] = from;
  if (first === undefined) throw new SqlError('A FROM clause is required');
  if (more.length > 0) throw new SqlError('Implicit joins are not supported');
  return { from: restrictRelation(first.relation), joins: first.joins.map(restrictJoin) };
}

function restrictRelation(factor: TableFactor): SqlRelation {
  if (factor.kind === 'other' || factor.extra !== '') {
    throw new SqlError(`Unsupported FROM expression: ${printTableFactor(factor)}`);
  }
  const table = nameText(factor.name);
  return { table, alias: factor.alias?.value ?? table };
}

function restrictJoin(join: Join): SqlJoin {
  const relation = restrictRelation(join.relation);
  if (join.kind === 'other') throw new SqlError('Non-inner joins are not supported');
  const { on } = join;
  if (on === undefined) return { relation, on: undefined };
  if (on.kind !== 'binary' || on.operator !== '=' || on.left.kind !== 'name' || on.right.kind !== 'name') {
    throw new SqlError('Non-inner joins are not supported');
  }
  return { relation, on: { left: columnName(on.left.parts), right: columnName(on.right.parts) } };
}

function columnName(parts: ObjectName): ColumnName {
  const table = parts.length > 1 ? nameText(parts.slice(0, -1)) : undefined;
  return { kind: 'column', table, name: parts.at(-1)?.value ?? '' };
}

function restrictProjection(items: readonly SelectItem[]): SqlProjection {
  const [item] = items;
  if (items.length === 1 && item !== undefined) {
    if (item.kind === 'wildcard') {
      return { kind: 'star', of: item.of === undefined ? undefined : nameText(item.of) };
    }
    if (item.expr.kind === 'call') {
      if (item.alias === undefined) throw new SqlError('Aggregate expressions must have column aliases');
      if (!item.expr.countsAll) throw new SqlError(`Unsupported aggregate function: ${item.expr.text}`);
      return { kind: 'count', alias: item.alias.value };
    }
  }
  return { kind: 'columns', columns: items.map(restrictColumnItem) };
}

function restrictColumnItem(item: SelectItem): { column: ColumnName; alias: string } {
  if (item.kind === 'wildcard') throw new SqlError('Mixed wildcard projections are not supported');
  if (item.expr.kind !== 'name') {
    throw new SqlError(`Unsupported projection expression: ${printExpr(item.expr)}`);
  }
  const column = columnName(item.expr.parts);
  return { column, alias: item.alias?.value ?? column.name };
}

function restrictWhere(where: Expr | undefined): SqlExpr | undefined {
  return where === undefined ? undefined : restrictExpr(where, 0);
}

function restrictExpr(expr: Expr, depth: number): SqlExpr {
  if (depth > MAX_EXPRESSION_DEPTH) {
    throw new SqlError('Recursion limit exceeded, `sql-parser::parse_expr`');
  }
  switch (expr.kind) {
    case 'nested':
      return restrictExpr(expr.inner, depth + 1);
    case 'sender':
      return expr;
    case 'name':
      return columnName(expr.parts);
    case 'signed':
      return { kind: 'literal', literal: signedLiteral(expr, 'Unsupported expression') };
    case 'literal':
    case 'foreign':
      return { kind: 'literal', literal: restrictLiteral(expr, 'Unsupported expression') };
    case 'binary': {
      const left = restrictExpr(expr.left, depth + 1);
      const right = restrictExpr(expr.right, depth + 1);
      if (expr.operator === 'AND') return { kind: 'and', left, right };
      if (expr.operator === 'OR') return { kind: 'or', left, right };
      return { kind: 'compare', operator: compareOperator(expr.operator), left, right };
    }
    default:
      throw new SqlError(`Unsupported expression: ${printExpr(expr)}`);
  }
}

function compareOperator(operator: string): CompareOperator {
  switch (operator) {
    case '=':
    case '<>':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return operator;
    default:
      throw new SqlError(`Unsupported binary operator: ${operator}`);
  }
}

/** @param refusal the start of the error when this is not a literal */
function restrictLiteral(expr: Expr, refusal: string): Literal {
  switch (expr.kind) {
    case 'literal':
      return expr.literal;
    case 'foreign':
    case 'sender':
      throw new SqlError(`Unsupported literal expression: ${printExpr(expr)}`);
    case 'signed':
      return signedLiteral(expr, refusal);
    default:
      throw new SqlError(`${refusal}: ${printExpr(expr)}`);
  }
}

function signedLiteral(expr: Expr & { kind: 'signed' }, refusal: string): Literal {
  const { sign, operand } = expr;
  if (operand.kind !== 'literal' || operand.literal.kind !== 'number') {
    throw new SqlError(`${refusal}: ${printExpr(expr)}`);
  }
  return { kind: 'number', value: sign + operand.literal.value };
}

function restrictValues(source: Query): readonly (readonly Literal[])[] {
  const { body } = source;
  if (body.kind !== 'values' || source.orderBy !== '' || source.limit !== undefined || source.tail !== '') {
    throw new SqlError(`Unsupported INSERT expression: ${printQuery(source)}`);
  }
  return body.rows.map((row) => row.map((value) => restrictLiteral(value, 'Unsupported INSERT value')));
}

function deleteTarget(from: readonly TableWithJoins[]): string {
  const [target, ...more] = from;
  if (target === undefined || more.length > 0) throw new SqlError('Multi-table DELETE is not supported');
  const { relation, joins } = target;
  if (
    relation.kind === 'other' ||
    relation.extra !== '' ||
    relation.alias !== undefined ||
    joins.length > 0
  ) {
    throw new SqlError(`Unsupported table expression in DELETE: ${printTableWithJoins(target)}`);
  }
  return nameText(relation.name);
}

function restrictSet(statement: StatementSyntax & { kind: 'set' }): SqlStatement {
  const [value, ...more] = statement.values;
  if (value === undefined || more.length > 0)
    throw unsupported(printSet(statement.variable, statement.values));
  return {
    kind: 'set',
    variable: nameText(statement.variable),
    value: restrictLiteral(value, 'Unsupported column/variable assignment expression'),
  };
}

/** With a join, every column needs a table prefix. */
function checkQualified(select: SqlSelect): SqlSelect {
  if (select.joins.length === 0) return select;
  const columns = [
    ...select.joins.flatMap(({ on }) => (on === undefined ? [] : [on.left, on.right])),
    ...(select.projection.kind === 'columns' ? select.projection.columns.map(({ column }) => column) : []),
    ...(select.where === undefined ? [] : columnsOf(select.where)),
  ];
  if (columns.some((column) => column.table === undefined)) {
    throw new SqlError('Names must be qualified when using joins');
  }
  return select;
}

function* columnsOf(expr: SqlExpr): Generator<ColumnName> {
  const pending = [expr];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next.kind === 'column') yield next;
    else if ('left' in next) pending.push(next.left, next.right);
  }
}
