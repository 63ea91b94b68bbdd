import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GENERATED_BANNER } from './typescript/generate.ts';
import { hasChanges, writeBindings } from './write.ts';

const text = (body: string): string => `${GENERATED_BANNER}.\n${body}\n`;
const FILES = new Map([
  ['index.ts', text('index')],
  ['types/reducers.ts', text('reducers')],
]);

describe('writeBindings', () => {
  let outDir: string;

  beforeEach(async () => {
    outDir = join(await mkdtemp(join(tmpdir(), 'bindings-')), 'module_bindings');
  });
  afterEach(async () => {
    await rm(join(outDir, '..'), { recursive: true });
  });

  it('writeBindings creates the folder and everything in it', async () => {
    const changes = await writeBindings(outDir, FILES);
    expect(changes).toEqual({ missing: ['index.ts', 'types/reducers.ts'], stale: [], extra: [] });
    expect(await readFile(join(outDir, 'types/reducers.ts'), 'utf8')).toBe(FILES.get('types/reducers.ts'));
    expect(hasChanges(await writeBindings(outDir, FILES, { check: true }))).toBe(false);
  });

  it('writeBindings keeps the old index while a file that the new one imports is missing', async () => {
    await mkdir(join(outDir, 'types/reducers.ts', 'blocks'), { recursive: true });
    await writeFile(join(outDir, 'index.ts'), text('old index'));
    await expect(writeBindings(outDir, FILES)).rejects.toThrow();
    expect(await readFile(join(outDir, 'index.ts'), 'utf8')).toBe(text('old index'));
    expect(await readdir(join(outDir, 'types'))).toEqual(['reducers.ts']);
  });

  it('writeBindings writes only files that differ', async () => {
    await writeBindings(outDir, FILES);
    const longAgo = new Date('2001-01-01');
    for (const path of FILES.keys()) await utimes(join(outDir, path), longAgo, longAgo);
    await writeFile(join(outDir, 'types/reducers.ts'), text('old'));
    expect(await writeBindings(outDir, FILES)).toEqual({
      missing: [],
      stale: ['types/reducers.ts'],
      extra: [],
    });
    expect((await stat(join(outDir, 'index.ts'))).mtime).toEqual(longAgo);
    expect(await readFile(join(outDir, 'types/reducers.ts'), 'utf8')).toBe(text('reducers'));
  });

  it('writeBindings deletes stale generated files and the folders that they leave empty', async () => {
    await mkdir(join(outDir, 'lib/deep'), { recursive: true });
    await writeFile(join(outDir, 'lib/deep/types.ts'), text('gone'));
    await writeFile(join(outDir, 'mine.ts'), 'export const mine = 1;\n');
    expect((await writeBindings(outDir, FILES)).extra).toEqual(['lib/deep/types.ts']);
    expect((await readdir(outDir)).sort()).toEqual(['index.ts', 'mine.ts', 'types']);
  });

  it("writeBindings keeps a folder that contains a user's file", async () => {
    await mkdir(join(outDir, 'lib'), { recursive: true });
    await writeFile(join(outDir, 'lib/types.ts'), text('gone'));
    await writeFile(join(outDir, 'lib/notes.md'), 'notes');
    await writeBindings(outDir, FILES);
    expect(await readdir(join(outDir, 'lib'))).toEqual(['notes.md']);
  });

  it('with check, writeBindings changes nothing and reports everything', async () => {
    await mkdir(outDir);
    await writeFile(join(outDir, 'index.ts'), text('old'));
    await writeFile(join(outDir, 'user_table.ts'), text('gone'));
    expect(await writeBindings(outDir, FILES, { check: true })).toEqual({
      missing: ['types/reducers.ts'],
      stale: ['index.ts'],
      extra: ['user_table.ts'],
    });
    expect((await readdir(outDir)).sort()).toEqual(['index.ts', 'user_table.ts']);
    expect(await readFile(join(outDir, 'index.ts'), 'utf8')).toBe(text('old'));
  });

  it('with check, a missing folder is reported as if all its files were missing', async () => {
    expect((await writeBindings(outDir, FILES, { check: true })).missing).toEqual([...FILES.keys()]);
    await expect(readdir(outDir)).rejects.toThrow('ENOENT');
  });

  it('writeBindings fails with a clear error if the folder is a file', async () => {
    await writeFile(outDir, 'not a folder');
    await expect(writeBindings(outDir, FILES)).rejects.toThrow('ENOTDIR');
  });
});
