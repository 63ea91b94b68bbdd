import { emptyList } from './empty.ts';
import { messageOf, QueryError } from './errors.ts';
import type { SetLive } from './live-store.ts';
import { isSame, patch, type Compare } from './sorted-list.ts';
import type { Subscriptions } from './subscriptions.ts';
import type { Change, Observer } from './table-mirror.ts';

/** The rows of a list: the matching rows of `table`, loaded by `sql` or another query. */
export interface QuerySource<Row> {
  readonly table: string;
  readonly sql: string;
  /** Absent if all rows match. */
  readonly matches: ((row: Row) => boolean) | undefined;
  readonly order: Compare<Row> | undefined;
}

/**
 * Keeps the rows of a query in order and up to date.
 * @param publish called immediately, and after everything that may change the rows or the status
 * @returns a function that stops it
 */
export function openQueryView<Row extends object>(
  subscriptions: Subscriptions,
  { table, sql, matches, order }: QuerySource<Row>,
  publish: SetLive<readonly Row[]>,
): () => void {
  let rows: readonly Row[] = emptyList;
  /** Whether `rows` has followed all changes so far. */
  let isUpToDate = false;
  const isShown = (row: Row | undefined): row is Row => row !== undefined && matches?.(row) !== false;
  const compare: Compare<Row> = (a, b) => order?.(a, b) || query.mirror.compare(a, b);

  const next = (changes: readonly Change<Row>[]): readonly Row[] => {
    const { list } = query.mirror;
    if (!matches && !order) return list;
    if (isUpToDate) {
      const removed = changes.map(({ before }) => before).filter(isShown);
      const added = changes.map(({ after }) => after).filter(isShown);
      return patch(rows, removed, added, compare);
    }
    isUpToDate = true;
    const all = patch<Row>(emptyList, [], list.filter(isShown), compare);
    return isSame(rows, all) ? rows : all;
  };

  const observer: Observer = {
    update(changes) {
      const { mirror, status } = query;
      if (status === 'error') isUpToDate = false;
      try {
        if (status === 'ready') rows = next(mirror.changesIn(changes));
        publish(rows, query);
      } catch (cause) {
        // A `filter` or `order` that throws must not cost the connection.
        isUpToDate = false;
        const error = new QueryError('callback-failed', messageOf(cause), { cause });
        publish(rows, { status: 'error', error });
      }
    },
  };
  const query = subscriptions.use<Row>(table, sql, observer);
  observer.update(new Map());
  return () => subscriptions.release(query, observer);
}
