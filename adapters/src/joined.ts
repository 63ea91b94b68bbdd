import { derived } from './derived.ts';
import { chunksOf, ofChunks } from './sorted-list.ts';
import type { Live, Readable } from './types.ts';

/** How the rows of two lists belong together. */
export interface Join<Left, Right, Key, Joined> {
  /** What a row of the first list looks for. */
  readonly on: (left: Left) => Key;
  /** What a row of the second list is found by; of several with one key the last counts. */
  readonly key: (right: Right) => Key;
  /** Makes the joined row; `right` is undefined where nothing was found. Must depend on its arguments alone. */
  readonly with: (left: Left, right: Right | undefined) => Joined;
}

/**
 * The rows of one list, each with the row of another that belongs to it, in the order of the first: books with
 * their authors. Emits once per transaction. A joined row keeps its object while both of its rows keep theirs.
 *
 * Keys are compared as a `Map` does, so take what is a value: `row.sender.__identity__` rather than `row.sender`.
 * Work follows the changed rows of the first list; a change of the second looks at all.
 */
export function joined<Left extends object, Right extends object, Key, Joined>(
  left: Readable<readonly Left[]>,
  right: Readable<readonly Right[]>,
  join: Join<Left, Right, Key, Joined>,
): Live<readonly Joined[]> {
  // All that is known of rows is held by these rows or by what is shown, so that it goes with them.
  const indexes = new WeakMap<readonly Right[], Map<Key, Right>>();
  const single = new WeakMap<Left, { readonly right: Right | undefined; readonly value: Joined }>();
  /** What was made of each chunk of the first list, and with which rows of the second. */
  const whole = new WeakMap<
    readonly Left[],
    { readonly rights: readonly Right[]; readonly rows: readonly Joined[] }
  >();
  let shown: WeakRef<readonly Joined[]> | undefined;

  return derived([left, right], (lefts, rights) => {
    let index = indexes.get(rights);
    if (!index) indexes.set(rights, (index = new Map(rights.map((row) => [join.key(row), row]))));
    const one = (row: Left): Joined => {
      const match = index.get(join.on(row));
      const known = single.get(row);
      if (known && known.right === match) return known.value;
      const value = join.with(row, match);
      single.set(row, { right: match, value });
      return value;
    };
    const chunks = chunksOf(lefts).map((chunk) => {
      const known = whole.get(chunk);
      if (known?.rights === rights) return known.rows;
      const fresh = chunk.map(one);
      // Where no row has another match, the chunk stays what it was.
      const rows = known?.rows.every((row, index) => row === fresh[index]) ? known.rows : fresh;
      whole.set(chunk, { rights, rows });
      return rows;
    });
    const before = shown?.deref();
    const known = before && chunksOf(before);
    if (known?.length === chunks.length && chunks.every((chunk, index) => chunk === known[index]))
      return before as readonly Joined[];
    const view = ofChunks(chunks);
    shown = new WeakRef(view);
    return view;
  });
}
