import * as sortedBtree from 'sorted-btree';
import type BTree from 'sorted-btree';

// The package is CommonJS: bundlers hand out its default export as `default`, Node one level deeper.
const exported = sortedBtree.default as unknown as typeof BTree & { readonly default?: typeof BTree };
const OrderedMapClass = exported.default ?? exported;

/** A map whose entries are kept, and can be walked, in the order of its comparator. */
export type OrderedMap<K, V> = BTree<K, V>;

export function createOrderedMap<K, V>(compare: (a: K, b: K) => number): OrderedMap<K, V> {
  return new OrderedMapClass<K, V>(undefined, compare);
}
