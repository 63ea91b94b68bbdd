/**
 * The messages of the subprotocols v2 and v3: encodes the client's as BSATN, and decodes the server's into readable
 * forms.
 */
import { brotliDecompressSync, gunzipSync } from 'node:zlib';

/** One field, named after the message. */
export type Message = Readonly<Record<string, unknown>>;

class Writer {
  readonly #parts: Buffer[] = [];

  u8(value: number): this {
    this.#parts.push(Buffer.from([value]));
    return this;
  }

  u32(value: number): this {
    const part = Buffer.alloc(4);
    part.writeUInt32LE(value);
    this.#parts.push(part);
    return this;
  }

  bytes(value: Uint8Array): this {
    this.u32(value.length);
    this.#parts.push(Buffer.from(value));
    return this;
  }

  text(value: string): this {
    return this.bytes(Buffer.from(value));
  }

  done(): Buffer {
    return Buffer.concat(this.#parts);
  }
}

export function subscribeMessage(request: number, set: number, queries: readonly string[]): Buffer {
  const writer = new Writer().u8(0).u32(request).u32(set).u32(queries.length);
  for (const query of queries) writer.text(query);
  return writer.done();
}

/** @param flags 1 requests the rows that the client no longer needs */
export function unsubscribeMessage(request: number, set: number, flags = 0): Buffer {
  return new Writer().u8(1).u32(request).u32(set).u8(flags).done();
}

export function oneOffMessage(request: number, query: string): Buffer {
  return new Writer().u8(2).u32(request).text(query).done();
}

/** @param args BSATN */
export function callMessage(request: number, reducer: string, args: Uint8Array, flags = 0): Buffer {
  return new Writer().u8(3).u32(request).u8(flags).text(reducer).bytes(args).done();
}

/** @param args BSATN */
export function procedureMessage(request: number, procedure: string, args: Uint8Array, flags = 0): Buffer {
  return new Writer().u8(4).u32(request).u8(flags).text(procedure).bytes(args).done();
}

export function textArgument(value: string): Buffer {
  return new Writer().text(value).done();
}

export function i64Argument(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(value);
  return bytes;
}

class Reader {
  readonly #bytes: Buffer;
  at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  raw(length: number): Buffer {
    this.at += length;
    return this.#bytes.subarray(this.at - length, this.at);
  }

  u8 = () => this.raw(1).readUInt8();
  u16 = () => this.raw(2).readUInt16LE();
  u32 = () => this.raw(4).readUInt32LE();
  u64 = () => Number(this.raw(8).readBigUInt64LE());
  i64 = () => this.raw(8).readBigInt64LE().toString();
  bytes = () => this.raw(this.u32());
  text = () => this.bytes().toString();
  /** Encodes a number with the given count of bytes as hex digits. */
  hex = (length: number) => Buffer.from(this.raw(length)).reverse().toString('hex');
  list = <Item>(read: () => Item): Item[] => Array.from({ length: this.u32() }, read);
  option = <Item>(read: () => Item): Item | null => (this.u8() === 0 ? read() : null);
}

interface Rows {
  readonly hint: string;
  readonly rows: readonly string[];
}

function readRows(reader: Reader, table: string): Rows {
  const isFixed = reader.u8() === 0;
  const width = isFixed ? reader.u16() : 0;
  const offsets = isFixed ? [] : reader.list(reader.u64);
  const data = reader.bytes();
  const starts = isFixed
    ? Array.from({ length: width === 0 ? 0 : data.length / width }, (_, index) => index * width)
    : offsets;
  const rows = starts.map((start, index) => readRow(table, data.subarray(start, starts[index + 1])));
  return { hint: isFixed ? `fixed ${width}` : `offsets ${offsets.length}`, rows: rows.sort() };
}

/** Rows of the chat's tables are spelled out. */
function readRow(table: string, bytes: Buffer): string {
  const reader = new Reader(bytes);
  if (table === 'message') {
    return `message(${reader.hex(32)}, ${reader.i64()}, ${JSON.stringify(reader.text())})`;
  }
  if (table === 'user') {
    const identity = reader.hex(32);
    const name = reader.option(() => JSON.stringify(reader.text()));
    return `user(${identity}, ${name}, ${reader.u8()})`;
  }
  return bytes.toString('hex');
}

function readTables(reader: Reader): unknown[] {
  return reader.list(() => {
    const table = reader.text();
    return { table, ...readRows(reader, table) };
  });
}

function readQuerySets(reader: Reader): unknown[] {
  return reader.list(() => ({
    set: reader.u32(),
    tables: reader.list(() => {
      const table = reader.text();
      const readUpdate = () =>
        reader.u8() === 0
          ? { inserts: readRows(reader, table), deletes: readRows(reader, table) }
          : { events: readRows(reader, table) };
      return { table, rows: reader.list(readUpdate) };
    }),
  }));
}

function readOutcome(reader: Reader): Message {
  switch (reader.u8()) {
    case 0:
      return { ok: { ret: reader.bytes().toString('hex'), update: readQuerySets(reader) } };
    case 1:
      return { okEmpty: true };
    case 2:
      return { err: new Reader(reader.bytes()).text() };
    default:
      return { internal: reader.text() };
  }
}

function readMessage(reader: Reader): Message {
  const tag = reader.u8();
  switch (tag) {
    case 0:
      return {
        InitialConnection: { identity: reader.hex(32), connectionId: reader.hex(16), token: reader.text() },
      };
    case 1:
      return { SubscribeApplied: { req: reader.u32(), set: reader.u32(), tables: readTables(reader) } };
    case 2: {
      const ids = { req: reader.u32(), set: reader.u32() };
      return { UnsubscribeApplied: { ...ids, rows: reader.option(() => readTables(reader)) } };
    }
    case 3:
      return {
        SubscriptionError: { req: reader.option(reader.u32), set: reader.u32(), error: reader.text() },
      };
    case 4:
      return { TransactionUpdate: readQuerySets(reader) };
    case 5: {
      const req = reader.u32();
      const result = reader.u8() === 0 ? { ok: readTables(reader) } : { err: reader.text() };
      return { OneOffQueryResult: { req, ...result } };
    }
    case 6:
      return { ReducerResult: { req: reader.u32(), timestamp: reader.i64(), ...readOutcome(reader) } };
    case 7: {
      const status =
        reader.u8() === 0 ? { returned: reader.bytes().toString('hex') } : { internal: reader.text() };
      return {
        ProcedureResult: { ...status, timestamp: reader.i64(), duration: reader.i64(), req: reader.u32() },
      };
    }
    default:
      throw new Error(`no message has the tag ${tag}`);
  }
}

const COMPRESSIONS = ['none', 'brotli', 'gzip'];

/** Decodes a frame: a byte for the compression, and one message or more. */
export function decodeFrame(frame: Buffer): {
  readonly compression: string;
  readonly messages: readonly { readonly message: Message; readonly payload: Buffer }[];
} {
  const compression = COMPRESSIONS[frame[0] ?? 0] ?? `unknown ${frame[0]}`;
  const rest = frame.subarray(1);
  const body =
    compression === 'brotli' ? brotliDecompressSync(rest) : compression === 'gzip' ? gunzipSync(rest) : rest;
  const reader = new Reader(body);
  const messages = [];
  while (reader.at < body.length) {
    const start = reader.at;
    const message = readMessage(reader);
    messages.push({ message, payload: body.subarray(start, reader.at) });
  }
  return { compression, messages };
}
