import { expect, it } from 'vitest';
import { charactersLeft } from './limits.ts';

it('counts down the remaining characters near the limit', () => {
  expect(charactersLeft('x'.repeat(50), 100)).toBeUndefined();
  expect(charactersLeft('x'.repeat(90), 100)).toBe(10);
  expect(charactersLeft('x'.repeat(103), 100)).toBe(-3);
});

it('counts characters, not UTF-16 units', () => {
  expect(charactersLeft('😀'.repeat(60), 100)).toBeUndefined();
  expect(charactersLeft('😀'.repeat(95), 100)).toBe(5);
});

it('shows no count when there is no limit', () => {
  expect(charactersLeft('x'.repeat(10_000), Infinity)).toBeUndefined();
});
