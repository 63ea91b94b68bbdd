import { Reader, Writer } from './bytes.ts';

/** What values are told apart by in a `Map`. */
export type Key = string | number | bigint | boolean;

export interface ColumnMetadata {
  readonly isPrimaryKey?: boolean;
  /** What the database calls the column, where the bindings have another name for it. */
  readonly name?: string;
}

interface Codec<T> {
  read(reader: Reader): T;
  write(writer: Writer, value: T): void;
  /** What a value is known by. */
  toKey(value: T): Key;
}

/** The values that a type has. */
export type ValueOf<Type> = Type extends TypeBuilder<infer T> ? T : never;

/** A type of values, and how they are written in BSATN; as a column, also what the column is. */
export class TypeBuilder<T = unknown> implements Codec<T> {
  columnMetadata: ColumnMetadata = {};
  readonly read: Codec<T>['read'];
  readonly write: Codec<T>['write'];
  readonly toKey: Codec<T>['toKey'];

  /** @param toKey by default the bytes, as a text */
  constructor(
    read: (reader: Reader) => T,
    write: (writer: Writer, value: T) => void,
    toKey: (value: T) => Key = (value) => bytesKey(this.encode(value)),
  ) {
    this.read = read;
    this.write = write;
    this.toKey = toKey;
  }

  /** For the query builder: the SDK has columns and types apart. */
  get typeBuilder(): this {
    return this;
  }

  primaryKey(): TypeBuilder<T> {
    return this.#as({ isPrimaryKey: true });
  }

  name(name: string): TypeBuilder<T> {
    return this.#as({ name });
  }

  encode(value: T): Uint8Array<ArrayBuffer> {
    const writer = new Writer();
    this.write(writer, value);
    return writer.written;
  }

  decode(bytes: Uint8Array): T {
    return this.read(new Reader(bytes));
  }

  #as(metadata: ColumnMetadata): TypeBuilder<T> {
    const column = new TypeBuilder(this.read, this.write, this.toKey);
    column.columnMetadata = { ...this.columnMetadata, ...metadata };
    return column;
  }
}

// It has a character of its own for each byte.
const latin = new TextDecoder('latin1');

/** A text that tells bytes from others. */
export function bytesKey(bytes: Uint8Array): string {
  return latin.decode(bytes);
}
