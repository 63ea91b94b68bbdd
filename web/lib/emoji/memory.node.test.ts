import { expect, it } from 'vitest';
import { withRecent } from './memory.ts';

it('puts the emoji used last first, without duplicates, and keeps 24', () => {
  expect(withRecent(['👍', '🎉'], '🎉')).toEqual(['🎉', '👍']);
  const many = Array.from({ length: 24 }, (_, index) => `${index}`);
  expect(withRecent(many, '🎉')).toEqual(['🎉', ...many.slice(0, 23)]);
});
