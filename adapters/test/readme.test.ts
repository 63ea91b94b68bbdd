import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Identity } from 'spacetimedb';
import ts from 'typescript';
import { afterAll, expect, it, vi } from 'vitest';
import * as bindings from '../../web/module_bindings/index.ts';
import * as chat from '../src/chat/index.ts';
import * as stores from '../src/index.ts';
import { FakeServer } from './fake-server.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const blocks = (language: string) =>
  [...readme.matchAll(new RegExp('^```' + language + '\\n(.*?)^```', 'gms'))].map(
    ([, code]) => code as string,
  );
const [examples, [react = '']] = [blocks('ts'), blocks('tsx')];

let connection: stores.Connection<bindings.DbConnection> | undefined;
afterAll(() => connection?.close());

it('has three examples without a framework', () => {
  expect(examples).toHaveLength(3);
});

it('has examples that compile', () => {
  const path = fileURLToPath(new URL('./readme-examples.tsx', import.meta.url));
  const source = [
    'declare const text: string;',
    'declare function show(...values: unknown[]): void;',
    ...examples,
    react,
    'stop();',
  ]
    .join('\n')
    .replaceAll(`'./module_bindings'`, `'../../web/module_bindings/index.ts'`);
  const config = ts.getParsedCommandLineOfConfigFile(
    fileURLToPath(new URL('./tsconfig.json', import.meta.url)),
    { noUnusedLocals: false },
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => undefined },
  );
  const options = { ...config?.options, jsx: ts.JsxEmit.ReactJSX };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (name) => name === path || fileExists(name);
  host.getSourceFile = (name, version) =>
    name === path ? ts.createSourceFile(name, source, version) : getSourceFile(name, version);
  const program = ts.createProgram([path], options, host);
  const problems = ts.getPreEmitDiagnostics(program, program.getSourceFile(path));
  expect(problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))).toEqual([]);
}, 60_000);

it('has examples that do what they say', async () => {
  const server = new FakeServer();
  server.insertUser({ identity: new Identity(5n), name: 'Bob' });
  server.insertUser({ identity: new Identity(6n), name: 'Ann' });
  const shown: unknown[][] = [];
  const log = vi.spyOn(console, 'log').mockImplementation((...values) => void shown.push(values));
  const connect: typeof stores.connect = (factory) =>
    stores.connect(factory, {
      connectOnServer: true,
      tokens: stores.memoryTokens(),
      environment: { ...server.environment, now: () => server.clock },
    });
  const modules: Record<string, object> = {
    'spacetimedb-stores': { ...stores, connect },
    'spacetimedb-stores/chat': chat,
    './module_bindings': bindings,
  };
  // The examples one after the other, as one function whose imports are those of this file.
  const { outputText } = ts.transpileModule(
    examples.join('\n').replace(/^import (\{.*?\}) from ('.*?');/gm, 'const $1 = modules[$2];'),
    { compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext } },
  );
  const AsyncFunction = (async () => undefined).constructor as new (
    ...code: string[]
  ) => (
    ...values: unknown[]
  ) => Promise<{ connection: typeof connection; online: stores.Live<readonly { name?: string }[]> }>;
  const run = new AsyncFunction(
    'modules',
    'text',
    'show',
    `${outputText.replace('export {};', '')}; return { connection, online };`,
  );
  const result = await run(modules, 'Hi', (...values: unknown[]) => shown.push(values));
  connection = result.connection;
  log.mockRestore();

  expect(shown).toContainEqual([['Ann', 'Bob']]);
  expect(shown).toContainEqual(['connected', undefined, undefined]);
  expect(shown.at(-1)).toEqual([['00000000: Hi', '00000000: Hello']]);
  expect([...server.tables.message.values()].map((row) => row['text'])).toEqual(['Hi', 'Hello']);
});
