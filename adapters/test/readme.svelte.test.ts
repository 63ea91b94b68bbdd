/** The README's examples for Svelte and React do what they say, and get along with every rune. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as React from 'react';
import * as jsxRuntime from 'react/jsx-runtime';
import { createRoot } from 'react-dom/client';
import { Identity } from 'spacetimedb';
import { flushSync, mount, unmount, type Component } from 'svelte';
import { compile } from 'svelte/compiler';
import ts from 'typescript';
import { afterEach, expect, it, vi } from 'vitest';
import * as bindings from '../../web/module_bindings/index.ts';
import * as chat from '../src/chat/index.ts';
import * as stores from '../src/index.ts';
import * as react from '../src/react/index.ts';
import * as svelte from '../src/svelte/index.ts';
import Provide from './frameworks/Provide.svelte';
import { setUp } from './set-up.ts';

const readme = readFileSync(path.join(import.meta.dirname, '../README.md'), 'utf8');
/** What a compiled component imports. */
const svelteInternal = 'svelte/internal/client';

const runes = ['state', 'derived', 'props', 'bindable', 'effect', 'inspect', 'host'];
/** All but `$host`, which only a custom element may use. */
const usesOfRunes = `
  let { size = $bindable(2) } = $props();
  let count = $state(1);
  let list = $state.raw([1]);
  const double = $derived(count * 2);
  const triple = $derived.by(() => count * 3);
  $inspect(count);
  $effect.pre(() => seen('pre', list.length));
  $effect(() => seen('effect', count, double, triple, size));
  $effect(() => { count = 5; });
`;

const blocks = (language: string): string[] =>
  [...readme.matchAll(new RegExp('^```' + language + '\\n(.*?)^```', 'gms'))].map(([, code]) => code ?? '');
const components = blocks('svelte');
const [reactExample = ''] = blocks('tsx');

const cleanUps: (() => void)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
  document.body.replaceChildren();
});

/** A server with somebody online and somebody who is not, and what an example may import. */
async function open() {
  const { server, connection } = setUp();
  server.insertUser({ identity: new Identity(5n), name: 'Ann', online: true });
  server.insertUser({ identity: new Identity(6n), name: 'Bob', online: false });
  const target = document.createElement('main');
  document.body.append(target);
  const modules: Record<string, object> = {
    'spacetimedb-stores': stores,
    'spacetimedb-stores/react': react,
    'spacetimedb-stores/svelte': svelte,
    [svelteInternal]: (await import(svelteInternal)) as object,
    'react/jsx-runtime': jsxRuntime,
    './module_bindings': bindings,
    './stores': { online: stores.liveTable(connection, bindings.tables.user) },
  };
  return { connection, target, modules, seen: vi.fn() };
}

/** Runs a module whose imports are those of `modules`; gives its exports. */
function run(code: string, modules: Record<string, object>, globals: Record<string, unknown>): unknown {
  const body = code
    .replace(/^import '.*?';$/gm, '')
    .replace(/^import \* as (\S+) from ('.*?');$/gm, 'const $1 = modules[$2];')
    .replace(/^import \{(.*?)\} from ('.*?');$/gms, (_, names: string, from: string) => {
      return `const {${names.replaceAll(' as ', ': ')}} = modules[${from}];`;
    })
    .replace(/^export (default )?function/m, 'return function');
  const names = Object.keys(globals);
  const load = new Function('modules', ...names, body) as (...values: unknown[]) => unknown;
  return load(modules, ...Object.values(globals));
}

function withRunes(source: string): string {
  return source.replace('<script>', `<script>${usesOfRunes}`);
}

it('has two examples for Svelte and one for React', () => {
  expect(components).toHaveLength(2);
  expect(blocks('tsx')).toHaveLength(1);
});

it.each(components.map((source, index) => [index + 1, source] as const))(
  'has a Svelte example %i that runs in a component which uses every rune',
  async (_, source) => {
    const { connection, target, modules, seen } = await open();
    for (const generate of ['server', 'client'] as const) {
      expect(compile(source, { generate }).warnings).toEqual([]);
      expect(compile(withRunes(source), { generate }).warnings).toEqual([]);
    }
    const { js } = compile(withRunes(source), { generate: 'client' });
    const Content = run(js.code, modules, { seen }) as Component;
    const page = mount(Provide, { target, props: { connection, Content } });
    cleanUps.push(() => void unmount(page));
    flushSync();
    expect(seen).toHaveBeenCalledWith('pre', 1);
    expect(seen).toHaveBeenCalledWith('effect', 1, 2, 3, 2);
    expect(seen).toHaveBeenLastCalledWith('effect', 5, 10, 15, 2);
    await vi.waitFor(() => expect(target.textContent).toContain('Ann'));
    const box = target.querySelector('input');
    if (!box) return expect(target.textContent).toContain('Bob');
    expect(target.textContent).not.toContain('Bob');
    expect(target.textContent).toContain('connected');
    box.click();
    await vi.waitFor(() => expect(target.textContent).toContain('Bob'));
    expect(target.textContent).not.toContain('Ann');
  },
);

it('has a React example that runs', async () => {
  const { connection, target, modules } = await open();
  const { outputText } = ts.transpileModule(reactExample, {
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      jsx: ts.JsxEmit.ReactJSX,
    },
  });
  const imports = outputText.replaceAll('"', "'");
  const { tables } = bindings;
  const Users = run(imports, modules, { tables }) as React.FunctionComponent<{ isOnline: boolean }>;
  const root = createRoot(target);
  cleanUps.push(() => root.unmount());
  const show = (isOnline: boolean): void =>
    root.render(
      React.createElement(react.ConnectionProvider, { connection }, React.createElement(Users, { isOnline })),
    );
  show(true);
  await vi.waitFor(() => expect(target.textContent).toBe('Ann (connected)'));
  show(false);
  await vi.waitFor(() => expect(target.textContent).toBe('Bob (connected)'));
});

it('gives nothing the name of a rune, which Svelte would take for that store', async () => {
  const { connection } = await open();
  const live = stores.liveTable(connection, bindings.tables.user);
  const objects = [stores, chat, react, svelte, connection, live, chat.createChat(connection)];
  for (const object of objects) {
    for (const name of Object.keys(object)) expect(runes).not.toContain(name);
  }
  const { warnings } = compile('<script>const { state } = {}; let a = $state(1);</script>{a}', {});
  expect(warnings.map(({ code }) => code)).toContain('store_rune_conflict');
});
