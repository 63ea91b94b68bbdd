/** Prints syntax like sqlparser, because errors quote unsupported syntax. */
import type {
  Expr,
  Ident,
  Join,
  ObjectName,
  Query,
  QueryBody,
  Select,
  SelectItem,
  TableFactor,
  TableWithJoins,
} from './syntax.ts';

function printIdent(ident: Ident): string {
  const { value, quote } = ident;
  return quote === undefined ? value : quote + value.replaceAll(quote, quote + quote) + quote;
}

export function printName(name: ObjectName): string {
  return name.map(printIdent).join('.');
}

export function printExpr(expr: Expr): string {
  // Chains of AND and OR are nested on the left and may be thousands long, so that side is a loop.
  let tail = '';
  let current = expr;
  while (current.kind === 'binary') {
    tail = ` ${current.operator} ${printExpr(current.right)}${tail}`;
    current = current.left;
  }
  return printOperand(current) + tail;
}

function printOperand(expr: Exclude<Expr, { kind: 'binary' }>): string {
  switch (expr.kind) {
    case 'sender':
      return ':sender';
    case 'name':
      return printName(expr.parts);
    case 'nested':
      return `(${printExpr(expr.inner)})`;
    case 'signed':
      return expr.sign + printExpr(expr.operand);
    default:
      return expr.text;
  }
}

function printSelectItem(item: SelectItem): string {
  if (item.kind === 'wildcard') return item.of === undefined ? '*' : `${printName(item.of)}.*`;
  return item.alias === undefined
    ? printExpr(item.expr)
    : `${printExpr(item.expr)} AS ${printIdent(item.alias)}`;
}

export function printTableFactor(factor: TableFactor): string {
  if (factor.kind === 'other') return factor.text;
  const alias = factor.alias === undefined ? '' : ` AS ${printIdent(factor.alias)}`;
  return printName(factor.name) + factor.extra + alias;
}

function printJoin(join: Join): string {
  if (join.kind === 'other') return ` ${join.text}`;
  const on = join.on === undefined ? '' : ` ON ${printExpr(join.on)}`;
  return ` ${join.cross ? 'CROSS JOIN' : 'JOIN'} ${printTableFactor(join.relation)}${on}`;
}

export function printTableWithJoins(from: TableWithJoins): string {
  return printTableFactor(from.relation) + from.joins.map(printJoin).join('');
}

export function printSelect(select: Select): string {
  const parts = ['SELECT'];
  if (select.modifier !== '') parts.push(select.modifier);
  parts.push(select.projection.map(printSelectItem).join(', '));
  if (select.from.length > 0) parts.push(`FROM ${select.from.map(printTableWithJoins).join(', ')}`);
  if (select.where !== undefined) parts.push(`WHERE ${printExpr(select.where)}`);
  if (select.tail !== '') parts.push(select.tail);
  return parts.join(' ');
}

export function printQueryBody(body: QueryBody): string {
  switch (body.kind) {
    case 'select':
      return printSelect(body.select);
    case 'values':
      return `VALUES ${body.rows.map((row) => `(${row.map(printExpr).join(', ')})`).join(', ')}`;
    case 'other':
      return body.text;
  }
}

export function printQuery(query: Query): string {
  const parts = [printQueryBody(query.body)];
  if (query.orderBy !== '') parts.push(query.orderBy);
  if (query.limit !== undefined) parts.push(`LIMIT ${printExpr(query.limit)}`);
  if (query.tail !== '') parts.push(query.tail);
  return parts.join(' ');
}

export function printSet(variable: ObjectName, values: readonly Expr[]): string {
  return `SET ${printName(variable)} = ${values.map(printExpr).join(', ')}`;
}
