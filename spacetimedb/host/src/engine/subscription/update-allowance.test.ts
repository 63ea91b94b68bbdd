import { expect, test } from 'vitest';
import type { QueryBudget } from '../sql/budget.ts';
import { UpdateAllowance } from './update-allowance.ts';

/** Looks at so many rows. */
const visit = (rows: number) => (budget: QueryBudget) => {
  for (let n = 0; n < rows; n++) budget.visit();
};

test('a query is ended when it looks at more rows than it may, and more for large transactions', () => {
  const allowance = new UpdateAllowance(1_000, 0);
  expect(() => allowance.spend(true, visit(1_000))).not.toThrow();
  expect(() => allowance.spend(true, visit(1_001))).toThrow('(limit updateRows)');
  expect(() => new UpdateAllowance(1_000, 500).spend(true, visit(3_000))).not.toThrow();
  expect(() => allowance.spend(false, visit(100_000))).not.toThrow();
});

test('many costly queries use up what all may cost together, and those that cost little go on', () => {
  const allowance = new UpdateAllowance(1_000, 0);
  for (let n = 0; n < 10; n++) allowance.spend(true, visit(1_000));
  expect(() => allowance.spend(true, visit(1_000))).toThrow('(limit updateRows)');
  for (let n = 0; n < 20; n++) expect(() => allowance.spend(true, visit(100))).not.toThrow();
});
