import { compareValues } from './compare.ts';

/** The used parts of the SDK's query builder (`lib/query.ts` in the SDK). */
export interface Clause {
  readonly type: string;
  readonly left?: Value;
  readonly right?: Value;
  readonly clauses?: readonly Clause[];
  readonly clause?: Clause;
}

type Value =
  | { readonly type: 'literal'; readonly value: unknown }
  | { readonly type: 'column'; readonly column: string };

type Test = (row: object) => boolean;

/** Whether each operator holds, given how the left side compares with the right one. */
const comparisons: Record<string, (order: number) => boolean> = {
  eq: (order) => order === 0,
  ne: (order) => order !== 0,
  lt: (order) => order < 0,
  lte: (order) => order <= 0,
  gt: (order) => order > 0,
  gte: (order) => order >= 0,
};

/**
 * Matches rows in the same way as the server's WHERE. The SDK's own `evaluateBooleanExpr` turns both sides into
 * hexadecimal text to compare two identities, which takes longer than everything else in a transaction.
 */
export function compileWhere(clause: Clause): Test {
  const tests = clause.clauses?.map(compileWhere) ?? [];
  if (clause.type === 'and') return (row) => tests.every((test) => test(row));
  if (clause.type === 'or') return (row) => tests.some((test) => test(row));
  if (clause.type === 'not') {
    const test = compileWhere(clause.clause as Clause);
    return (row) => !test(row);
  }
  const left = operand(clause.left as Value);
  const right = operand(clause.right as Value);
  const holds = comparisons[clause.type] as (order: number) => boolean;
  return (row) => holds(compareValues(left(row), right(row)));
}

function operand(value: Value): (row: object) => unknown {
  if (value.type === 'column') return (row) => (row as Record<string, unknown>)[value.column];
  return () => value.value;
}
