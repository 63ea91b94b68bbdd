/** Compiles conditions to closures over rows, because they run for every subscription and every changed row. */
import type { AlgebraicType } from 'spacetimedb';
import type { Row } from '../datastore/row.ts';
import { compareBytes, compareStrings, makeComparator, type Comparator } from '../sats/compare.ts';
import { isBytes, specialField } from '../sats/type-shape.ts';
import type { TypedColumn, TypedExpr } from './check.ts';
import type { CompareOperator } from './restrict.ts';

export type RowPredicate = (row: Row) => boolean;
export type TuplePredicate = (rows: readonly Row[]) => boolean;

/** Evaluates a part of an expression. Identities and the like evaluate to their number. */
type Operand<Input> = (input: Input) => unknown;
type ColumnReader<Input> = (column: TypedColumn) => Operand<Input>;

/** The operands of a tree of ANDs, from left to right. */
export function conjuncts(expr: TypedExpr | undefined): TypedExpr[] {
  return expr === undefined ? [] : flatten(expr, 'and');
}

/** The tables in FROM that an expression mentions. */
export function relationsOf(expr: TypedExpr): Set<number> {
  const relations = new Set<number>();
  const pending = [expr];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next.kind === 'column') relations.add(next.relation);
    else if ('left' in next) pending.push(next.left, next.right);
  }
  return relations;
}

/** Compiles conditions on one table to a predicate that is true if all of them are. */
export function compileRowPredicate(conditions: readonly TypedExpr[]): RowPredicate {
  const readColumn: ColumnReader<Row> = ({ column, type }) => {
    const field = wrappedField(type);
    if (field === undefined) return (row) => row.columns[column];
    return (row) => (row.columns[column] as Fields)[field];
  };
  return every(conditions.map((condition) => compileCondition(condition, readColumn)));
}

/** Compiles conditions on several tables to a predicate that takes one row of each table in FROM. */
export function compileTuplePredicate(conditions: readonly TypedExpr[]): TuplePredicate {
  const readColumn: ColumnReader<readonly Row[]> = ({ relation, column, type }) => {
    const field = wrappedField(type);
    if (field === undefined) return (rows) => rows[relation]?.columns[column];
    return (rows) => (rows[relation]?.columns[column] as Fields)[field];
  };
  return every(conditions.map((condition) => compileCondition(condition, readColumn)));
}

/** Turns values of a comparable type into `Map` keys that are equal for equal values. */
export function keyMaker(type: AlgebraicType): (value: unknown) => unknown {
  const field = wrappedField(type);
  if (field !== undefined) return (value) => (value as Fields)[field];
  if (isBytes(type)) return (value) => (value as Uint8Array).join();
  return (value) => value;
}

/** Are values of this type equal exactly when their keys are? A `Map` treats some floats as equal that SQL does not. */
export function isKeyExact(type: AlgebraicType): boolean {
  return type.tag !== 'F32' && type.tag !== 'F64';
}

type Fields = Readonly<Record<string, unknown>>;

function wrappedField(type: AlgebraicType): string | undefined {
  return type.tag === 'Product' ? specialField(type.value) : undefined;
}

/** Chains of ANDs and ORs can be long, so this is not recursive. */
function flatten(expr: TypedExpr, kind: 'and' | 'or'): TypedExpr[] {
  const operands: TypedExpr[] = [];
  const pending = [expr];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next.kind === kind) pending.push(next.right, next.left);
    else operands.push(next);
  }
  return operands;
}

function every<Input>(conditions: readonly ((input: Input) => boolean)[]): (input: Input) => boolean {
  const [first, second] = conditions;
  if (first === undefined) return () => true;
  if (second === undefined) return first;
  if (conditions.length === 2) return (input) => first(input) && second(input);
  return (input) => {
    for (const condition of conditions) if (!condition(input)) return false;
    return true;
  };
}

function some<Input>(conditions: readonly ((input: Input) => boolean)[]): (input: Input) => boolean {
  return (input) => {
    for (const condition of conditions) if (condition(input)) return true;
    return false;
  };
}

function compileCondition<Input>(
  expr: TypedExpr,
  readColumn: ColumnReader<Input>,
): (input: Input) => boolean {
  switch (expr.kind) {
    case 'and':
      return every(flatten(expr, 'and').map((operand) => compileCondition(operand, readColumn)));
    case 'or':
      return some(flatten(expr, 'or').map((operand) => compileCondition(operand, readColumn)));
    case 'compare':
      return compileComparison(expr, readColumn);
    default: {
      const operand = compileOperand(expr, readColumn);
      return (input) => operand(input) === true;
    }
  }
}

function compileOperand<Input>(expr: TypedExpr, readColumn: ColumnReader<Input>): Operand<Input> {
  if (expr.kind === 'column') return readColumn(expr);
  if (expr.kind !== 'value') return compileCondition(expr, readColumn);
  const value = unwrap(expr.value, expr.type);
  return () => value;
}

function unwrap(value: unknown, type: AlgebraicType): unknown {
  const field = wrappedField(type);
  return field === undefined ? value : (value as Fields)[field];
}

function compileComparison<Input>(
  expr: TypedExpr & { kind: 'compare' },
  readColumn: ColumnReader<Input>,
): (input: Input) => boolean {
  const type = 'type' in expr.left ? expr.left.type : ({ tag: 'Bool' } as const);
  const left = compileOperand(expr.left, readColumn);
  const compare = primitiveComparator(type);
  if (expr.right.kind === 'value') {
    const constant = unwrap(expr.right.value, type);
    if (compare === undefined) return compareWithConstant(expr.operator, left, constant);
    const test = orderTest(expr.operator);
    return (input) => test(compare(left(input), constant));
  }
  const right = compileOperand(expr.right, readColumn);
  if (compare === undefined) return comparePrimitives(expr.operator, left, right);
  const test = orderTest(expr.operator);
  return (input) => test(compare(left(input), right(input)));
}

/** The comparator of a type whose values JavaScript's operators do not order; otherwise `undefined`. */
function primitiveComparator(type: AlgebraicType): Comparator | undefined {
  switch (type.tag) {
    case 'String':
      return compareStrings;
    case 'F32':
    case 'F64':
      return makeComparator(type, { types: [] });
    case 'Array':
      return compareBytes;
    default:
      return undefined;
  }
}

function orderTest(operator: CompareOperator): (order: number) => boolean {
  switch (operator) {
    case '=':
      return (order) => order === 0;
    case '<>':
      return (order) => order !== 0;
    case '<':
      return (order) => order < 0;
    case '<=':
      return (order) => order <= 0;
    case '>':
      return (order) => order > 0;
    case '>=':
      return (order) => order >= 0;
  }
}

function compareWithConstant<Input>(
  operator: CompareOperator,
  operand: Operand<Input>,
  constant: unknown,
): (input: Input) => boolean {
  // Both are numbers, both bigints or both booleans.
  const bound = constant as number;
  const value = operand as (input: Input) => number;
  switch (operator) {
    case '=':
      return (input) => value(input) === bound;
    case '<>':
      return (input) => value(input) !== bound;
    case '<':
      return (input) => value(input) < bound;
    case '<=':
      return (input) => value(input) <= bound;
    case '>':
      return (input) => value(input) > bound;
    case '>=':
      return (input) => value(input) >= bound;
  }
}

function comparePrimitives<Input>(
  operator: CompareOperator,
  leftOperand: Operand<Input>,
  rightOperand: Operand<Input>,
): (input: Input) => boolean {
  const left = leftOperand as (input: Input) => number;
  const right = rightOperand as (input: Input) => number;
  switch (operator) {
    case '=':
      return (input) => left(input) === right(input);
    case '<>':
      return (input) => left(input) !== right(input);
    case '<':
      return (input) => left(input) < right(input);
    case '<=':
      return (input) => left(input) <= right(input);
    case '>':
      return (input) => left(input) > right(input);
    case '>=':
      return (input) => left(input) >= right(input);
  }
}
