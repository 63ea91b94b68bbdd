import type { Change, Consumer } from './feed.ts';
import type { Hub } from './hub.ts';
import type { SetLive } from './live-store.ts';
import { none } from './none.ts';
import { isSame, patch, type Compare } from './sorted-list.ts';

/**
 * What a list shows: the rows of `table` that are here, because `sql` or another query brought them, and
 * match.
 */
export interface Source<Row> {
  readonly table: string;
  readonly sql: string;
  /** Absent when all do. */
  readonly matches: ((row: Row) => boolean) | undefined;
  readonly order: Compare<Row> | undefined;
}

/**
 * Keeps the rows of a source in order and up to date.
 * @param publish gets them at once, and after all that concerns them
 * @returns what ends it
 */
export function follow<Row extends object>(
  hub: Hub,
  { table, sql, matches, order }: Source<Row>,
  publish: SetLive<readonly Row[]>,
): () => void {
  let rows: readonly Row[] = none;
  /** Whether `rows` has followed all changes. */
  let isFollowing = false;
  const isShown = (row: Row | undefined): row is Row => row !== undefined && matches?.(row) !== false;
  const compare: Compare<Row> = (a, b) => order?.(a, b) || query.feed.compare(a, b);

  const next = (changes: readonly Change<Row>[]): readonly Row[] => {
    const { list } = query.feed;
    if (!matches && !order) return list;
    if (isFollowing) {
      const removed = changes.map(({ before }) => before).filter(isShown);
      const added = changes.map(({ after }) => after).filter(isShown);
      return patch(rows, removed, added, compare);
    }
    isFollowing = true;
    const all = patch<Row>(none, [], list.filter(isShown), compare);
    return isSame(rows, all) ? rows : all;
  };

  const consumer: Consumer = {
    update(changes) {
      const { feed, phase } = query;
      if (phase === 'failed') isFollowing = false;
      try {
        if (phase === 'ready') rows = next(feed.changesIn(changes));
      } catch (cause) {
        // A filter or an order does not get along with a row: that is no reason to lose the connection.
        isFollowing = false;
        const error = cause instanceof Error ? cause : new Error(String(cause));
        return publish(rows, { phase: 'failed', error });
      }
      const error = feed.isEvent && new TypeError(`${table} keeps no rows: use liveEvents`);
      publish(rows, error ? { phase: 'failed', error } : query);
    },
  };
  const query = hub.use<Row>(table, sql, consumer);
  consumer.update(new Map());
  return () => hub.release(query, consumer);
}
