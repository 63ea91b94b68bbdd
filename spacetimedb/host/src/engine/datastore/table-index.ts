import { makeComparator } from '../sats/compare.ts';
import type { IndexDef, TableDef } from '../schema/module-def.ts';
import type { Typespace } from '../sats/typespace.ts';
import { createOrderedMap, type OrderedMap } from './ordered-map.ts';
import type { Row } from './row.ts';

/** One end of a range over a column. */
export type Bound =
  | { readonly kind: 'included'; readonly value: unknown }
  | { readonly kind: 'excluded'; readonly value: unknown }
  | { readonly kind: 'unbounded' };

/** Equal values in the first columns of an index, and a range over the next column. */
export interface IndexRange {
  readonly prefix: readonly unknown[];
  readonly lower: Bound;
  readonly upper: Bound;
}

type Key = readonly unknown[];
/** The rows of one key. Most keys have one row. */
type Bucket = Row | Map<string, Row>;

/** An ordered index over the rows of one table, or over the rows that one transaction added. */
export class TableIndex {
  readonly def: IndexDef;
  readonly isUnique: boolean;
  readonly #buckets: OrderedMap<Key, Bucket>;
  readonly #comparators: readonly ((a: unknown, b: unknown) => number)[];

  constructor(def: IndexDef, table: TableDef, typespace: Typespace) {
    this.def = def;
    this.isUnique = table.uniqueConstraints.some((unique) => sameColumns(unique.columns, def.columns));
    this.#comparators = def.columns.map((column) => {
      const type = table.columns[column]?.type;
      if (!type) throw new RangeError(`index ${def.name} names column ${column}, which does not exist`);
      return makeComparator(type, typespace);
    });
    this.#buckets = createOrderedMap(this.#compareKeys);
  }

  /** The number of distinct keys. */
  get size(): number {
    return this.#buckets.size;
  }

  keyOf(row: Row): Key {
    return this.def.columns.map((column) => row.columns[column]);
  }

  add(row: Row): void {
    const key = this.keyOf(row);
    const bucket = this.#buckets.get(key);
    if (bucket === undefined) this.#buckets.set(key, row);
    else if (bucket instanceof Map) bucket.set(row.key, row);
    else this.#buckets.set(key, new Map([[bucket.key, bucket], [row.key, row]])); // prettier-ignore
  }

  remove(row: Row): void {
    const key = this.keyOf(row);
    const bucket = this.#buckets.get(key);
    if (!(bucket instanceof Map)) {
      if (bucket?.key === row.key) this.#buckets.delete(key);
      return;
    }
    bucket.delete(row.key);
    if (bucket.size === 0) this.#buckets.delete(key);
  }

  /** The rows with exactly this key. */
  *point(key: Key): Iterable<Row> {
    const bucket = this.#buckets.get(key);
    if (bucket !== undefined) yield* rowsOf(bucket);
  }

  /** The rows in a range, in key order. */
  *range({ prefix, lower, upper }: IndexRange): Iterable<Row> {
    // A shorter key sorts before every key that starts with it, so this is the earliest possible start of the range.
    const from = lower.kind === 'unbounded' ? prefix : [...prefix, lower.value];
    const compare = this.#comparators[prefix.length];
    for (const [key, bucket] of this.#buckets.entries(from)) {
      if (this.#compareKeys(key.slice(0, prefix.length), prefix) !== 0) return;
      const value = key[prefix.length];
      if (lower.kind === 'excluded' && compare?.(value, lower.value) === 0) continue;
      if (upper.kind !== 'unbounded' && compare) {
        const order = compare(value, upper.value);
        if (order > 0 || (order === 0 && upper.kind === 'excluded')) return;
      }
      yield* rowsOf(bucket);
    }
  }

  /** A key that two rows share; `undefined` if there is none. */
  duplicateKey(): Key | undefined {
    for (const [key, bucket] of this.#buckets.entries([])) {
      if (bucket instanceof Map && bucket.size > 1) return key;
    }
    return undefined;
  }

  #compareKeys = (a: Key, b: Key): number => {
    const shared = Math.min(a.length, b.length);
    for (let column = 0; column < shared; column++) {
      const order = this.#comparators[column]?.(a[column], b[column]) ?? 0;
      if (order !== 0) return order;
    }
    return a.length - b.length;
  };
}

function rowsOf(bucket: Bucket): Iterable<Row> {
  return bucket instanceof Map ? bucket.values() : [bucket];
}

function sameColumns(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((column) => b.includes(column));
}
