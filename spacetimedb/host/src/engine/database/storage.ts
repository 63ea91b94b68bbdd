import { UnavailableError } from '../database-api.ts';
import type { StoredState } from '../datastore/datastore.ts';
import type { CommittedTransaction } from '../datastore/transaction.ts';
import type { Row } from '../datastore/row.ts';

/** A database without its rows. Identities are hex. */
export interface DatabaseMeta {
  readonly identity: string;
  readonly owner: string;
  readonly names: readonly string[];
  readonly programHash: string;
  /**
   * BSATN of the program's `RawModuleDef`. Decodes the rows when the program no longer loads. Absent in data of older
   * hosts.
   */
  readonly schema?: Uint8Array;
  /** The value of the variable `row_limit`, in decimal; absent while it is not set. */
  readonly rowLimit?: string;
}

/** @param rawDef BSATN of a `RawModuleDef` */
export function withSchema(meta: DatabaseMeta, rawDef: Uint8Array): DatabaseMeta {
  return { ...meta, schema: rawDef };
}

/** @param value of the variable `row_limit`; `undefined` unsets it */
export function withRowLimit(
  { rowLimit: _, ...meta }: DatabaseMeta,
  value: bigint | undefined,
): DatabaseMeta {
  return value === undefined ? meta : { ...meta, rowLimit: String(value) };
}

export function rowLimitOf({ rowLimit }: DatabaseMeta): bigint | undefined {
  return rowLimit === undefined ? undefined : BigInt(rowLimit);
}

/** A connected client. After a crash the module must still see it disconnect. */
export interface StoredClient {
  /** Hex. */
  readonly identity: string;
  /** Hex. */
  readonly connectionId: string;
  readonly jwtPayload: string;
}

export interface StoredDatabase extends StoredState {
  readonly meta: DatabaseMeta;
  readonly program: Uint8Array;
  readonly clients: readonly StoredClient[];
  /** When the newest transaction ran, in microseconds since the Unix epoch. */
  readonly time: number;
}

export interface TableWrite {
  /** Canonical name. */
  readonly table: string;
  readonly deletes: readonly Row[];
  readonly inserts: readonly Row[];
}

/** One transaction, written to disk atomically. */
export interface DatabaseWrite {
  readonly meta?: DatabaseMeta;
  readonly program?: Uint8Array;
  /** Canonical names of tables that are emptied before `tables` is applied. */
  readonly clearedTables?: readonly string[];
  readonly tables: readonly TableWrite[];
  /** Sequence marks that moved. */
  readonly sequences: ReadonlyMap<string, bigint>;
  readonly connected?: StoredClient;
  /** Connection id, hex. */
  readonly disconnected?: string;
  /** The newest time of the database's clock, in microseconds since the Unix epoch. */
  readonly time?: number;
}

/** The part of a transaction that is stored. */
export function changesOf({
  changes,
  sequences,
}: CommittedTransaction): Pick<DatabaseWrite, 'tables' | 'sequences'> {
  const tables = changes
    .filter(({ table }) => !table.def.isEvent)
    .map(({ table, deletes, inserts }) => ({ table: table.def.name, deletes, inserts }));
  return { tables, sequences };
}

/**
 * Stores one database. Writes are queued and reach the disk in order. Clients with confirmed reads see a transaction
 * only when `durableOffset` has reached its offset.
 */
export interface DatabaseStorage {
  /** @returns `undefined` when nothing was ever stored */
  load(): Promise<StoredDatabase | undefined>;
  /** Queues a write. @returns its offset: one more than that of the previous write */
  append(write: DatabaseWrite): number;
  /** Everything up to this offset is on disk. */
  readonly durableOffset: number;
  /**
   * Why nothing should be changed now, as a sentence for callers; `undefined` while the storage works. Queued writes
   * are retried until the disk accepts them.
   */
  readonly failure: string | undefined;
  /** Bytes that wait for the disk. */
  readonly queuedBytes: number;
  /** Calls `listener` whenever `durableOffset` or `failure` changes. @returns a function that stops it */
  onChange(listener: () => void): () => void;
  /** Waits for queued writes. @throws {Error} when some of them cannot be written */
  close(): Promise<void>;
}

/**
 * Resolves when everything up to `offset` is on disk.
 *
 * @throws {UnavailableError} when the disk accepts no writes; the data may still reach it later
 */
export function whenDurable(storage: DatabaseStorage, offset: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      if (storage.durableOffset >= offset) resolve();
      else if (storage.failure !== undefined) reject(new UnavailableError(storage.failure));
      else return;
      stop();
    };
    const stop = storage.onChange(() => settle());
    settle();
  });
}

/** Stores nothing. Every write counts as durable at once. */
export class MemoryStorage implements DatabaseStorage {
  #offset = 0;

  load(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  append(): number {
    return ++this.#offset;
  }

  get durableOffset(): number {
    return this.#offset;
  }

  get failure(): undefined {
    return undefined;
  }

  get queuedBytes(): number {
    return 0;
  }

  onChange(): () => void {
    return () => undefined;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
