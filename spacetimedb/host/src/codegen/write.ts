/** Puts generated bindings on disk, and says whether those on disk are stale. */
import { mkdir, readdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { GENERATED_BANNER } from './typescript/generate.ts';

export interface WriteOptions {
  /** Only looks: writes and deletes nothing. By default it does both. */
  readonly check?: boolean;
}

/** What differed on disk; paths are relative to the bindings folder, with `/` between folders, and sorted. */
export interface BindingsChanges {
  readonly missing: readonly string[];
  readonly stale: readonly string[];
  /** Generated files that no longer belong there. */
  readonly extra: readonly string[];
}

/**
 * Makes the generated files in `outDir` be exactly `files`. Writes only what differs, so that watchers see no change
 * where there is none, and leaves files alone that do not begin with the generated banner. `index.ts` is replaced after
 * the files that it imports are written and before obsolete ones are deleted, so a dev server always finds its imports.
 * @param files text by relative path, as `generateTypescript` returns it
 * @returns what differed before, whether or not it was put right
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

/** Did the bindings on disk differ from what they should be? */
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

/** Replaces the file in one step, so that nobody reads half of it. */
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

/** Deletes a file, and the folders below `outDir` that it leaves empty. */
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

/** What `reading` comes to, or `otherwise` when there is nothing of that kind at the path. */
async function ifThere<T, U>(reading: Promise<T>, otherwise: U): Promise<T | U> {
  try {
    return await reading;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'EISDIR') return otherwise;
    throw error;
  }
}
