import { UnavailableError } from '../database-api.ts';
import type { StoredState } from '../datastore/datastore.ts';
import type { CommittedTransaction } from '../datastore/transaction.ts';
import type { Row } from '../datastore/row.ts';

/** What a database is, apart from its rows. Identities are hex. */
export interface DatabaseMeta {
  readonly identity: string;
  readonly owner: string;
  readonly names: readonly string[];
  readonly programHash: string;
  /**
   * BSATN of the program's `RawModuleDef`: what the rows are read with when the program itself does not load
   * any more. Absent in what was stored before there was this.
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

/** A client that was connected: after a crash the module must still see it disconnect. */
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
  /** Of the newest transaction, in microseconds since the Unix epoch. */
  readonly time: number;
}

export interface TableWrite {
  /** Canonical name. */
  readonly table: string;
  readonly deletes: readonly Row[];
  readonly inserts: readonly Row[];
}

/** One transaction, as it goes to disk: all of it or nothing. */
export interface DatabaseWrite {
  readonly meta?: DatabaseMeta;
  readonly program?: Uint8Array;
  /** Canonical names of tables whose rows all go before `tables` is applied. */
  readonly clearedTables?: readonly string[];
  readonly tables: readonly TableWrite[];
  /** Sequence marks that moved. */
  readonly sequences: ReadonlyMap<string, bigint>;
  readonly connected?: StoredClient;
  /** Connection id, hex. */
  readonly disconnected?: string;
  /** The newest time that the database has told, in microseconds since the Unix epoch. */
  readonly time?: number;
}

/** What of a transaction goes to disk. */
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
 * Where one database is kept. Writes are queued and reach the disk in order; a client that asked for confirmed reads is
 * told of a transaction only when `durableOffset` has reached its offset.
 */
export interface DatabaseStorage {
  /** `undefined` when nothing was ever written here. */
  load(): Promise<StoredDatabase | undefined>;
  /** Queues a write. @returns its offset: one more than the write before it */
  append(write: DatabaseWrite): number;
  /** Everything up to this offset is on disk. */
  readonly durableOffset: number;
  /**
   * One sentence for callers that says why nothing should be changed now; `undefined` while all is well. What is queued
   * is written as soon as the disk takes it.
   */
  readonly failure: string | undefined;
  /** Bytes that wait for the disk. */
  readonly queuedBytes: number;
  /** Calls `listener` whenever `durableOffset` or `failure` changed. @returns how to stop that */
  onChange(listener: () => void): () => void;
  /** Waits for what is queued. @throws {Error} when some of it cannot be written */
  close(): Promise<void>;
}

/**
 * Resolves when everything up to `offset` is on disk.
 *
 * @throws {UnavailableError} when the disk does not take it now; it may still get there
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

/** Keeps nothing: every write counts as durable at once. */
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
