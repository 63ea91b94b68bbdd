import { BinaryReader, BinaryWriter } from 'spacetimedb';
import type { DatabaseMeta, DatabaseWrite, StoredClient } from '../../engine/database/storage.ts';
import { FRAME_HEAD_BYTES } from './journal-file.ts';

/** The kinds of change in a journal. A frame contains the changes of whole transactions. */
const OP = {
  meta: 1,
  program: 2,
  clear: 3,
  rows: 4,
  sequence: 5,
  connected: 6,
  disconnected: 7,
  time: 8,
  nextId: 9,
} as const;

/** The state that a frame's changes are applied to. */
export interface JournalTarget {
  meta(meta: DatabaseMeta): void;
  program(program: Uint8Array): void;
  clear(table: string): void;
  delete(table: string, id: number): void;
  /** @param bytes owned by the target from now on */
  insert(table: string, id: number, bytes: Uint8Array): void;
  sequence(name: string, mark: bigint): void;
  connected(client: StoredClient): void;
  disconnected(connectionId: string): void;
  time(micros: number): void;
  nextId(id: number): void;
}

/** Collects changes into a frame. */
export class FrameWriter {
  readonly #writer = new BinaryWriter(4096);

  constructor() {
    for (let n = 0; n < FRAME_HEAD_BYTES; n++) this.#writer.writeU8(0);
  }

  /** Bytes written so far. */
  get size(): number {
    return this.#writer.offset - FRAME_HEAD_BYTES;
  }

  /** The inserted rows must have their numbers. */
  write(write: DatabaseWrite): void {
    const { meta, program, connected, disconnected, time } = write;
    if (time !== undefined) this.time(time);
    if (meta) this.meta(meta);
    if (program) this.program(program);
    for (const table of write.clearedTables ?? []) this.#text(OP.clear, table);
    for (const { table, deletes, inserts } of write.tables) {
      const stored = deletes.filter(({ storageId }) => storageId !== undefined);
      this.#rowsHead(table, stored.length, inserts.length);
      for (const { storageId } of stored) this.#writer.writeF64(storageId as number);
      for (const row of inserts) this.#row(row.storageId as number, row.bytes);
    }
    for (const [name, mark] of write.sequences) this.sequence(name, mark);
    if (connected) this.connected(connected);
    if (disconnected !== undefined) this.#text(OP.disconnected, disconnected);
  }

  meta(meta: DatabaseMeta): void {
    const { schema, ...rest } = meta;
    const text = schema && Buffer.from(schema).toString('base64');
    this.#text(OP.meta, JSON.stringify({ ...rest, ...(text === undefined ? {} : { schema: text }) }));
  }

  program(program: Uint8Array): void {
    this.#writer.writeU8(OP.program);
    this.#writer.writeUInt8Array(program);
  }

  sequence(name: string, mark: bigint): void {
    this.#text(OP.sequence, name);
    this.#writer.writeString(String(mark));
  }

  connected(client: StoredClient): void {
    this.#text(OP.connected, JSON.stringify(client));
  }

  time(micros: number): void {
    this.#writer.writeU8(OP.time);
    this.#writer.writeF64(micros);
  }

  nextId(id: number): void {
    this.#writer.writeU8(OP.nextId);
    this.#writer.writeF64(id);
  }

  /** Writes rows `from` to `to` of two parallel lists. */
  rows(table: string, ids: readonly number[], bytes: readonly Uint8Array[], from: number, to: number): void {
    this.#rowsHead(table, 0, to - from);
    for (let n = from; n < to; n++) this.#row(ids[n] as number, bytes[n] as Uint8Array);
  }

  /** Returns the frame. Later writes do not change it. */
  finish(): Uint8Array {
    return this.#writer.getBuffer();
  }

  #rowsHead(table: string, deletes: number, inserts: number): void {
    this.#text(OP.rows, table);
    this.#writer.writeU32(deletes);
    this.#writer.writeU32(inserts);
  }

  #row(id: number, bytes: Uint8Array): void {
    this.#writer.writeF64(id);
    this.#writer.writeUInt8Array(bytes);
  }

  #text(op: number, text: string): void {
    this.#writer.writeU8(op);
    this.#writer.writeString(text);
  }
}

/** @throws {RangeError} when the bytes are not valid changes @throws the errors of `target` */
export function applyFrame(bytes: Uint8Array, target: JournalTarget): void {
  const reader = new BinaryReader(bytes);
  while (reader.remaining > 0) {
    const op = reader.readU8();
    switch (op) {
      case OP.meta:
        target.meta(parseMeta(reader.readString()));
        break;
      case OP.program:
        target.program(reader.readUInt8Array());
        break;
      case OP.clear:
        target.clear(reader.readString());
        break;
      case OP.rows: {
        const table = reader.readString();
        const deletes = reader.readU32();
        const inserts = reader.readU32();
        for (let n = 0; n < deletes; n++) target.delete(table, reader.readF64());
        for (let n = 0; n < inserts; n++) target.insert(table, reader.readF64(), reader.readUInt8Array());
        break;
      }
      case OP.sequence:
        target.sequence(reader.readString(), BigInt(reader.readString()));
        break;
      case OP.connected:
        target.connected(JSON.parse(reader.readString()) as StoredClient);
        break;
      case OP.disconnected:
        target.disconnected(reader.readString());
        break;
      case OP.time:
        target.time(reader.readF64());
        break;
      case OP.nextId:
        target.nextId(reader.readF64());
        break;
      default:
        throw new RangeError(`there is no change of kind ${op}`);
    }
  }
}

function parseMeta(text: string): DatabaseMeta {
  const { schema, ...rest } = JSON.parse(text) as Omit<DatabaseMeta, 'schema'> & { readonly schema?: string };
  return schema === undefined ? rest : { ...rest, schema: new Uint8Array(Buffer.from(schema, 'base64')) };
}
