import {
  AlgebraicType,
  BinaryReader,
  BinaryWriter,
  ProductType,
  type Deserializer,
  type Serializer,
} from 'spacetimedb';
import { isStackOverflow } from '../stack-overflow.ts';
import { doubleMarks, hasMark } from '../sats/byte-order-marks.ts';
import type { TableDef } from '../schema/module-def.ts';
import type { Typespace } from '../sats/typespace.ts';
import type { Row } from './row.ts';

/** Bytes that are not valid BSATN of the expected type. */
class DecodeError extends Error {
  override readonly name = 'DecodeError';
}

/** Encodes and decodes the rows and columns of one table. */
export class RowCodec {
  readonly #deserialize: Deserializer<Record<string, unknown>>;
  readonly #serialize: Serializer<Record<string, unknown>>;
  readonly #names: readonly string[];
  readonly #types: readonly AlgebraicType[];
  readonly #typespace: Typespace;
  readonly #columnReaders: readonly Deserializer<unknown>[];
  readonly #columnWriters: readonly Serializer<unknown>[];

  constructor(table: TableDef, typespace: Typespace) {
    this.#typespace = typespace;
    this.#types = table.columns.map(({ type }) => type);
    // Fields are named by position, because the SDK's decoder changes some names and could make two of them equal.
    this.#names = table.columns.map((_, index) => `c${index}`);
    const type = {
      elements: table.columns.map((column, index) => ({ name: `c${index}`, algebraicType: column.type })),
    };
    this.#deserialize = ProductType.makeDeserializer(type, typespace);
    this.#serialize = ProductType.makeSerializer(type, typespace);
    this.#columnReaders = table.columns.map(({ type }) => AlgebraicType.makeDeserializer(type, typespace));
    this.#columnWriters = table.columns.map(({ type }) => AlgebraicType.makeSerializer(type, typespace));
  }

  /** Wraps trusted BSATN without decoding it yet. The bytes are kept, so the caller must not change them. */
  fromStored(bytes: Uint8Array, storageId?: number): Row {
    const row = new StoredRow(bytes, this);
    row.storageId = storageId;
    return row;
  }

  /**
   * Decodes and checks BSATN from a module. The bytes are copied.
   * @throws {DecodeError}
   */
  fromUntrusted(bytes: Uint8Array): Row {
    const reader = new BinaryReader(bytes);
    const row = this.readRow(reader);
    if (reader.remaining > 0) throw new DecodeError(`the row has ${reader.remaining} trailing bytes`);
    return row;
  }

  /**
   * Decodes the next row in `reader`. Its bytes are copied.
   * @throws {DecodeError}
   */
  readRow(reader: BinaryReader): Row {
    const start = reader.offset;
    const columns = this.#decode(reader);
    const { buffer, byteOffset } = reader.view;
    const bytes = new Uint8Array(buffer, byteOffset + start, reader.offset - start).slice();
    return new StoredRow(bytes, this, columns);
  }

  fromColumns(columns: readonly unknown[]): Row {
    const value: Record<string, unknown> = {};
    this.#names.forEach((name, index) => (value[name] = columns[index]));
    const writer = new BinaryWriter(128);
    this.#serialize(writer, value);
    return new StoredRow(writer.getBuffer().slice(), this, columns);
  }

  decode(bytes: Uint8Array): readonly unknown[] {
    return this.#decode(new BinaryReader(bytes));
  }

  /** @throws {DecodeError} */
  readColumn(reader: BinaryReader, column: number): unknown {
    const read = this.#columnReaders[column];
    const type = this.#types[column];
    return read && type && this.#read(reader, read, [type]);
  }

  writeColumn(writer: BinaryWriter, column: number, value: unknown): void {
    this.#columnWriters[column]?.(writer, value);
  }

  #decode(reader: BinaryReader): readonly unknown[] {
    const value = this.#read(reader, this.#deserialize, this.#types);
    return this.#names.map((name) => value[name]);
  }

  #read<T>(reader: BinaryReader, read: Deserializer<T>, types: readonly AlgebraicType[]): T {
    const start = reader.offset;
    const value = guarded(reader, () => read(reader));
    const { buffer, byteOffset } = reader.view;
    const bytes = new Uint8Array(buffer, byteOffset + start, reader.offset - start);
    if (!hasMark(bytes)) return value;
    return read(new BinaryReader(doubleMarks(bytes, types, this.#typespace)));
  }
}

/** The SDK's reader throws any error of `DataView`, and may read past the end without noticing. */
function guarded<T>(reader: BinaryReader, read: () => T): T {
  let value: T;
  try {
    value = read();
  } catch (error) {
    if (isStackOverflow(error)) throw error;
    throw new DecodeError(error instanceof Error ? error.message : String(error), { cause: error });
  }
  if (reader.remaining < 0) throw new DecodeError('the data is truncated');
  return value;
}

class StoredRow implements Row {
  readonly bytes: Uint8Array;
  storageId: number | undefined;
  readonly #codec: RowCodec;
  #key: string | undefined;
  #columns: readonly unknown[] | undefined;

  constructor(bytes: Uint8Array, codec: RowCodec, columns?: readonly unknown[]) {
    this.bytes = bytes;
    this.#codec = codec;
    this.#columns = columns;
  }

  get key(): string {
    this.#key ??= binaryString(this.bytes);
    return this.#key;
  }

  get columns(): readonly unknown[] {
    this.#columns ??= this.#codec.decode(this.bytes);
    return this.#columns;
  }
}

const MAX_ARGUMENTS = 4096;

/** One character per byte. V8 keeps such a string in one byte per character; base64 would take three times as long. */
export function binaryString(bytes: Uint8Array): string {
  if (bytes.length <= MAX_ARGUMENTS) return charactersOf(bytes);
  let text = '';
  for (let start = 0; start < bytes.length; start += MAX_ARGUMENTS) {
    text += charactersOf(bytes.subarray(start, start + MAX_ARGUMENTS));
  }
  return text;
}

/** Five times as fast as `String.fromCharCode(...bytes)`, which iterates over the bytes. */
function charactersOf(bytes: Uint8Array): string {
  return Reflect.apply(String.fromCharCode, undefined, bytes);
}
