import { chmod, mkdir, open, readFile, readdir, rename, rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';

import { syncFolder } from './disk.ts';
import { tryLock } from './file-lock.ts';
import { StorageError } from './storage-error.ts';

const LOCK_FILE = 'host.lock';
/** Suffixes of a database folder that is being created or deleted. */
const UNFINISHED = /\.(new|deleted)$/;

/**
 * A host's folder: `keys/`, and `databases/` with a folder for each database. Only one process may use it at a time,
 * because each keeps the rows in memory and would not see another's writes.
 */
export class DataFolder {
  readonly path: string;
  readonly #lock: FileHandle;

  /** @throws {StorageError} when the folder cannot be used, or another host uses it */
  static async open(folder: string): Promise<DataFolder> {
    const absolute = path.resolve(folder);
    let lock: FileHandle | undefined;
    try {
      await mkdir(path.join(absolute, 'databases'), { recursive: true, mode: 0o700 });
      lock = await open(path.join(absolute, LOCK_FILE), 'a', 0o600);
      if (!tryLock(lock.fd)) throw new StorageError(`the data folder ${absolute} is in use by another host`);
      await makePrivate(absolute);
      await removeUnfinished(path.join(absolute, 'databases'));
      return new DataFolder(absolute, lock);
    } catch (error) {
      await lock?.close();
      if (error instanceof StorageError) throw error;
      throw new StorageError(`the data folder ${absolute} cannot be used: ${(error as Error).message}`, {
        cause: error,
      });
    }
  }

  private constructor(folder: string, lock: FileHandle) {
    this.path = folder;
    this.#lock = lock;
  }

  get keys(): string {
    return path.join(this.path, 'keys');
  }

  /** @param identity hex */
  database(identity: string): string {
    return path.join(this.path, 'databases', identity);
  }

  /** The identities of the stored databases, hex. */
  async databases(): Promise<string[]> {
    const entries = await readdir(path.join(this.path, 'databases'), { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  }

  /** Deletes a database's files, atomically and durably. @param identity hex */
  async remove(identity: string): Promise<void> {
    const folder = this.database(identity);
    const doomed = `${folder}.deleted`;
    try {
      await rename(folder, doomed);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
      throw error;
    }
    await syncFolder(path.dirname(folder));
    await rm(doomed, { recursive: true, force: true });
  }

  /** Releases the lock, so that another host may use the folder. The system also releases it when the process ends. */
  async close(): Promise<void> {
    await this.#lock.close();
  }

  /** Reads a trimmed text file. @returns `undefined` when it does not exist @throws {StorageError} */
  async readText(name: string): Promise<string | undefined> {
    const file = path.join(this.path, name);
    try {
      return (await readFile(file, 'utf8')).trim();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw new StorageError(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
    }
  }

  /** Atomically writes a file that only the host's user may read. */
  async writeText(name: string, text: string): Promise<void> {
    const file = path.join(this.path, name);
    const draft = `${file}.tmp`;
    const handle = await open(draft, 'w', 0o600);
    try {
      await handle.writeFile(`${text}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
    await syncFolder(this.path);
  }

  /** Renames a file or folder to a free name. @returns that name; `undefined` when it does not exist */
  async setAside(name: string): Promise<string | undefined> {
    const file = path.join(this.path, name);
    const taken = new Set(await readdir(this.path));
    let n = 1;
    while (taken.has(`${name}.old-${n}`)) n++;
    try {
      await rename(file, `${file}.old-${n}`);
      return `${file}.old-${n}`;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }
}

/** Makes the folder private to the host's user, whatever the umask or its mode was. */
async function makePrivate(folder: string): Promise<void> {
  // Windows has no such modes. There, files are private because of the folder that contains them.
  if (process.platform === 'win32') return;
  await chmod(folder, 0o700);
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isSymbolicLink()) continue;
    await chmod(path.join(entry.parentPath, entry.name), entry.isDirectory() ? 0o700 : 0o600);
  }
}

async function removeUnfinished(databases: string): Promise<void> {
  for (const name of await readdir(databases)) {
    if (UNFINISHED.test(name)) await rm(path.join(databases, name), { recursive: true, force: true });
  }
}
