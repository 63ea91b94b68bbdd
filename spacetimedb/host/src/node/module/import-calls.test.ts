import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CALLS_IMPORT, IMPORT_STAND_IN, replaceImportCalls } from './import-calls.ts';

/** Runs a function's body, with a replacement that returns its argument. */
const run = (body: string): unknown =>
  new Function(IMPORT_STAND_IN, replaceImportCalls(body))((name: unknown) => ['imported', name]);

describe('import() calls', () => {
  test.each([
    [`return import('x')`, ['imported', 'x']],
    [`return import /* why */ ('x')`, ['imported', 'x']],
    [`return import // why\n ('x')`, ['imported', 'x']],
    ['return import\u2028(`x${1}`)', ['imported', 'x1']],
    [`return { import: (x) => x }.import('x')`, 'x'],
    [`return 'import("x")'`, 'import("x")'],
    ['return `import("x") ${import("y")}`', 'import("x") imported,y'],
    [`return /import[(]x/.test('import(x')`, true],
    [`return /import\\.x/u.source.length > 0 // import(x)`, true],
    [`/* import('x') */ return important(1); function important(x) { return x }`, 1],
  ])('import() is replaced in %s', (body, value) => {
    expect(run(body)).toEqual(value);
    expect(CALLS_IMPORT.test(replaceImportCalls(body))).toBe(false);
  });

  test('replacing import() keeps the column', () => {
    const body = `const a = import('x');`;
    expect(replaceImportCalls(body)).toHaveLength(body.length);
  });

  test('import() is found whatever stands between the word and its parenthesis', () => {
    const space = fc.constantFrom(' ', '\t', '\n', '\r', '\u00a0', '\u2028', '\ufeff', '\v', '\f', '\u3000');
    const comment = fc.constantFrom('/* x */', '/**/', '// x\n', '/* \n */', '<!-- x\n', '\n--> x\n');
    const between = fc.array(fc.oneof(space, comment), { maxLength: 5 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(between, fc.constantFrom('', ';', '}', '(', ' ', 'a=', '\n'), (gap, before) => {
        expect(CALLS_IMPORT.test(`${before}import${gap}('x')`)).toBe(true);
      }),
    );
  });

  test('import() is not found in words and properties that only look like it', () => {
    for (const text of [
      'important(1)',
      'value.import, true',
      'reimport(1)',
      'import_(1)',
      '"import"',
      'imports.x',
    ]) {
      expect(CALLS_IMPORT.test(text)).toBe(false);
    }
  });
});
