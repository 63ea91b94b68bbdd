import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { bundleModule, BundleError } from './bundle.ts';
import { startHost } from '../start-host.ts';

vi.setConfig({ testTimeout: 60_000 });

const INSTALLED = path.resolve(import.meta.dirname, '../../../../../node_modules');

/** A folder with these files, in which the given packages are installed. */
async function folderWith(
  files: Readonly<Record<string, string>>,
  packages: readonly string[] = [],
): Promise<string> {
  const folder = await temporaryFolder();
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), text);
  }
  if (packages.length > 0) await mkdir(path.join(folder, 'node_modules'), { recursive: true });
  for (const name of packages)
    await symlink(path.join(INSTALLED, name), path.join(folder, 'node_modules', name));
  return folder;
}

const bundle = async (files: Readonly<Record<string, string>>) => bundleModule(await folderWith(files));

describe('a module is bundled as the spacetime CLI does:', () => {
  test('process.env.NODE_ENV becomes the bare word production', async () => {
    const program = await bundle({
      'src/index.ts': `export const isFast = process.env.NODE_ENV === 'production';`,
    });
    expect(program).toContain('isFast = production === "production"');
  });

  test('files are found with .ts before .tsx, .mjs, .js, .cjs and .json', async () => {
    const program = await bundle({
      'src/index.ts': `import a from './a'; import b from './b'; import c from './c'; import d from './d.js'; export { a, b, c, d };`,
      ...{ 'src/a.ts': `export default 'a.ts'`, 'src/a.js': `export default 'a.js'` },
      ...{ 'src/b.mjs': `export default 'b.mjs'`, 'src/b.cjs': `module.exports = 'b.cjs'` },
      ...{ 'src/c.json': '"c.json"', 'src/d.ts': `export default 'd.ts'` },
    });
    for (const file of ['a.ts', 'b.mjs', 'c.json', 'd.ts']) expect(program).toContain(file);
    for (const file of ['a.js', 'b.cjs']) expect(program).not.toContain(file);
  });

  test('import() of another file of the module is refused', async () => {
    const files = {
      'src/index.ts': `export const late = () => import('./late');`,
      'src/late.ts': `export default 1;`,
    };
    await expect(bundle(files)).rejects.toThrow('import() of its own files makes more than one program');
  });

  test('a module that throws while it loads reports the error and its location', async () => {
    const folder = await folderWith(
      {
        'src/index.ts': `import { schema } from 'spacetimedb/server';\nimport { limit } from './limit';\nexport const most = limit + 1;\nexport default schema({});`,
        'src/limit.ts': `if (true) {\n  throw new Error('no limit is set');\n}\nexport const limit = 1;`,
      },
      ['spacetimedb'],
    );
    const program = await bundleModule(folder);
    const loading = startHost({ program, name: 'chat' });
    await expect(loading).rejects.toThrow('no limit is set');
    await expect(loading).rejects.toThrow('limit.ts:2');
  });

  test('a package that is not installed is named', async () => {
    const missing = bundle({ 'src/index.ts': `import 'not-there'; export default 1;` });
    await expect(missing).rejects.toThrow(BundleError);
    await expect(missing).rejects.toThrow('not-there');
  });

  test('a folder without a module is named', async () => {
    await expect(bundle({ 'index.ts': '' })).rejects.toThrow('src/index.ts is missing');
  });
});

describe('the types of a module', () => {
  const files = {
    'tsconfig.json': JSON.stringify({
      compilerOptions: { strict: true, target: 'es2022', types: [] },
      include: ['src'],
    }),
    'src/index.ts': `export const n: number = 'a text';`,
  };

  test('the types of a module are checked with its own TypeScript, and the error names the line', async () => {
    const folder = await folderWith(files, ['typescript']);
    const wrong = bundleModule(folder);
    await expect(wrong).rejects.toThrow(BundleError);
    await expect(wrong).rejects.toThrow(
      `the module in ${folder} does not type-check: src/index.ts(1,14): error TS2322: Type 'string' is not assignable`,
    );
    expect(await bundleModule(folder, { typeCheck: false })).toContain('a text');
  });

  test('the types of a module without TypeScript or tsconfig.json are not checked', async () => {
    expect(await bundle(files)).toContain('a text');
    const folder = await folderWith({ 'src/index.ts': files['src/index.ts'] }, ['typescript']);
    expect(await bundleModule(folder)).toContain('a text');
  });
});
