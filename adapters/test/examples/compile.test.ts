/**
 * Separate from the other tests of the examples, which run with two versions of the SDK, because the compiler sees only
 * one.
 */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { afterAll, expect, it } from 'vitest';
import { prepareExamples } from './prepare.ts';

const { prepared, remove } = prepareExamples();
afterAll(remove);

it('all examples compile', () => {
  const folder = path.dirname(prepared[0]?.file ?? '');
  const config = fileURLToPath(new URL('../tsconfig.json', import.meta.url));
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(config, (file) => ts.sys.readFile(file)).config,
    ts.sys,
    path.dirname(config),
  );
  const program = ts.createProgram(
    prepared.filter(({ language }) => language !== 'svelte').map(({ file }) => file),
    { ...options, jsx: ts.JsxEmit.ReactJSX, noUnusedLocals: false, noUnusedParameters: false },
  );
  const problems = ts
    .getPreEmitDiagnostics(program)
    .filter(({ file }) => !file || file.fileName.startsWith(folder))
    .map(({ file, start = 0, messageText }) => {
      const line = file ? file.getLineAndCharacterOfPosition(start).line + 1 : 0;
      return `${path.basename(file?.fileName ?? '')}:${line} ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
    });
  expect(problems).toEqual([]);
}, 120_000);
