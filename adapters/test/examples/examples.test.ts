import { format } from 'node:util';
import { afterAll, afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Connection } from '../../src/index.ts';
import { readme } from './collect.ts';
import { prepareExamples } from './prepare.ts';
import { serveExamples } from './server.ts';

const { documented, prepared, remove } = prepareExamples();
const patient = { timeout: 20_000 };
afterAll(remove);
beforeEach(() => {
  // Each example is a separate program.
  vi.resetModules();
  // Allows sockets although there is no window.
  vi.stubGlobal('WorkerGlobalScope', Object);
  serveExamples();
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

it.each(documented)('$entry.specifier documents $name', ({ gaps }) => {
  expect(gaps).toEqual([]);
});

it('the README has five examples, in languages that are tested here', () => {
  expect([...readme.matchAll(/^\*\*\d\. /gm)]).toHaveLength(5);
  const languages = new Set([...readme.matchAll(/^```(\w+)$/gm)].map(([, language]) => language));
  expect([...languages].sort()).toEqual(['sh', 'svelte', 'ts', 'tsx']);
});

const squeeze = (text: string): string => text.replaceAll(/\s+/g, '');

it.each(prepared.filter(({ language }) => language === 'ts'))(
  'the example “$name” prints what its comments say',
  async ({ code, file }) => {
    const printed: string[] = [];
    vi.spyOn(console, 'log').mockImplementation((...values) => void printed.push(squeeze(format(...values))));
    const { connection } = (await import(/* @vite-ignore */ file)) as { connection?: Connection<unknown> };
    const expected = [...code.matchAll(/console\.log\(.*\/\/ (.+)$/gm)].map(([, text = '']) => squeeze(text));
    await vi.waitFor(() => {
      for (const text of expected) expect(printed).toContain(text);
    }, patient);
    connection?.close();
  },
  60_000,
);
