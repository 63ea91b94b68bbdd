import { rename, rm, readdir } from 'node:fs/promises';
import path from 'node:path';
import { syncFolder, type Disk } from './disk.ts';
import { JournalWriter, journalName, parseJournalName } from './journal-file.ts';
import type { LoadedJournal } from './journal-load.ts';

/** A snapshot is due when the logs exceed both this size and the size of the last snapshot. */
const SNAPSHOT_AFTER_BYTES = 8 * 1024 * 1024;
/** Delay after a failed snapshot. */
const RETRY_MILLIS = 30_000;

/** Limits the size of a folder's logs: writes snapshots in the background and deletes the files that they replace. */
export class SnapshotWriter {
  readonly #folder: string;
  readonly #disk: Disk;
  readonly #after: number;
  #number: number;
  #snapshotBytes: number;
  #logBytes: number;
  #notBefore = 0;
  #isStopped = false;
  #running: Promise<void> | undefined;

  constructor(folder: string, disk: Disk, loaded: LoadedJournal, after = SNAPSHOT_AFTER_BYTES) {
    this.#folder = folder;
    this.#disk = disk;
    this.#after = after;
    this.#number = loaded.log.number;
    this.#snapshotBytes = loaded.snapshotBytes;
    this.#logBytes = loaded.logBytes;
  }

  logGrew(bytes: number): void {
    this.#logBytes += bytes;
  }

  isDue(): boolean {
    if (this.#running || this.#isStopped || performance.now() < this.#notBefore) return false;
    return this.#logBytes > Math.max(this.#after, this.#snapshotBytes);
  }

  /**
   * Seals a log, and writes a snapshot of the state at its end.
   *
   * @returns the new log; `undefined` when none could be created and the old one stays in use
   */
  async begin(log: JournalWriter, frames: Iterable<Uint8Array>): Promise<JournalWriter | undefined> {
    const number = this.#number + 1;
    const seed = log.chain;
    let next: JournalWriter | undefined;
    try {
      next = await JournalWriter.create(this.#folder, { kind: 'log', number, seed }, this.#disk);
      await log.seal();
    } catch {
      await next?.close();
      this.#notBefore = performance.now() + RETRY_MILLIS;
      return undefined;
    }
    // Everything is on disk, so an error while closing does not matter.
    await log.close().catch(() => undefined);
    this.#number = number;
    const before = this.#logBytes;
    this.#running = this.#write(number, seed, frames)
      .then(
        (bytes) => {
          this.#snapshotBytes = bytes;
          this.#logBytes -= before;
        },
        () => {
          this.#notBefore = performance.now() + RETRY_MILLIS;
        },
      )
      .finally(() => (this.#running = undefined));
    return next;
  }

  /** Aborts the snapshot that is being written. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#running;
  }

  /** @returns the size of the snapshot in bytes */
  async #write(number: number, seed: number, frames: Iterable<Uint8Array>): Promise<number> {
    const header = { kind: 'snapshot', number, seed } as const;
    const snapshot = await JournalWriter.create(this.#folder, header, this.#disk);
    try {
      for (const frame of frames) {
        if (this.#isStopped) throw new Error('the storage was closed');
        await snapshot.appendUnsynced(frame);
      }
      await snapshot.seal();
      await snapshot.close();
    } catch (error) {
      await snapshot.close();
      await rm(snapshot.path, { force: true });
      throw error;
    }
    await rename(snapshot.path, path.join(this.#folder, journalName(header)));
    await syncFolder(this.#folder);
    await removeBefore(this.#folder, number);
    return snapshot.length;
  }
}

/** Deletes the files that a snapshot replaces. */
async function removeBefore(folder: string, number: number): Promise<void> {
  for (const name of await readdir(folder)) {
    const file = parseJournalName(name);
    if (file && file.number < number) await rm(path.join(folder, name), { force: true });
  }
}
