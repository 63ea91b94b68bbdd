import { SourceMap } from 'node:module';
import { describe, expect, test } from 'vitest';
import { StackReader } from './stack.ts';

/** `AAAA` is the first column of the first source, `A` a column without a source, `;` the next line. */
const map = (mappings: string, sources = ['../src/index.ts']) =>
  new SourceMap({ file: '', version: 3, sources, sourcesContent: [], names: [], mappings, sourceRoot: '' });

const STACK = ['Error: x', '    at write (spacetimedb_module:1:5)', '    at spacetimedb_module:2:1'].join(
  '\n',
);

describe('stack traces', () => {
  test('a stack trace is mapped to the sources', () => {
    expect(new StackReader(map('AAAA;AACA')).frames(STACK)).toEqual([
      { file: 'src/index.ts', line: 1, column: 1, functionName: 'write' },
      { file: 'src/index.ts', line: 2, column: 1, functionName: undefined },
    ]);
  });

  test.each([
    ['no map', undefined],
    ['a map without entries', map('')],
    ['entries that name no source', map('A;A;')],
    ['a source that is not named', map('AAAA;AACA', [null as unknown as string])],
    ['a source that is not in the map', map('AAAA;AACA', [])],
  ])('a stack trace keeps its frames with %s', (_what, sourceMap) => {
    const frames = new StackReader(sourceMap).frames(STACK);
    expect(frames.map(({ functionName }) => functionName)).toEqual(['write', undefined]);
    expect(frames.map(({ line }) => line)).toEqual([1, 2]);
  });
});
