import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, test } from 'vitest';

const SOURCES = dirname(fileURLToPath(import.meta.url));

/** From the bottom up. A file may import from its own entry and from lower layers, but not from its neighbours. */
const LAYERS: readonly (readonly string[])[] = [
  ['version.ts', 'engine/bytes.ts', 'engine/limits.ts', 'engine/host-usage.ts', 'engine/stack-overflow.ts'],
  ['engine/sats'],
  ['engine/schema'],
  ['engine/datastore', 'codegen'],
  ['engine/abi', 'engine/sql', 'engine/wire'],
  ['engine/database-api.ts'],
  ['engine/system-tables'],
  ['engine/views'],
  ['engine/subscription'],
  ['engine/row-security'],
  ['engine/database'],
  ['engine/client'],
  ['node/auth', 'node/storage', 'node/module', 'node/outgoing'],
  ['node/http'],
  ['node/websocket'],
  ['node'],
  ['cli'],
  ['index.ts'],
];

interface Place {
  readonly entry: string;
  readonly level: number;
}

function placeOf(file: string): Place | undefined {
  const places = LAYERS.flatMap((entries, level) => entries.map((entry) => ({ entry, level })));
  return places
    .filter(({ entry }) => file === entry || file.startsWith(`${entry}/`))
    .sort((a, b) => b.entry.length - a.entry.length)[0];
}

/** The host's own files that each file imports, types included. Tests and their helpers may import anything. */
function importsByFile(): Map<string, string[]> {
  const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
    .map((file) => file.split(sep).join('/'))
    .filter(
      (file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !/(^|\/)testing(\/|\.)/.test(file),
    );
  return new Map(
    files.map((file) => {
      const { importedFiles } = ts.preProcessFile(readFileSync(join(SOURCES, file), 'utf8'));
      const own = importedFiles.filter(({ fileName }) => fileName.startsWith('.'));
      return [file, own.map(({ fileName }) => posix.join(posix.dirname(file), fileName))];
    }),
  );
}

/** The files on one import cycle; empty when there is none. */
function findCycle(imports: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const finished = new Set<string>();
  const visit = (file: string, path: readonly string[]): readonly string[] => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (finished.has(file)) return [];
    for (const imported of imports.get(file) ?? []) {
      const cycle = visit(imported, [...path, file]);
      if (cycle.length > 0) return cycle;
    }
    finished.add(file);
    return [];
  };
  for (const file of imports.keys()) {
    const cycle = visit(file, []);
    if (cycle.length > 0) return cycle;
  }
  return [];
}

const imports = importsByFile();

test('the layer check reads the sources of the host', () => {
  expect(imports.get('engine/database/database.ts')).toContain('engine/datastore/datastore.ts');
  expect(imports.size).toBeGreaterThan(100);
});

test('every source file of the host belongs to a layer', () => {
  expect([...imports.keys()].filter((file) => !placeOf(file))).toEqual([]);
});

test('no file of the host imports from a layer above its own', () => {
  const upward = [...imports].flatMap(([file, imported]) =>
    imported
      .filter((target) => {
        const [from, to] = [placeOf(file), placeOf(target)];
        return from && to && from.entry !== to.entry && to.level >= from.level;
      })
      .map((target) => `${file} -> ${target}`),
  );
  expect(upward).toEqual([]);
});

test('the files of the host have no import cycle', () => {
  expect(findCycle(imports)).toEqual([]);
});

test('the cycle search finds a cycle', () => {
  const tangled = new Map([
    ['a', ['b']],
    ['b', ['c', 'd']],
    ['d', ['b']],
  ]);
  expect(findCycle(tangled)).toEqual(['b', 'd', 'b']);
});
