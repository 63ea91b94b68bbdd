import { mkdir, open, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { StorageError } from './lmdb-storage.ts';

const LOCK_FILE = 'host.pid';

/**
 * The folder that a host keeps everything in: `keys/`, and `databases/` with a folder for each. One process at a time
 * may use it: each keeps the rows in memory, and would not see what another one writes.
 */
export class DataFolder {
  readonly path: string;

  /** @throws {StorageError} when the folder cannot be used, or another host uses it */
  static async open(folder: string): Promise<DataFolder> {
    const opened = new DataFolder(path.resolve(folder));
    try {
      await mkdir(path.join(opened.path, 'databases'), { recursive: true });
    } catch (error) {
      throw new StorageError(`the data folder ${opened.path} cannot be used: ${(error as Error).message}`, {
        cause: error,
      });
    }
    await opened.#lock();
    return opened;
  }

  private constructor(folder: string) {
    this.path = folder;
  }

  get keys(): string {
    return path.join(this.path, 'keys');
  }

  /** @param identity hex */
  database(identity: string): string {
    return path.join(this.path, 'databases', identity);
  }

  /** The identities of the databases that are here, hex. */
  async databases(): Promise<string[]> {
    const entries = await readdir(path.join(this.path, 'databases'), { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  }

  /** @param identity hex */
  async remove(identity: string): Promise<void> {
    await rm(this.database(identity), { recursive: true, force: true });
  }

  /** Lets another host use the folder. */
  async close(): Promise<void> {
    await rm(this.#lockFile, { force: true });
  }

  get #lockFile(): string {
    return path.join(this.path, LOCK_FILE);
  }

  /** A lock that a crash left behind names a process that is gone. */
  async #lock(): Promise<void> {
    for (let attempt = 0; attempt < 2; attempt++) {
      try {
        await writeFile(this.#lockFile, String(process.pid), { flag: 'wx' });
        return;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
          throw new StorageError(
            `the data folder ${this.path} cannot be written to: ${(error as Error).message}`,
            {
              cause: error,
            },
          );
        }
      }
      const holder = Number(await readFile(this.#lockFile, 'utf8').catch(() => ''));
      if (isRunning(holder)) {
        throw new StorageError(`the data folder ${this.path} is in use by another host (process ${holder})`);
      }
      await rm(this.#lockFile, { force: true });
    }
    throw new StorageError(`the data folder ${this.path} is being taken by another host`);
  }

  /** Reads or makes a file that only its owner may read. */
  async secret(name: string, make: () => Promise<string>): Promise<string> {
    const file = path.join(this.path, name);
    const known = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw new StorageError(`${file} cannot be read: ${error.message}`, { cause: error });
    });
    if (known !== undefined) return known.trim();
    const made = await make();
    const handle = await open(file, 'wx', 0o600);
    await handle.writeFile(`${made}\n`);
    await handle.close();
    return made;
  }
}

function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process is a running one, too.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
