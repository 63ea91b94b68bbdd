import { statSync, type BigIntStats } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import type { DatabaseStorage, DatabaseWrite, StoredDatabase } from '../../engine/database/storage.ts';
import type { StoredRow } from '../../engine/datastore/datastore.ts';
import { DISK_FULL, Reserve, isDiskFull, syncFolder, systemDisk, type Disk } from './disk.ts';
import { FrameWriter } from './journal-codec.ts';
import { JournalDamage, JournalWriter, journalName } from './journal-file.ts';
import { loadJournal, type LoadedJournal } from './journal-load.ts';
import { SnapshotWriter } from './journal-snapshot.ts';
import type { JournalState } from './journal-state.ts';
import { convertLmdb, isLmdbFolder } from './lmdb-import.ts';
import { StorageError } from './storage-error.ts';

const RESERVE_FILE = 'reserve';

export interface JournalOptions {
  /** Writes to the disk; tests pass one that fails. */
  readonly disk?: Disk;
  /** Size of the changes in bytes after which the first snapshot is made; 8 MiB by default. */
  readonly snapshotAfter?: number;
  /** Milliseconds between attempts to write to a failing disk, and between checks of the folder; 1000 by default. */
  readonly checkMillis?: number;
}

/**
 * Stores a database in a folder: a log of its transactions, and snapshots that replace older logs. A failed write is
 * retried until it succeeds. Memory stays correct meanwhile, and nothing is reported as durable before it is.
 */
export class JournalStorage implements DatabaseStorage {
  readonly #folder: string;
  readonly #state: JournalState;
  readonly #reserve: Reserve;
  readonly #snapshots: SnapshotWriter;
  readonly #listeners = new Set<() => void>();
  readonly #checkMillis: number;
  readonly #timer: NodeJS.Timeout;
  #log: JournalWriter;
  #queue: FrameWriter | undefined;
  #offset = 0;
  #durableOffset = 0;
  #failure: string | undefined;
  /** Has the newest write failed without a successful retry? */
  #isStuck = false;
  #writing: Promise<void> | undefined;
  #closing: Promise<void> | undefined;
  #wakeWriter: () => void = () => undefined;

  /**
   * Creates a folder for a new database.
   *
   * @throws {StorageError} when it cannot be created
   */
  static async create(folder: string, options: JournalOptions = {}): Promise<JournalStorage> {
    const draft = `${folder}.new`;
    try {
      await rm(draft, { recursive: true, force: true });
      await mkdir(draft, { recursive: true, mode: 0o700 });
      const log = await JournalWriter.create(
        draft,
        { kind: 'log', number: 1, seed: firstSeed(folder) },
        options.disk ?? systemDisk,
      );
      await log.close();
      await rename(draft, folder);
      await syncFolder(path.dirname(folder));
    } catch (error) {
      await rm(draft, { recursive: true, force: true }).catch(() => undefined);
      throw cannotOpen(folder, error);
    }
    return JournalStorage.open(folder, options);
  }

  /**
   * Opens a folder and reads everything in it. A folder of LMDB, as older versions wrote it, is converted first.
   *
   * @throws {StorageError} when something is missing or damaged
   */
  static async open(folder: string, options: JournalOptions = {}): Promise<JournalStorage> {
    const { disk = systemDisk } = options;
    try {
      if (await isLmdbFolder(folder)) await convertLmdb(folder, firstSeed(folder), disk);
      const loaded = await loadJournal(folder);
      checkOwner(folder, loaded);
      const log = await JournalWriter.continue(logPath(folder, loaded), loaded.log, disk);
      const storage = new JournalStorage(folder, loaded, log, options);
      if (!(await storage.#reserve.take())) storage.#setFailure(DISK_FULL);
      return storage;
    } catch (error) {
      throw cannotOpen(folder, error);
    }
  }

  private constructor(folder: string, loaded: LoadedJournal, log: JournalWriter, options: JournalOptions) {
    const { disk = systemDisk, checkMillis = 1000 } = options;
    this.#folder = folder;
    this.#state = loaded.state;
    this.#log = log;
    this.#reserve = new Reserve(path.join(folder, RESERVE_FILE), disk);
    this.#snapshots = new SnapshotWriter(folder, disk, loaded, options.snapshotAfter);
    this.#checkMillis = checkMillis;
    this.#timer = setInterval(() => void this.#check(), checkMillis).unref();
  }

  load(): Promise<StoredDatabase | undefined> {
    const { storedMeta: meta, storedProgram: program, tables, sequences, clients, lastTime } = this.#state;
    if (!meta || !program) return Promise.resolve(undefined);
    const rows = new Map([...tables].map(([table, ofTable]) => [table, storedRows(ofTable)] as const));
    return Promise.resolve({
      meta,
      program,
      rows,
      sequences: new Map(sequences),
      clients: [...clients.values()],
      time: lastTime,
    });
  }

  append(write: DatabaseWrite): number {
    for (const { inserts } of write.tables) {
      for (const row of inserts) row.storageId = this.#state.next++;
    }
    this.#state.apply(write);
    this.#queue ??= new FrameWriter();
    this.#queue.write(write);
    this.#offset++;
    this.#writing ??= this.#writeQueue();
    return this.#offset;
  }

  get durableOffset(): number {
    return this.#durableOffset;
  }

  get failure(): string | undefined {
    return this.#failure;
  }

  get queuedBytes(): number {
    return this.#queue?.size ?? 0;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** @throws {StorageError} when some writes never reached the disk */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    clearInterval(this.#timer);
    this.#wakeWriter();
    await this.#writing;
    await this.#snapshots.stop();
    await this.#log.close();
    if (this.#durableOffset < this.#offset) {
      const count = this.#offset - this.#durableOffset;
      throw new StorageError(
        `${count} of the last changes could not be written to ${this.#folder}: ${this.#failure ?? 'it is closed'}`,
      );
    }
  }

  /**
   * Writes the queue until it is empty. Waiting for the disk takes much longer than writing, so everything queued
   * during one wait shares the next.
   */
  async #writeQueue(): Promise<void> {
    // Writes of the same turn of the event loop share the first wait.
    await Promise.resolve();
    while (this.#queue) {
      const frame = this.#queue.finish();
      const offset = this.#offset;
      this.#queue = undefined;
      // Taken now, while the state matches the end of this frame.
      const snapshot = this.#snapshots.isDue() ? this.#state.snapshot() : undefined;
      if (!(await this.#writeUntilDone(frame))) return;
      this.#durableOffset = offset;
      this.#snapshots.logGrew(frame.length);
      this.#tell();
      if (snapshot) await this.#beginSnapshot(snapshot);
    }
    this.#writing = undefined;
  }

  /** @returns `false` when the storage was closed before the write succeeded */
  async #writeUntilDone(frame: Uint8Array): Promise<boolean> {
    for (;;) {
      try {
        if (this.#isGone()) throw new StorageError(this.#gone);
        await this.#log.append(frame);
        this.#isStuck = false;
        return true;
      } catch (error) {
        this.#isStuck = true;
        this.#setFailure(this.#describe(error));
        if (isDiskFull(error) && (await this.#reserve.release())) continue;
        if (this.#closing) return false;
        await this.#pause();
      }
    }
  }

  /** Resolves when it is time to retry or the storage is closed. */
  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.#checkMillis);
      this.#wakeWriter = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Continues in a new log, and writes a snapshot of the older ones in the background. */
  async #beginSnapshot(frames: Iterable<Uint8Array>): Promise<void> {
    const next = await this.#snapshots.begin(this.#log, frames);
    if (next) this.#log = next;
  }

  /** Checks whether the folder still exists and whether a failure is over. */
  async #check(): Promise<void> {
    if (this.#closing) return;
    if (this.#isGone()) this.#setFailure(this.#gone);
    else if (this.#failure !== undefined && !this.#isStuck && (await this.#reserve.take())) {
      if (!this.#isStuck) this.#setFailure(undefined);
    }
  }

  get #gone(): string {
    return `The data folder ${this.#folder} was deleted or replaced: changes are refused until the host is started again`;
  }

  #isGone(): boolean {
    let found: BigIntStats | undefined;
    try {
      found = statSync(this.#log.path, { bigint: true, throwIfNoEntry: false });
    } catch {
      // An unreadable folder may still exist; the next write shows it.
      return false;
    }
    return found?.ino !== this.#log.inode;
  }

  #describe(error: unknown): string {
    if (error instanceof StorageError) return error.message;
    if (isDiskFull(error)) return DISK_FULL;
    return `The disk cannot be written to (${(error as Error).message}): changes are refused until it can`;
  }

  #setFailure(failure: string | undefined): void {
    if (this.#failure === failure) return;
    this.#failure = failure;
    this.#tell();
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

function storedRows(rows: ReadonlyMap<number, Uint8Array>): Iterable<StoredRow> {
  return {
    *[Symbol.iterator]() {
      for (const [storageId, bytes] of rows) yield { bytes, storageId };
    },
  };
}

/** The seed of the first log, different for each database, so that files of another database are detected. */
function firstSeed(folder: string): number {
  return crc32(path.basename(folder));
}

function logPath(folder: string, { log }: LoadedJournal): string {
  return path.join(folder, journalName(log));
}

function checkOwner(folder: string, { state }: LoadedJournal): void {
  const identity = state.storedMeta?.identity;
  if (identity === undefined || identity === path.basename(folder)) return;
  throw new JournalDamage(`its files are those of the database ${identity}`);
}

function cannotOpen(folder: string, error: unknown): StorageError {
  const reason = isDiskFull(error) ? 'the disk is full' : (error as Error).message;
  return new StorageError(`the data folder ${folder} cannot be opened: ${reason}`, { cause: error });
}
