import type { DatabaseMeta, DatabaseWrite, StoredClient } from '../../engine/database/storage.ts';
import { FrameWriter, type JournalTarget } from './journal-codec.ts';
import { JournalDamage } from './journal-file.ts';

/** Approximate size of a snapshot frame in bytes: small enough not to delay calls. */
const SNAPSHOT_FRAME_BYTES = 512 * 1024;

/** The content of a database's files, in memory. Read at start, and written to the next snapshot. */
export class JournalState implements JournalTarget {
  storedMeta: DatabaseMeta | undefined;
  storedProgram: Uint8Array | undefined;
  /** Rows by their number, by table. */
  readonly tables = new Map<string, Map<number, Uint8Array>>();
  readonly sequences = new Map<string, bigint>();
  readonly clients = new Map<string, StoredClient>();
  /** The newest transaction, in microseconds since the Unix epoch. */
  lastTime = 0;
  /** Number of the next row. */
  next = 0;

  meta(meta: DatabaseMeta): void {
    this.storedMeta = meta;
  }

  program(program: Uint8Array): void {
    this.storedProgram = program;
  }

  clear(table: string): void {
    this.tables.delete(table);
  }

  delete(table: string, id: number): void {
    if (!this.tables.get(table)?.delete(id)) {
      throw new JournalDamage(`row ${id} of table ${table} is deleted and was never there`);
    }
  }

  insert(table: string, id: number, bytes: Uint8Array): void {
    let rows = this.tables.get(table);
    if (!rows) this.tables.set(table, (rows = new Map()));
    rows.set(id, bytes);
    if (id >= this.next) this.next = id + 1;
  }

  sequence(name: string, mark: bigint): void {
    this.sequences.set(name, mark);
  }

  connected(client: StoredClient): void {
    this.clients.set(client.connectionId, client);
  }

  disconnected(connectionId: string): void {
    this.clients.delete(connectionId);
  }

  time(micros: number): void {
    this.lastTime = Math.max(this.lastTime, micros);
  }

  nextId(id: number): void {
    this.next = Math.max(this.next, id);
  }

  /** Applies a write when it is queued. The rows must have their numbers. */
  apply({ meta, program, connected, disconnected, time, ...write }: DatabaseWrite): void {
    if (time !== undefined) this.time(time);
    if (meta) this.meta(meta);
    if (program) this.program(program);
    for (const table of write.clearedTables ?? []) this.clear(table);
    for (const { table, deletes, inserts } of write.tables) {
      for (const { storageId } of deletes) {
        if (storageId !== undefined) this.tables.get(table)?.delete(storageId);
      }
      for (const { storageId, bytes } of inserts) this.insert(table, storageId as number, bytes);
    }
    for (const [name, mark] of write.sequences) this.sequence(name, mark);
    if (connected) this.connected(connected);
    if (disconnected !== undefined) this.disconnected(disconnected);
  }

  /**
   * The whole state as frames. Later changes are not included: the lists are copied at once, the frames encoded one
   * by one.
   *
   * @returns `undefined` when nothing was stored yet
   */
  snapshot(): Iterable<Uint8Array> | undefined {
    if (!this.storedMeta || !this.storedProgram) return undefined;
    const head = new FrameWriter();
    head.time(this.lastTime);
    head.nextId(this.next);
    head.meta(this.storedMeta);
    head.program(this.storedProgram);
    for (const [name, mark] of this.sequences) head.sequence(name, mark);
    for (const client of this.clients.values()) head.connected(client);
    const lists = [...this.tables].map(([table, rows]) => ({
      table,
      ids: Array.from(rows.keys()),
      bytes: Array.from(rows.values()),
    }));
    return (function* () {
      yield head.finish();
      for (const { table, ids, bytes } of lists) yield* rowFrames(table, ids, bytes);
    })();
  }
}

function* rowFrames(
  table: string,
  ids: readonly number[],
  bytes: readonly Uint8Array[],
): Iterable<Uint8Array> {
  for (let from = 0; from < ids.length;) {
    let to = from;
    for (let size = 0; to < ids.length && size < SNAPSHOT_FRAME_BYTES; to++) {
      size += 12 + (bytes[to] as Uint8Array).length;
    }
    const frame = new FrameWriter();
    frame.rows(table, ids, bytes, from, to);
    yield frame.finish();
    from = to;
  }
}
