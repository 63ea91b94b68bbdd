import * as sortedBtree from 'sorted-btree';
import type BTree from 'sorted-btree';

// The package is CommonJS: bundlers put its default export into `default`, Node into `default.default`.
const exported = sortedBtree.default as unknown as typeof BTree & { readonly default?: typeof BTree };
const OrderedMapClass = exported.default ?? exported;

/** A map that keeps and iterates its entries in the order of its comparator. */
export type OrderedMap<K, V> = BTree<K, V>;

export function createOrderedMap<K, V>(compare: (a: K, b: K) => number): OrderedMap<K, V> {
  return new OrderedMapClass<K, V>(undefined, compare);
}
