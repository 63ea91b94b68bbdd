import fc from 'fast-check';
import { expect, it } from 'vitest';
import { highlight } from './highlight.ts';

const kindsIn = (code: string, language: string) =>
  highlight(code, language)
    ?.filter(({ kind }) => kind !== 'plain')
    .map(({ kind, text }) => `${kind}: ${text}`);

it.each([
  ['ts', 'const a = 1; // one', ['keyword: const', 'number: 1', 'comment: // one']],
  ['rust', 'fn main() {}', ['keyword: fn', 'name: main']],
  ['cs', 'return "a";', ['keyword: return', 'string: "a"']],
  ['c++', 'return 1;', ['keyword: return', 'number: 1']],
  ['json', '{"a": null}', ['name: "a"', 'keyword: null']],
  ['diff', '+new\n-old', ['added: +new', 'removed: -old']],
])('colours code in the language that is written as %j', (language, code, expected) => {
  expect(kindsIn(code, language)).toEqual(expected);
});

it.each(['', 'klingon', '__proto__', 'constructor'])('does not colour code in %j', (language) => {
  expect(highlight('const a = 1;', language)).toBeUndefined();
});

it('does not colour very long code', () => {
  expect(highlight('a '.repeat(6_000), 'js')).toBeUndefined();
});

it('splits any code into parts that add up to it', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('"', "'", '`', '${', '/*', '//', '<', '>', '\n', '{', '#'),
  );
  const code = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''));
  const language = fc.constantFrom(
    'ts',
    'rust',
    'csharp',
    'cpp',
    'python',
    'html',
    'css',
    'bash',
    'sql',
    'yaml',
    'diff',
    'go',
    'java',
    'json',
  );
  fc.assert(
    fc.property(code, language, (text, name) => {
      expect(
        highlight(text, name)
          ?.map((token) => token.text)
          .join(''),
      ).toBe(text);
    }),
  );
});
