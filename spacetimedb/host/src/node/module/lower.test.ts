import { expect, test } from 'vitest';
import { lowerProgram } from './lower.ts';

const program = (name: string): string => `export const ${name} = 1;`;

test('a program that several databases load one after the other is lowered once', async () => {
  const [first, second] = await Promise.all([lowerProgram(program('one')), lowerProgram(program('one'))]);
  expect(second).toBe(first);
  expect(await lowerProgram(program('one'))).toBe(first);
});

test('two programs that are loaded at the same time are not mixed up', async () => {
  const [one, two] = await Promise.all([lowerProgram(program('one')), lowerProgram(program('two'))]);
  expect(one.code).toContain('one');
  expect(two.code).toContain('two');
  expect((await lowerProgram(program('one'))).code).toBe(one.code);
});

test('a program that does not parse is refused each time', async () => {
  for (let time = 0; time < 2; time++) await expect(lowerProgram('export const')).rejects.toThrow();
  expect((await lowerProgram(program('one'))).code).toContain('one');
});
