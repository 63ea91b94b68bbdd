import { randomFillSync } from 'node:crypto';
import { writeSync } from 'node:fs';
import { open, rm, type FileHandle } from 'node:fs/promises';

/** How bytes get to the disk; a test puts a disk in its place that fails. */
export interface Disk {
  /** Writes all of `bytes` at `position`. */
  write(file: FileHandle, bytes: Uint8Array, position: number): Promise<void>;
  /** Resolves when everything that was written to `file` outlasts a power failure. */
  sync(file: FileHandle): Promise<void>;
}

/** Up to so many bytes, handing them to the system takes less time than waiting for another thread to do it. */
const AT_ONCE_BYTES = 64 * 1024;

export const systemDisk: Disk = {
  async write(file, bytes, position) {
    const isSmall = bytes.length <= AT_ONCE_BYTES;
    let done = 0;
    // A disk that is nearly full takes a part, and says so only the next time.
    while (done < bytes.length) {
      const left = bytes.length - done;
      if (isSmall) done += writeSync(file.fd, bytes, done, left, position + done);
      else done += (await file.write(bytes, done, left, position + done)).bytesWritten;
    }
  },
  sync: (file) => file.datasync(),
};

/** Makes names that were added to or removed from a folder outlast a power failure. */
export async function syncFolder(folder: string): Promise<void> {
  // Windows does not open folders, and keeps their names by itself.
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** What callers are told while there is no room. */
export const DISK_FULL = 'The disk is full: changes are refused until there is room again';

const NO_ROOM = new Set(['ENOSPC', 'EDQUOT']);

export function isDiskFull(error: unknown): boolean {
  return NO_ROOM.has((error as NodeJS.ErrnoException | undefined)?.code ?? '');
}

/** Bytes that are kept free for what must still be written when the disk is full. */
const RESERVE_BYTES = 1024 * 1024;

/** A file that takes up room, to be deleted when there is none left. */
export class Reserve {
  readonly #path: string;
  readonly #disk: Disk;
  #isThere = false;

  constructor(path: string, disk: Disk) {
    this.#path = path;
    this.#disk = disk;
  }

  /** @returns whether the room is taken; `false` when there is not enough */
  async take(): Promise<boolean> {
    if (this.#isThere) return true;
    try {
      const file = await open(this.#path, 'w', 0o600);
      try {
        // Random bytes: zeros might be stored as nothing.
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

  /** @returns whether that freed any room */
  async release(): Promise<boolean> {
    const wasThere = this.#isThere;
    this.#isThere = false;
    await rm(this.#path, { force: true }).catch(() => undefined);
    return wasThere;
  }
}
