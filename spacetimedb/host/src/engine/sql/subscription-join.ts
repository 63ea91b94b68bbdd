/** Joins in subscriptions. The server evaluates them for every transaction and therefore requires an index. */
import { SqlError } from './sql-error.ts';
import type { TypedExpr, TypedSelect } from './check.ts';
import { constantComparison } from './lookup.ts';
import type { JoinPlan, Selection } from './plan.ts';
import { compileTuplePredicate, conjuncts, isKeyExact, keyMaker } from './predicate.ts';

/** @throws {SqlError} when the server would refuse to subscribe to the join */
export function checkSubscriptionJoin(select: TypedSelect): void {
  if (select.joins.some((on) => on === undefined || on.left.relation === on.right.relation))
    throw missingIndex();
  if (select.relations.length > 2) {
    throw new SqlError(`Invalid number of tables in subscription: ${select.relations.length}`);
  }
  const [on] = select.joins;
  if (on !== undefined) checkProbedTable(select, on);
}

/**
 * @param returned position of the table whose rows the query returns
 * @param selections the conditions of WHERE on each table alone
 * @param residual the condition on both tables
 * @returns `undefined` when the query is not a join of two tables by a column of each
 */
export function compileJoin(
  select: TypedSelect,
  returned: number,
  selections: readonly Selection[],
  residual: readonly TypedExpr[],
): JoinPlan | undefined {
  const [on] = select.joins;
  const other = selections[1 - returned];
  if (selections.length !== 2 || on === undefined || other === undefined) return undefined;
  if (on.left.relation === on.right.relation) return undefined;
  const [own, foreign] = on.left.relation === returned ? [on.left, on.right] : [on.right, on.left];
  const equal: TypedExpr = { kind: 'compare', operator: '=', left: on.left, right: on.right };
  const condition = compileTuplePredicate([equal, ...residual]);
  return {
    ...other,
    returnedColumn: own.column,
    column: foreign.column,
    key: keyMaker(own.type),
    matchesByKey: residual.length === 0 && isKeyExact(own.type),
    matches:
      returned === 0 ? (row, other) => condition([row, other]) : (row, other) => condition([other, row]),
  };
}

/**
 * The server looks up rows in one of the tables: the second in FROM, unless only that one is compared with constants.
 * That table needs an index that ends with the joined column and whose other columns are fixed by constants
 * (`HashToIxJoin` in `crates/physical-plan/src/rules.rs`).
 */
function checkProbedTable(select: TypedSelect, on: NonNullable<TypedSelect['joins'][number]>): void {
  const comparisons = conjuncts(select.where).flatMap((condition) => constantComparison(condition) ?? []);
  const isCompared = (relation: number) => comparisons.some(({ column }) => column.relation === relation);
  const probed = !isCompared(0) && isCompared(1) ? 0 : 1;
  const table = select.relations[probed]?.table;
  const joined = on.left.relation === probed ? on.left : on.right;
  const isFixed = (column: number) =>
    comparisons.some(
      (comparison) =>
        comparison.operator === '=' &&
        comparison.column.relation === probed &&
        comparison.column.column === column,
    );
  const isIndexed = table?.indexes.some(
    ({ columns }) => columns.at(-1) === joined.column && columns.slice(0, -1).every(isFixed),
  );
  if (isIndexed !== true) throw missingIndex();
  if (table?.isEvent === true) {
    throw new SqlError('Event tables cannot be used as the lookup table in subscription joins');
  }
}

function missingIndex(): SqlError {
  return new SqlError('Subscriptions require indexes on join columns');
}
