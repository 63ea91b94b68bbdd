import { BinaryWriter, type AlgebraicType } from 'spacetimedb';
import { binaryString } from './row-codec.ts';
import type { Row } from './row.ts';
import type { Table } from './table.ts';
import type { TableChange } from './transaction.ts';

/** What a computation has read: whole tables, and single keys of indexes. */
export class TableReads {
  readonly #whole = new Set<Table>();
  /** BSATN of keys as binary strings, by table and by the position of its index. */
  readonly #keys = new Map<Table, Map<number, Set<string>>>();

  /** All or an unknown part of a table was read. */
  addTable(table: Table): void {
    this.#whole.add(table);
  }

  /**
   * The rows with one key were read. @param position of the index in the table's list @param key BSATN; it is copied
   */
  addKey(table: Table, position: number, key: Uint8Array): void {
    if (!hasExactKeys(table, position)) {
      this.addTable(table);
      return;
    }
    const positions = this.#keys.get(table) ?? new Map<number, Set<string>>();
    this.#keys.set(table, positions);
    const keys = positions.get(position) ?? new Set<string>();
    positions.set(position, keys);
    keys.add(binaryString(key));
  }

  /** Could a computation with these reads have a different result after the changes? */
  isTouchedBy(changed: ChangedRows): boolean {
    for (const table of this.#whole) if (changed.has(table)) return true;
    for (const [table, positions] of this.#keys) {
      if (!changed.has(table)) continue;
      for (const [position, keys] of positions) {
        const touched = changed.keys(table, position);
        for (const key of keys) if (touched.has(key)) return true;
      }
    }
    return false;
  }
}

/** The rows that a transaction changes, by their keys in indexes. */
export class ChangedRows {
  readonly #changes: ReadonlyMap<Table, TableChange>;
  readonly #keys = new Map<Table, Map<number, ReadonlySet<string>>>();

  constructor(changes: readonly TableChange[]) {
    this.#changes = new Map(changes.map((change) => [change.table, change]));
  }

  has(table: Table): boolean {
    return this.#changes.has(table);
  }

  /** The keys that changed rows had or have. Computed once for each index. */
  keys(table: Table, position: number): ReadonlySet<string> {
    const known = this.#keys.get(table)?.get(position);
    if (known) return known;
    const { deletes = [], inserts = [] } = this.#changes.get(table) ?? {};
    const keys = new Set([...deletes, ...inserts].map((row) => keyOf(table, position, row)));
    this.#keys.set(
      table,
      (this.#keys.get(table) ?? new Map<number, ReadonlySet<string>>()).set(position, keys),
    );
    return keys;
  }
}

function keyOf({ def, codec }: Table, position: number, row: Row): string {
  const writer = new BinaryWriter(64);
  for (const column of def.indexes[position]?.columns ?? []) {
    codec.writeColumn(writer, column, row.columns[column]);
  }
  return binaryString(writer.getBuffer());
}

/** Do equal keys of an index always have equal bytes? Floating-point keys do not: 0 and -0 are equal. */
function hasExactKeys({ def }: Table, position: number): boolean {
  const columns = def.indexes[position]?.columns ?? [];
  return columns.every((column) => isExact(def.columns[column]?.type));
}

const EXACT: ReadonlySet<string> = new Set([
  'Bool',
  'String',
  ...['8', '16', '32', '64', '128', '256'].flatMap((bits) => [`I${bits}`, `U${bits}`]),
]);

function isExact(type: AlgebraicType | undefined): boolean {
  if (type?.tag === 'Product') {
    return type.value.elements.every(({ algebraicType }) => isExact(algebraicType));
  }
  return type !== undefined && EXACT.has(type.tag);
}
