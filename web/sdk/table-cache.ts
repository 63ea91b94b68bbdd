import { bytesKey, type Key } from './type-builder.ts';
import { Reader } from './bytes.ts';
import { Events } from './events.ts';
import type { TableDef } from './schema.ts';

/** A row that came or went, once for each query that it came or went with. */
export interface Operation {
  readonly isGone: boolean;
  readonly key: Key;
  readonly row: object;
}

interface Cached {
  row: object;
  /** How many queries have brought it. */
  count: number;
}

type Listener = (context: object, row: never, after: never) => void;

/** The rows of a table that queries have brought, and those who want to hear of changes. */
export class TableCache {
  readonly tableDef: TableDef;
  readonly #primaryKey: string | undefined;
  readonly #rows = new Map<Key, Cached>();
  readonly #events = new Events<'insert' | 'delete' | 'update'>();

  constructor(tableDef: TableDef) {
    this.tableDef = tableDef;
    const { columns } = tableDef;
    this.#primaryKey = Object.keys(columns).find((name) => columns[name]?.columnMetadata.isPrimaryKey);
  }

  count(): bigint {
    return BigInt(this.#rows.size);
  }

  *iter(): Generator<object, undefined> {
    for (const { row } of this.#rows.values()) yield row;
  }

  [Symbol.iterator](): Generator<object, undefined> {
    return this.iter();
  }

  readonly onInsert = (run: Listener): void => this.#events.on('insert', run);
  readonly onDelete = (run: Listener): void => this.#events.on('delete', run);
  readonly onUpdate = (run: Listener): void => this.#events.on('update', run);
  readonly removeOnInsert = (run: Listener): void => this.#events.off('insert', run);
  readonly removeOnDelete = (run: Listener): void => this.#events.off('delete', run);
  readonly removeOnUpdate = (run: Listener): void => this.#events.off('update', run);

  /** Reads rows that came or went, and adds them to `operations`. Where there is no primary key they are known by their bytes. */
  read(bytes: Uint8Array, isGone: boolean, operations: Operation[]): void {
    const { rowType, columns } = this.tableDef;
    const primaryKey = this.#primaryKey;
    const reader = new Reader(bytes);
    while (!reader.isAtEnd) {
      const start = reader.at;
      const row = rowType.read(reader);
      const key =
        primaryKey === undefined
          ? bytesKey(reader.between(start))
          : (columns[primaryKey]?.toKey((row as Record<string, unknown>)[primaryKey]) as Key);
      operations.push({ isGone, key, row });
    }
  }

  /**
   * Brings the rows up to date with what a message brought of this table.
   *
   * @returns what tells those who want to hear of it; to be called when all tables are up to date
   */
  apply(operations: readonly Operation[]): ((context: object) => void)[] {
    const tell =
      (name: 'insert' | 'delete' | 'update', ...rows: object[]) =>
      (context: object): void =>
        this.#events.emit(name, context, ...rows);

    if (this.tableDef.isEvent) return operations.map(({ row }) => tell('insert', row));

    const net = new Map<Key, { came?: object; isReplaced: boolean; by: number }>();
    for (const { isGone, key, row } of operations) {
      let change = net.get(key);
      if (!change) net.set(key, (change = { isReplaced: false, by: 0 }));
      // Under a primary key, one that goes and one that comes are one that is replaced.
      if (isGone) change.isReplaced = this.#primaryKey !== undefined;
      else change.came = row;
      change.by += isGone ? -1 : 1;
    }
    const told: ((context: object) => void)[] = [];
    for (const [key, { came, isReplaced, by }] of net) {
      const cached = this.#rows.get(key);
      const count = (cached?.count ?? 0) + by;
      const row = came ?? cached?.row;
      if (row && count > 0) {
        this.#rows.set(key, { row, count });
        if (!cached) told.push(tell('insert', row));
        else if (came && isReplaced) told.push(tell('update', cached.row, came));
      } else if (cached) {
        this.#rows.delete(key);
        told.push(tell('delete', cached.row));
      }
    }
    return told;
  }
}
