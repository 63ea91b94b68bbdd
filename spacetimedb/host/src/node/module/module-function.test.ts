import { describe, expect, test } from 'vitest';
import { moduleFunction, PROGRAM_PARAMETERS } from './module-function.ts';

const MODULES: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  sys: { a: 1, b: 2, default: 3 },
};

/** Evaluates a module. @returns what it exports, by name */
function evaluate(code: string): { exported: Record<string, unknown>; result: unknown } {
  const { prefix, code: body } = moduleFunction(code);
  const exported: Record<string, unknown> = {};
  const from = (name: string, ...names: string[]) => {
    const module = MODULES[name];
    if (!module || names.some((wanted) => !(wanted in module)))
      throw new TypeError(`${name} lacks something`);
    return module;
  };
  const keep = (values: object) =>
    Object.defineProperties(exported, Object.getOwnPropertyDescriptors(values));
  const run = new Function(...PROGRAM_PARAMETERS, prefix + body) as (...args: unknown[]) => unknown;
  const result = run(from, keep, (name: unknown) => ['imported', name], { meta: true });
  return { exported, result };
}

describe('a module as a function', () => {
  test.each<[what: string, code: string, exported: Record<string, unknown>]>([
    ['nothing', '', {}],
    ['a value', 'const x = 1;\nexport { x };', { x: 1 }],
    [
      'other names',
      'const x = 1;\nexport { x as y, x as default, x as "a b" };',
      { y: 1, default: 1, 'a b': 1 },
    ],
    [
      'imported values',
      'import { a, b as c } from "sys";\nconst sum = a + c;\nexport { sum, a };',
      { sum: 3, a: 1 },
    ],
    ['a default import', 'import d, { a } from "sys";\nexport { d, a };', { d: 3, a: 1 }],
    ['a namespace', 'import * as all from "sys";\nconst n = all.b;\nexport { n };', { n: 2 }],
    [
      'a default import and a namespace',
      'import d, * as all from "sys";\nconst n = d + all.b;\nexport { n };',
      { n: 5 },
    ],
    ['values of another module', 'export { a, b as c } from "sys";', { a: 1, c: 2 }],
    ['another module', 'export * as all from "sys";', { all: MODULES['sys'] }],
    ['all of another module', 'export * from "sys";', { a: 1, b: 2, default: 3 }],
    ['an import for its effects', 'import "sys";\nconst x = 1;\nexport { x };', { x: 1 }],
    [
      'an import after other code',
      'const x = 1;\nimport { a } from "sys";\nexport { x, a };',
      { x: 1, a: 1 },
    ],
    [
      'import() and import.meta',
      'const x = [import("y")[1], import.meta.meta];\nexport { x };',
      { x: ['y', true] },
    ],
    [
      'text that looks like an import',
      'const x = `\nimport { a } from "sys";\n`.length;\nexport { x };',
      { x: 26 },
    ],
    [
      'letters beyond ASCII',
      'const ü = "👋";\nimport { a } from "sys";\nexport { ü as x, a };',
      { x: '👋', a: 1 },
    ],
    ['a comment at the end', 'const x = 1;\nexport { x };\n//# sourceMappingURL=none\n', { x: 1 }],
  ])('a module as a function exports %s', (_what, code, exported) => {
    expect({ ...evaluate(code).exported }).toEqual(exported);
  });

  test('the exports of a module follow its variables', () => {
    const { exported } = evaluate('let n = 1;\nconst count = () => ++n;\nexport { n, count };');
    (exported['count'] as () => void)();
    expect(exported['n']).toBe(2);
  });

  test('a module becomes asynchronous by an await at its top level, and only there', async () => {
    const waiting = evaluate('const x = await Promise.resolve(7);\nexport { x };');
    await waiting.result;
    expect(waiting.exported['x']).toBe(7);
    const calm = evaluate('const f = async () => { await 1; for await (const x of []); };\nexport { f };');
    expect(calm.result).toBeUndefined();
  });

  test('a module as a function keeps its lines and columns', () => {
    const code =
      'import {\n a\n} from "sys";\nconst x = 1; export { x }; const line = new Error().stack;\nexport { line };';
    const { prefix, code: body } = moduleFunction(code);
    expect(prefix).not.toContain('\n');
    expect(body.split('\n').findIndex((line) => line.includes('const line'))).toBe(3);
  });

  test('a module that does not parse is refused', () => {
    expect(() => moduleFunction('export { x ')).toThrow();
  });
});
