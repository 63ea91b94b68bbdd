/** Writes generated bindings to disk, or checks whether those on disk are stale. */
import { mkdir, readdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { GENERATED_BANNER } from './typescript/generate.ts';

export interface WriteOptions {
  /** Only check, without writing or deleting anything? No by default. */
  readonly check?: boolean;
}

/** The differences on disk. Paths are relative to the bindings folder, with `/` between folders, and sorted. */
export interface BindingsChanges {
  readonly missing: readonly string[];
  readonly stale: readonly string[];
  /** Generated files that are no longer needed. */
  readonly extra: readonly string[];
}

/**
 * Makes the generated files in `outDir` match `files`. Writes only what differs, so that watchers see no needless
 * change, and leaves files without the generated banner alone. `index.ts` is replaced after the files that it imports
 * are written and before obsolete ones are deleted, so a dev server always finds its imports.
 * @param files text by relative path, as `generateTypescript` returns it
 * @returns the differences found, whether or not they were fixed
 * @throws when the folder cannot be read or written
 */
export async function writeBindings(
  outDir: string,
  files: ReadonlyMap<string, string>,
  { check = false }: WriteOptions = {},
): Promise<BindingsChanges> {
  const missing: string[] = [];
  const stale: string[] = [];
  for (const [path, text] of indexLast(files)) {
    const present = await readIfThere(join(outDir, path));
    if (present === text) continue;
    (present === undefined ? missing : stale).push(path);
    if (!check) await write(join(outDir, path), text);
  }
  const extra = (await generatedFiles(outDir)).filter((path) => !files.has(path));
  if (!check) await Promise.all(extra.map((path) => remove(outDir, path)));
  return { missing: missing.sort(), stale: stale.sort(), extra: extra.sort() };
}

/** Were there differences? */
export function hasChanges({ missing, stale, extra }: BindingsChanges): boolean {
  return missing.length + stale.length + extra.length > 0;
}

async function generatedFiles(outDir: string): Promise<string[]> {
  const entries = await ifThere(readdir(outDir, { recursive: true }), []);
  const paths = entries.filter((path) => path.endsWith('.ts')).map((path) => path.replaceAll('\\', '/'));
  const isGenerated = await Promise.all(
    paths.map(async (path) => (await readIfThere(join(outDir, path)))?.startsWith(GENERATED_BANNER)),
  );
  return paths.filter((_, i) => isGenerated[i]);
}

function indexLast(files: ReadonlyMap<string, string>): [string, string][] {
  return [...files].sort(([a], [b]) => Number(a === 'index.ts') - Number(b === 'index.ts'));
}

/** Replaces the file atomically, so that no reader sees half of it. */
async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(draft, text);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** Deletes a file, and folders below `outDir` that are empty afterwards. */
async function remove(outDir: string, path: string): Promise<void> {
  await rm(join(outDir, path), { force: true });
  for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) {
    const isGone = await rmdir(join(outDir, folder)).then(
      () => true,
      () => false,
    );
    if (!isGone) return;
  }
}

function readIfThere(path: string): Promise<string | undefined> {
  return ifThere(readFile(path, 'utf8'), undefined);
}

/** The result of `reading`, or `otherwise` if the path does not exist. */
async function ifThere<T, U>(reading: Promise<T>, otherwise: U): Promise<T | U> {
  try {
    return await reading;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'EISDIR') return otherwise;
    throw error;
  }
}
