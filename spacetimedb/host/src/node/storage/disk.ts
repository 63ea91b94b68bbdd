import { randomFillSync } from 'node:crypto';
import { writeSync } from 'node:fs';
import { open, rm, type FileHandle } from 'node:fs/promises';

/** Writes bytes to the disk. Tests replace it with a disk that fails. */
export interface Disk {
  /** Writes all of `bytes` at `position`. */
  write(file: FileHandle, bytes: Uint8Array, position: number): Promise<void>;
  /** Resolves when everything written to `file` survives a power failure. */
  sync(file: FileHandle): Promise<void>;
}

/** Up to this size, writing synchronously is faster than waiting for another thread. */
const AT_ONCE_BYTES = 64 * 1024;

export const systemDisk: Disk = {
  async write(file, bytes, position) {
    const isSmall = bytes.length <= AT_ONCE_BYTES;
    let done = 0;
    // A disk that is nearly full accepts a part, and reports the error only on the next write.
    while (done < bytes.length) {
      const left = bytes.length - done;
      if (isSmall) done += writeSync(file.fd, bytes, done, left, position + done);
      else done += (await file.write(bytes, done, left, position + done)).bytesWritten;
    }
  },
  sync: (file) => file.datasync(),
};

/** Makes names added to or removed from a folder survive a power failure. */
export async function syncFolder(folder: string): Promise<void> {
  // Windows cannot open folders, and stores their names by itself.
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** What callers see while the disk is full. */
export const DISK_FULL = 'The disk is full: changes are refused until there is room again';

const NO_ROOM = new Set(['ENOSPC', 'EDQUOT']);

export function isDiskFull(error: unknown): boolean {
  return NO_ROOM.has((error as NodeJS.ErrnoException | undefined)?.code ?? '');
}

/** Bytes that are reserved for what must still be written when the disk is full. */
const RESERVE_BYTES = 1024 * 1024;

/** A file that reserves space. Deleting it frees the space when the disk is full. */
export class Reserve {
  readonly #path: string;
  readonly #disk: Disk;
  #isThere = false;

  constructor(path: string, disk: Disk) {
    this.#path = path;
    this.#disk = disk;
  }

  /** @returns `false` when there is not enough space */
  async take(): Promise<boolean> {
    if (this.#isThere) return true;
    try {
      const file = await open(this.#path, 'w', 0o600);
      try {
        // Random bytes, because a file system may not store zeros.
        await this.#disk.write(file, randomFillSync(new Uint8Array(RESERVE_BYTES)), 0);
        await this.#disk.sync(file);
      } finally {
        await file.close();
      }
      this.#isThere = true;
    } catch {
      await rm(this.#path, { force: true }).catch(() => undefined);
    }
    return this.#isThere;
  }

  /** @returns whether this freed any space */
  async release(): Promise<boolean> {
    const wasThere = this.#isThere;
    this.#isThere = false;
    await rm(this.#path, { force: true }).catch(() => undefined);
    return wasThere;
  }
}
