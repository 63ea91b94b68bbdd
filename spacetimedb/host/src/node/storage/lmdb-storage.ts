import { mkdir } from 'node:fs/promises';
import { open, type Database, type RootDatabase } from 'lmdb';
import { findLmdbDamage } from './lmdb-file.ts';
import type {
  DatabaseMeta,
  DatabaseStorage,
  DatabaseWrite,
  StoredClient,
  StoredDatabase,
} from '../../engine/database/storage.ts';
import type { StoredRow } from '../../engine/datastore/datastore.ts';

/** Raised when the layout below changes: a folder written by another version is refused and not misread. */
const FORMAT = 1;

/** A data folder that cannot be used; `message` says which and why. */
export class StorageError extends Error {
  override readonly name = 'StorageError';
}

/**
 * Keeps a database in LMDB: rows under a running number for each table, everything of one transaction in one LMDB
 * transaction, so that after a crash each is there whole or not at all.
 */
export class LmdbStorage implements DatabaseStorage {
  readonly #root: RootDatabase;
  readonly #info: Database<unknown, string>;
  readonly #rows: Database<Uint8Array, [table: string, id: number]>;
  readonly #clients: Database<StoredClient, string>;
  readonly #sequences: Database<string, string>;
  readonly #durableListeners = new Set<() => void>();
  #failureListener: (error: Error) => void = () => undefined;
  #nextId = 0;
  #offset = 0;
  #durableOffset = 0;
  /** What is still to be done in LMDB, for all offsets up to `#offset`. */
  #queue: (() => unknown)[] = [];
  /** Runs while there is something in the queue. */
  #writing: Promise<void> | undefined;

  /** @throws {StorageError} when `dir` cannot be made, opened or understood */
  static async open(dir: string): Promise<LmdbStorage> {
    let root: RootDatabase;
    try {
      await mkdir(dir, { recursive: true });
      const damage = await findLmdbDamage(dir);
      if (damage !== undefined) throw new Error(damage);
      root = open({ path: dir, noSubdir: false, maxDbs: 8 });
    } catch (error) {
      throw new StorageError(`the data folder ${dir} cannot be opened: ${(error as Error).message}`, {
        cause: error,
      });
    }
    const storage = new LmdbStorage(root);
    const format = storage.#info.get('format');
    if (format !== undefined && format !== FORMAT) {
      await root.close();
      throw new StorageError(
        `the data folder ${dir} was written in format ${String(format)}, and this version reads format ${FORMAT}`,
      );
    }
    return storage;
  }

  private constructor(root: RootDatabase) {
    this.#root = root;
    this.#info = root.openDB({ name: 'info' });
    this.#rows = root.openDB({ name: 'rows', encoding: 'binary' });
    this.#clients = root.openDB({ name: 'clients' });
    this.#sequences = root.openDB({ name: 'sequences' });
  }

  load(): Promise<StoredDatabase | undefined> {
    const meta = this.#info.get('meta') as DatabaseMeta | undefined;
    if (!meta) return Promise.resolve(undefined);
    const rows = new Map<string, StoredRow[]>();
    for (const { key, value } of this.#rows.getRange()) {
      const [table, id] = key;
      // A copy: LMDB's buffers are only good until the next read.
      const row = { bytes: Uint8Array.from(value), storageId: id };
      const ofTable = rows.get(table);
      if (ofTable) ofTable.push(row);
      else rows.set(table, [row]);
      this.#nextId = Math.max(this.#nextId, id + 1);
    }
    return Promise.resolve({
      meta,
      program: Uint8Array.from(this.#info.get('program') as Uint8Array),
      rows,
      sequences: new Map(
        [...this.#sequences.getRange()].map(({ key, value }) => [key, BigInt(value)] as const),
      ),
      clients: [...this.#clients.getRange()].map(({ value }) => value),
    });
  }

  append(write: DatabaseWrite): number {
    this.#queue.push(...this.#prepare(write));
    this.#offset++;
    this.#writing ??= this.#writeQueue();
    return this.#offset;
  }

  get durableOffset(): number {
    return this.#durableOffset;
  }

  onDurable(listener: () => void): () => void {
    this.#durableListeners.add(listener);
    return () => this.#durableListeners.delete(listener);
  }

  onFailure(listener: (error: Error) => void): void {
    this.#failureListener = listener;
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.#root.close();
  }

  /** What to do inside LMDB's transaction, which begins later: by then the rows may have gone on changing places. */
  #prepare(write: DatabaseWrite): (() => unknown)[] {
    const { meta, program, connected, disconnected } = write;
    const operations: (() => unknown)[] = [];
    if (meta) {
      operations.push(() => this.#info.put('format', FORMAT));
      operations.push(() => this.#info.put('meta', meta));
    }
    if (program) operations.push(() => this.#info.put('program', program));
    for (const table of write.clearedTables ?? []) operations.push(() => this.#clear(table));
    for (const { table, deletes, inserts } of write.tables) {
      for (const { storageId } of deletes) {
        if (storageId !== undefined) operations.push(() => this.#rows.remove([table, storageId]));
      }
      for (const row of inserts) {
        const id = this.#nextId++;
        row.storageId = id;
        operations.push(() => this.#rows.put([table, id], row.bytes));
      }
    }
    for (const [name, mark] of write.sequences)
      operations.push(() => this.#sequences.put(name, String(mark)));
    if (connected) operations.push(() => this.#clients.put(connected.connectionId, connected));
    if (disconnected) operations.push(() => this.#clients.remove(disconnected));
    return operations;
  }

  #clear(table: string): void {
    const keys = [...this.#rows.getKeys({ start: [table, 0], end: [table, Number.MAX_SAFE_INTEGER] })];
    for (const key of keys) void this.#rows.remove(key);
  }

  /**
   * Writes what has gathered, and again what gathers meanwhile: waiting for the disk takes far longer than writing, so
   * all that came in the meantime shares the next wait. After a failure nothing more is written: what follows would
   * rest on what is missing.
   */
  async #writeQueue(): Promise<void> {
    // What is written in the same turn shares the first wait, too.
    await Promise.resolve();
    try {
      while (this.#queue.length > 0) {
        const operations = this.#queue;
        const offset = this.#offset;
        this.#queue = [];
        await this.#root.transaction(() => {
          for (const operation of operations) operation();
        });
        await this.#root.flushed;
        this.#durableOffset = offset;
        for (const listener of this.#durableListeners) listener();
      }
      this.#writing = undefined;
    } catch (error) {
      this.#failureListener(error as Error);
    }
  }
}
