import { Feed, type Change, type Changes, type Consumer, type SdkEvent } from './feed.ts';
import { ignore } from './none.ts';
import type { ExpectedTable } from './mismatch.ts';
import type { Scope } from './store.ts';
import type { LivePhase } from './types.ts';

type RunOnRow = (context: { readonly event: SdkEvent }, row: object, after?: object) => void;
type OnRow = (run: RunOnRow) => void;

/** The SDK's cache of one table. */
interface SdkTable {
  /** Private there. Event tables keep no rows. */
  readonly tableDef: Omit<ExpectedTable, 'columns'> & {
    readonly isEvent?: boolean;
    readonly columns: Record<
      string,
      { readonly columnMetadata: { readonly isPrimaryKey?: boolean; readonly name?: string } }
    >;
  };
  iter(): Iterable<object>;
  readonly onInsert: OnRow;
  readonly onDelete: OnRow;
  readonly onUpdate?: OnRow;
  readonly removeOnInsert: OnRow;
  readonly removeOnDelete: OnRow;
  readonly removeOnUpdate?: OnRow;
}

interface SdkHandle {
  isActive(): boolean;
  unsubscribe(): void;
}

/** What is used of a `DbConnection`, whatever its module. */
export interface SdkDb {
  readonly db: Record<string, SdkTable | undefined>;
  subscriptionBuilder(): {
    onApplied(run: () => void): ReturnType<SdkDb['subscriptionBuilder']>;
    onError(run: (context: unknown, error: Error) => void): ReturnType<SdkDb['subscriptionBuilder']>;
    subscribe(sql: string): SdkHandle;
  };
}

/** A query that is kept subscribed as long as somebody uses it, on one connection after the other. */
export interface Query<Row extends object = object> {
  readonly key: string;
  readonly table: string;
  readonly sql: string;
  readonly feed: Feed<Row>;
  readonly consumers: Set<Consumer>;
  phase: Exclude<LivePhase, 'idle'>;
  error?: Error | undefined;
  /** What the server has said and is not shown yet; `phase` follows when the rows may be shown. */
  answer?: 'ready' | 'failed' | undefined;
  handle?: SdkHandle | undefined;
}

/** A query, whatever its rows. */
export type AnyQuery = Omit<Query, 'feed'>;

/** In place of the event that the SDK gives to the rows of an answer to a query, as long as none has come. */
const ANSWER = { tag: 'SubscribeApplied' };

export interface Hub {
  /** `consumer` uses the query until `release`. Shares it with all who use the same table and text. */
  use<Row extends object>(table: string, sql: string, consumer: Consumer): Query<Row>;
  release(query: AnyQuery, consumer: Consumer): void;
  /** A new connection is up. */
  attach(db: SdkDb): void;
  /** The connection is gone. What was shown stays, marked as stale. */
  detach(): void;
  /** The SDK has handled a message: shows what it changed. */
  afterMessage(): void;
  /** What the bindings say of the tables in use; none while there is no connection. */
  tables(): ExpectedTable[];
}

/**
 * Everything that is shown over one connection: tables, the queries that fill them and the stores that show
 * them. Survives reconnects.
 *
 * A new connection's snapshots are held back until all queries have been answered. So a reconnect changes all
 * stores in one step, and what was asked for together is shown together.
 */
export function createHub(scope: Scope): Hub {
  const feeds = new Map<string, Feed>();
  const queries = new Map<string, Query>();
  let db: SdkDb | undefined;
  let isSyncing = false;
  /** That of the message whose rows are coming in: the SDK makes one for each. */
  let current: SdkEvent | undefined;

  const update = (concerned: Iterable<Query>, changes: Changes): void => {
    const consumers = new Set<Consumer>();
    for (const query of concerned) for (const consumer of query.consumers) consumers.add(consumer);
    scope.batch(() => {
      for (const consumer of consumers) consumer.update(changes);
    });
  };

  const afterMessage = (): void => {
    current = undefined;
    const all = [...queries.values()];
    const isSynced = isSyncing;
    if (isSynced && !all.every((query) => query.answer)) return;
    isSyncing = false;
    const changes = new Map<Feed, readonly Change<never>[]>();
    for (const feed of feeds.values()) {
      const changed = feed.take(isSynced) as readonly Change<never>[];
      if (changed.length > 0) changes.set(feed, changed);
    }
    const concerned = all.filter(({ answer, feed }) => answer ?? changes.has(feed));
    for (const query of concerned) {
      query.phase = query.answer ?? query.phase;
      query.answer = undefined;
    }
    update(concerned, changes);
  };

  /** Has the feed hear of the rows of a table of the present connection. */
  const follow = (table: string, feed: Feed): void => {
    const sdkTable = db?.db[table];
    if (!sdkTable) return;
    const { columns, isEvent = false } = sdkTable.tableDef;
    const primaryKey = Object.keys(columns).find((name) => columns[name]?.columnMetadata.isPrimaryKey);
    feed.attach(sdkTable.iter(), primaryKey, isEvent);
    const hear = (event: SdkEvent, row: object, isGone: boolean): void => {
      // A frame may hold several messages.
      if (event !== current && (current !== ANSWER || event.tag !== ANSWER.tag)) afterMessage();
      current = event;
      feed.edit(row, isGone, event);
    };
    const insert: RunOnRow = ({ event }, row) => hear(event, row, false);
    const remove: RunOnRow = ({ event }, row) => hear(event, row, true);
    const replace: RunOnRow = ({ event }, _, after) => hear(event, after as object, false);
    sdkTable.onInsert(insert);
    sdkTable.onDelete(remove);
    sdkTable.onUpdate?.(replace);
    feed.detach = () => {
      feed.detach = ignore;
      sdkTable.removeOnInsert(insert);
      sdkTable.removeOnDelete(remove);
      sdkTable.removeOnUpdate?.(replace);
    };
  };

  const subscribe = (query: Query): void => {
    const own = db;
    if (!own) return;
    const answer = (answer: 'ready' | 'failed', error?: Error): void => {
      if (own !== db) return;
      if (query.consumers.size === 0) return answer === 'ready' ? handle.unsubscribe() : undefined;
      afterMessage();
      // The rows come after it.
      current = ANSWER;
      query.answer = answer;
      query.error = error;
    };
    if (!own.db[query.table]) {
      return answer('failed', new Error(`The bindings have no table ${query.table}`));
    }
    const handle = (query.handle = own
      .subscriptionBuilder()
      .onApplied(() => answer('ready'))
      .onError((_, error) => answer('failed', error))
      .subscribe(query.sql));
  };

  return {
    use<Row extends object>(table: string, sql: string, consumer: Consumer) {
      const key = `${table} ${sql}`;
      let query = queries.get(key);
      query?.consumers.add(consumer);
      if (!query) {
        let feed = feeds.get(table);
        if (!feed) {
          feeds.set(table, (feed = new Feed()));
          follow(table, feed);
          if (!isSyncing) feed.take(true);
        }
        query = { key, table, sql, feed, consumers: new Set([consumer]), phase: 'loading' };
        queries.set(key, query);
        subscribe(query);
        // A query can fail before it is sent.
        if (!isSyncing) query.phase = query.answer ?? query.phase;
      }
      return query as unknown as Query<Row>;
    },
    release({ consumers, key, table, handle }, consumer) {
      consumers.delete(consumer);
      if (consumers.size > 0) return;
      queries.delete(key);
      // One that is still unanswered is ended by its answer.
      if (handle?.isActive()) handle.unsubscribe();
      if (![...queries.values()].some((other) => other.table === table)) {
        feeds.get(table)?.detach();
        feeds.delete(table);
      }
      if (isSyncing) afterMessage();
    },
    attach(newDb) {
      db = newDb;
      isSyncing = true;
      for (const [table, feed] of feeds) follow(table, feed);
      for (const query of queries.values()) subscribe(query);
    },
    detach() {
      db = undefined;
      isSyncing = false;
      for (const feed of feeds.values()) feed.detach();
      for (const query of queries.values()) {
        query.answer = query.handle = undefined;
        if (query.phase === 'ready') query.phase = 'stale';
      }
      update(queries.values(), new Map());
    },
    afterMessage,
    tables: () => [...feeds.keys()].flatMap((table) => db?.db[table]?.tableDef ?? []),
  };
}
