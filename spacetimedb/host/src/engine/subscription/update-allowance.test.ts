import { expect, test } from 'vitest';
import type { QueryBudget } from '../sql/budget.ts';
import { UpdateAllowance } from './update-allowance.ts';

/** Visits this many rows. */
const visit = (rows: number) => (budget: QueryBudget) => {
  for (let n = 0; n < rows; n++) budget.visit();
};

test('a query ends if it visits too many rows; large transactions raise its limit', () => {
  const allowance = new UpdateAllowance(1_000, 0);
  expect(() => allowance.spend(true, visit(1_000))).not.toThrow();
  expect(() => allowance.spend(true, visit(1_001))).toThrow('(limit updateRows)');
  expect(() => new UpdateAllowance(1_000, 500).spend(true, visit(3_000))).not.toThrow();
  expect(() => allowance.spend(false, visit(100_000))).not.toThrow();
});

test('many costly queries exhaust their common limit, while cheap ones continue', () => {
  const allowance = new UpdateAllowance(1_000, 0);
  for (let n = 0; n < 10; n++) allowance.spend(true, visit(1_000));
  expect(() => allowance.spend(true, visit(1_000))).toThrow('(limit updateRows)');
  for (let n = 0; n < 20; n++) expect(() => allowance.spend(true, visit(100))).not.toThrow();
});

test('the rules of a table may cost as much as one query, for each of any number of clients', () => {
  const allowance = new UpdateAllowance(1000, 5);
  for (let client = 0; client < 100; client++) {
    expect(() => allowance.spendOnRules(visit(1_000))).not.toThrow();
  }
  expect(() => allowance.spendOnRules(visit(1_021))).toThrow('(limit updateRows)');
});
