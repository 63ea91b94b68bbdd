/** Finds the index, and the range of it, that a condition on one table allows to search. */
import type { Bound } from '../datastore/table-index.ts';
import { makeComparator } from '../sats/compare.ts';
import type { IndexDef, TableDef } from '../schema/module-def.ts';
import type { TypedColumn, TypedExpr } from './check.ts';
import type { ColumnEquality, IndexLookup, Selection } from './plan.ts';
import { compileRowPredicate, isKeyExact, keyMaker } from './predicate.ts';
import type { CompareOperator } from './restrict.ts';

/** The limits of one column in a condition. */
interface ColumnLimits {
  equal: { readonly value: unknown } | undefined;
  lower: Bound;
  upper: Bound;
}

const UNBOUNDED: Bound = { kind: 'unbounded' };

const MIRRORED: Readonly<Record<CompareOperator, CompareOperator>> = {
  ...{ '=': '=', '<>': '<>' },
  ...{ '<': '>', '<=': '>=', '>': '<', '>=': '<=' },
};

/** @param conditions hold for all wanted rows; each mentions only this table */
export function makeSelection(table: TableDef, conditions: readonly TypedExpr[]): Selection {
  return {
    table,
    predicate: compileRowPredicate(conditions),
    conditions: conditions.length,
    lookup: findLookup(table, conditions),
    equality: findEquality(conditions),
  };
}

function findEquality(conditions: readonly TypedExpr[]): ColumnEquality | undefined {
  for (const condition of conditions) {
    const comparison = constantComparison(condition);
    if (comparison?.operator !== '=' || !isKeyExact(comparison.column.type)) continue;
    const { column, type } = comparison.column;
    const key = keyMaker(type);
    return { column, key, valueKey: key(comparison.value) };
  }
  return undefined;
}

/**
 * Finds the index that narrows the search most.
 * @param conditions hold for all wanted rows; each mentions only this table
 * @returns `undefined` when no index helps
 */
function findLookup(table: TableDef, conditions: readonly TypedExpr[]): IndexLookup | undefined {
  const limits = collectLimits(conditions);
  if (limits.size === 0) return undefined;
  let best: IndexLookup | undefined;
  let bestScore = 0;
  for (const index of table.indexes) {
    const lookup = lookupIn(index, limits);
    const score = lookup === undefined ? 0 : scoreOf(lookup);
    if (score > bestScore) {
      best = lookup;
      bestScore = score;
    }
  }
  return best;
}

/** A comparison of a column with a value, with the column on the left. */
export interface ConstantComparison {
  readonly column: TypedColumn;
  readonly operator: CompareOperator;
  readonly value: unknown;
}

export function constantComparison(expr: TypedExpr): ConstantComparison | undefined {
  if (expr.kind !== 'compare') return undefined;
  const { left, right, operator } = expr;
  if (left.kind === 'column' && right.kind === 'value') return { column: left, operator, value: right.value };
  if (left.kind === 'value' && right.kind === 'column') {
    return { column: right, operator: MIRRORED[operator], value: left.value };
  }
  return undefined;
}

function collectLimits(conditions: readonly TypedExpr[]): Map<number, ColumnLimits> {
  const limits = new Map<number, ColumnLimits>();
  for (const condition of conditions) {
    const comparison = constantComparison(condition);
    if (comparison === undefined || comparison.operator === '<>') continue;
    const { column } = comparison.column;
    const known = limits.get(column) ?? { equal: undefined, lower: UNBOUNDED, upper: UNBOUNDED };
    limits.set(column, known);
    narrow(known, comparison);
  }
  return limits;
}

function narrow(limits: ColumnLimits, { column, operator, value }: ConstantComparison): void {
  const bound: Bound = { kind: operator === '<' || operator === '>' ? 'excluded' : 'included', value };
  const compare = makeComparator(column.type, { types: [] });
  switch (operator) {
    case '=':
      limits.equal ??= { value };
      break;
    case '>':
    case '>=':
      if (isTighter(bound, limits.lower, (a, b) => compare(b, a))) limits.lower = bound;
      break;
    case '<':
    case '<=':
      if (isTighter(bound, limits.upper, compare)) limits.upper = bound;
      break;
  }
}

/** Does `candidate` exclude more than `known`? `order` is negative if its first value does. */
function isTighter(
  candidate: Bound,
  known: Bound,
  order: (candidate: unknown, known: unknown) => number,
): boolean {
  if (candidate.kind === 'unbounded') return false;
  if (known.kind === 'unbounded') return true;
  const sign = order(candidate.value, known.value);
  return sign < 0 || (sign === 0 && candidate.kind === 'excluded');
}

function lookupIn(index: IndexDef, limits: ReadonlyMap<number, ColumnLimits>): IndexLookup | undefined {
  const prefix: unknown[] = [];
  for (const column of index.columns) {
    const equal = limits.get(column)?.equal;
    if (equal === undefined) break;
    prefix.push(equal.value);
  }
  const isPoint = prefix.length === index.columns.length;
  if (index.algorithm === 'hash' && !isPoint) return undefined;
  const next = index.columns[prefix.length];
  const rest = isPoint || next === undefined ? undefined : limits.get(next);
  const range = { prefix, lower: rest?.lower ?? UNBOUNDED, upper: rest?.upper ?? UNBOUNDED };
  return { index, range };
}

function scoreOf({ index, range }: IndexLookup): number {
  const isPoint = range.prefix.length === index.columns.length;
  const bounds = Number(range.lower.kind !== 'unbounded') + Number(range.upper.kind !== 'unbounded');
  return (isPoint ? 1000 : 0) + range.prefix.length * 10 + bounds;
}
