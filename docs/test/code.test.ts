/** Every code block in the docs is valid: it compiles, parses, or is run by another test. */
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runInNewContext } from 'node:vm';
import { transform } from 'lightningcss';
import { parse as parseSvelte } from 'svelte/compiler';
import ts from 'typescript';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parseCommand } from '../../spacetimedb/host/src/cli/arguments.ts';
import { resolveAddress } from '../../web/lib/session/server-address.ts';
import { attributes } from '../../web/widget/options.ts';
import { PAGES, ROOT, codeBlock, codeBlocks } from './markdown.ts';

const blocks = PAGES.flatMap(codeBlocks);
const placed = (language: string) =>
  blocks
    .filter((block) => block.language === language)
    .map((block) => [`${block.file}:${block.line}`, block] as const);

/** The languages of the blocks, with the tests that check them. */
const LANGUAGES = new Set([
  ...['ts', 'tsx', 'html', 'css', 'json', 'svelte', 'ini', 'mermaid'],
  // commands.test.ts and fresh-clone.test.ts
  'sh',
  // web/e2e/deploy.test.ts
  ...['nginx', 'caddy'],
  // Output, and headers.
  ...['', 'text'],
]);

test.each(blocks.map((block) => [`${block.file}:${block.line}`, block.language] as const))(
  '%s is in a language that a test checks: “%s”',
  (_place, language) => {
    expect([...LANGUAGES]).toContain(language);
  },
);

describe('TypeScript', () => {
  /** The examples of these pages build on each other; the tests of the packages run them. */
  const runElsewhere = ['adapters/README.md', 'spacetimedb/host/docs/module-testing.md'];
  const examples = placed('ts').filter(([, { file }]) => !runElsewhere.includes(file));

  test('compiles', { timeout: 120_000 }, () => {
    const sources = new Map(
      examples.map(([place, { code }], index) => [
        path.join(ROOT, 'spacetimedb/test', `documented-${index}.ts`),
        { place, code: code.replaceAll(`'./module_bindings'`, `'../../web/module_bindings/index.ts'`) },
      ]),
    );
    if (sources.size === 0) return;
    const config = ts.getParsedCommandLineOfConfigFile(
      path.join(ROOT, 'spacetimedb/test/tsconfig.json'),
      { noUnusedLocals: false },
      { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => undefined },
    );
    const host = ts.createCompilerHost(config?.options ?? {});
    const { getSourceFile, fileExists } = host;
    host.fileExists = (name) => sources.has(name) || fileExists(name);
    host.getSourceFile = (name, version) => {
      const source = sources.get(name);
      return source ? ts.createSourceFile(name, source.code, version) : getSourceFile(name, version);
    };
    const program = ts.createProgram([...sources.keys()], config?.options ?? {}, host);
    for (const [file, { place }] of sources) {
      const problems = ts.getPreEmitDiagnostics(program, program.getSourceFile(file));
      expect(
        problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n')),
        place,
      ).toEqual([]);
    }
  });
});

describe('HTML', () => {
  test.each([
    ['/', 'page'],
    ['/blog/Hello_World/', 'page-blog-hello-world'],
    ['/2026/11/a%20b.html', 'page-2026-11-a-b-html'],
    ['/über-uns', 'page-ber-uns'],
  ])('the page at %s has the room %s', (pathname, room) => {
    const block = blocks.find(
      ({ heading, language }) => heading === 'One room per page' && language === 'html',
    );
    const [, script = ''] = /<script[^>]*>(.*)<\/script>/s.exec(block?.code ?? '') ?? [];
    const chat = { database: '' };
    runInNewContext(script, { document: { querySelector: () => chat }, location: { pathname } });
    expect(chat.database).toBe(room);
    const page = new URL('https://example.com');
    expect(resolveAddress([{ where: 'of this chat', database: chat.database }], page).database).toBe(room);
  });

  test.each(placed('html'))('%s parses, and uses only attributes that the widget has', (_place, { code }) => {
    expect(() => parseSvelte(code, { modern: true })).not.toThrow();
    for (const [, list = ''] of code.matchAll(/<spacetimedb-chat\b([^>]*)>/g)) {
      const names = [...list.matchAll(/([\w-]+)(?:="[^"]*")?/g)].map(([, name = '']) => name);
      for (const name of names) expect([...attributes, 'style', 'class']).toContain(name);
    }
  });

  test('docs/widget.md describes every attribute of the widget', () => {
    const rows = PAGES.includes('docs/widget.md') ? tableColumn('docs/widget.md') : [];
    expect(rows).toEqual(expect.arrayContaining([...attributes]));
  });
});

/** The names in the first column of a page's tables. */
function tableColumn(page: string): string[] {
  const text = ts.sys.readFile(path.join(ROOT, page)) ?? '';
  return [...text.matchAll(/^\| *`([\w-]+)`/gm)].map(([, name = '']) => name);
}

test.each(placed('css'))('%s is CSS', (_place, { code }) => {
  const { warnings } = transform({ filename: 'block.css', code: Buffer.from(code) });
  expect(warnings).toEqual([]);
});

test.each(placed('json'))('%s is JSON', (_place, { code }) => {
  expect(() => JSON.parse(code)).not.toThrow();
});

test.each(placed('mermaid'))(
  '%s is a diagram whose arrows connect declared participants',
  (_place, { code }) => {
    const [kind = ''] = code.trim().split(/\s/);
    expect(['flowchart', 'sequenceDiagram']).toContain(kind);
    if (kind !== 'sequenceDiagram') return;
    const names = new Set([...code.matchAll(/^ *participant (\w+)/gm)].map(([, name]) => name));
    const arrows = [...code.matchAll(/^ *(\w+)-?->>(\w+): \S/gm)];
    expect(arrows.length).toBeGreaterThan(3);
    for (const [, from, to] of arrows) expect([names.has(from), names.has(to)]).toEqual([true, true]);
  },
);

describe('the systemd unit', () => {
  const unit = codeBlock('docs/deploy.md', 'systemd', 'ini');
  const setting = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(unit)?.[1] ?? '';

  test('starts the host with a valid command', () => {
    const [node, program = '', ...words] = setting('ExecStart').split(' ');
    expect(node).toBe('/usr/bin/node');
    expect(ts.sys.fileExists(path.join(ROOT, program))).toBe(true);
    expect(parseCommand(words)).toMatchObject({
      name: 'start',
      dataDir: '/var/lib/chat/data',
      trustProxy: 1,
    });
    expect(`/var/lib/${setting('StateDirectory')}/data`).toBe('/var/lib/chat/data');
  });

  const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;
  test.runIf(hasSystemd)('is accepted by systemd-analyze', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'unit-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const file = path.join(folder, 'chat.service');
    // Node may have another path on this machine.
    await writeFile(file, unit.replace('/usr/bin/node', process.execPath));
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', file], {
      encoding: 'utf8',
    });
    const complaints = stderr.split('\n').filter((line) => line.includes('chat.service'));
    expect({ status, complaints }).toEqual({ status: 0, complaints: [] });
  });
});
