import type { Consumer } from './feed.ts';
import { internalsOf } from './internals.ts';
import { sourceOf, type AnyOptions, type SqlOptions } from './live-table.ts';
import { liveStore } from './live-store.ts';
import type {
  AnyDb,
  Connection,
  LiveOptions,
  LiveState,
  Readable,
  RowOf,
  TableName,
  TypedQuery,
  Unsubscribe,
} from './types.ts';

/** Rows that come and are not kept. */
export interface Events<Row> {
  /**
   * Calls `run` for each row from now on, after all stores show the transaction that it came with. Not a store:
   * there is no current value, and nothing is called at once.
   */
  subscribe(this: void, run: (row: Row) => void): Unsubscribe;
  readonly state: Readable<LiveState>;
}

/**
 * The rows of an event table as they come. Subscribed while somebody listens. What comes while the connection is
 * down is lost: the server does not keep events.
 */
export function liveEvents<Db extends AnyDb, Row extends object>(
  connection: Connection<Db>,
  query: TypedQuery<Row>,
  options?: Pick<LiveOptions<Row>, 'filter'>,
): Events<Row>;
export function liveEvents<Db extends AnyDb, Name extends TableName<Db>>(
  connection: Connection<Db>,
  sql: string,
  options: Pick<SqlOptions<RowOf<Db, Name>, Name>, 'filter' | 'table'>,
): Events<RowOf<Db, Name>>;
export function liveEvents(
  connection: Connection<AnyDb>,
  asked: TypedQuery<object> | string,
  options: AnyOptions = {},
): Events<never> {
  const internals = internalsOf(connection);
  const { hub, scope } = internals;
  const { table, sql, matches } = sourceOf(asked, options);
  const listeners = new Set<{ run: (row: never) => void }>();
  const store = liveStore<undefined>(internals, undefined, (set) => {
    const consumer: Consumer = {
      update(changes) {
        set(undefined, query);
        const rows = query.feed
          .changesIn(changes)
          .flatMap(({ before, after }) => (!before && after && matches?.(after) !== false ? [after] : []));
        if (rows.length === 0) return;
        scope.changed({
          notify: () => {
            for (const row of rows) for (const { run } of listeners) scope.guard(run, row as never);
          },
        });
      },
    };
    const query = hub.use(table, sql, consumer);
    consumer.update(new Map());
    return () => hub.release(query, consumer);
  });
  return {
    state: store.state,
    subscribe(run) {
      const listener = { run };
      listeners.add(listener);
      const stop = store.subscribe(() => undefined);
      return () => {
        listeners.delete(listener);
        stop();
      };
    },
  };
}
