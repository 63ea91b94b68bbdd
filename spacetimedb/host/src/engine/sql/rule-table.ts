import { parseSubscriptionSyntax } from './restrict.ts';
import { SqlError } from './sql-error.ts';

/**
 * The table that a rule of row-level security is for, as the rule names it.
 *
 * @throws {SqlError} when the text is not a query that returns whole rows of one table
 */
export function ruleTable(sql: string): string {
  const { projection, from, joins } = parseSubscriptionSyntax(sql);
  const alias = projection.kind === 'star' ? (projection.of ?? from.alias) : undefined;
  const relation = [from, ...joins.map((join) => join.relation)].find((each) => each.alias === alias);
  if (relation) return relation.table;
  throw new SqlError('A row-level security rule must return whole rows of one table');
}
