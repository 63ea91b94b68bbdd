import { Feed, type Change, type Changes, type Consumer, type SdkEvent } from './feed.ts';
import type { Scope } from './store.ts';
import type { LivePhase } from './types.ts';

type OnRow = (run: (context: { readonly event: SdkEvent }, row: object, after?: object) => void) => void;

/** The SDK's cache of one table. */
interface SdkTable {
  /** Private there. Event tables keep no rows. */
  readonly tableDef: {
    readonly isEvent?: boolean;
    readonly columns: Record<string, { readonly columnMetadata: { readonly isPrimaryKey?: boolean } }>;
  };
  iter(): Iterable<object>;
  readonly onInsert: OnRow;
  readonly onDelete: OnRow;
  readonly onUpdate?: OnRow;
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
export class Query<Row extends object = object> {
  readonly key: string;
  readonly table: string;
  readonly sql: string;
  readonly feed: Feed<Row>;
  readonly consumers = new Set<Consumer>();
  phase: Exclude<LivePhase, 'idle'> = 'loading';
  error: Error | undefined;
  /** What the server has said and is not shown yet; `phase` follows when the rows may be shown. */
  answer: 'ready' | 'failed' | undefined;
  handle: SdkHandle | undefined;

  constructor(key: string, table: string, sql: string, feed: Feed<Row>) {
    this.key = key;
    this.table = table;
    this.sql = sql;
    this.feed = feed;
  }
}

/** A query, whatever its rows. */
export type AnyQuery = Omit<Query, 'feed'>;

/** In place of the event that the SDK gives to the rows of an answer to a query, as long as none has come. */
const ANSWER = { tag: 'SubscribeApplied' };

/**
 * Everything that is shown over one connection: tables, the queries that fill them and the stores that show
 * them. Survives reconnects.
 *
 * A new connection's snapshots are held back until all queries have been answered. So a reconnect changes all
 * stores in one step, and what was asked for together is shown together.
 */
export class Hub {
  readonly #scope: Scope;
  readonly #feeds = new Map<string, Feed>();
  readonly #queries = new Map<string, Query>();
  #db: SdkDb | undefined;
  #syncing = false;
  /** That of the message whose rows are coming in: the SDK makes one for each. */
  #event: SdkEvent | undefined;

  constructor(scope: Scope) {
    this.#scope = scope;
  }

  /** `consumer` uses the query until `release`. Shares it with all who use the same table and text. */
  use<Row extends object>(table: string, sql: string, consumer: Consumer): Query<Row> {
    const key = `${table} ${sql}`;
    let query = this.#queries.get(key);
    if (!query) {
      let feed = this.#feeds.get(table);
      if (!feed) {
        this.#feeds.set(table, (feed = new Feed()));
        this.#follow(table, feed);
        if (!this.#syncing) feed.take(true);
      }
      this.#queries.set(key, (query = new Query(key, table, sql, feed)));
      query.consumers.add(consumer);
      this.#subscribe(query);
      // A query can fail before it is sent.
      if (query.answer && !this.#syncing) query.phase = query.answer;
    }
    query.consumers.add(consumer);
    return query as unknown as Query<Row>;
  }

  release({ consumers, key, handle }: AnyQuery, consumer: Consumer): void {
    consumers.delete(consumer);
    if (consumers.size > 0) return;
    this.#queries.delete(key);
    // One that is still unanswered is ended by its answer.
    if (handle?.isActive()) handle.unsubscribe();
    if (this.#syncing) this.afterMessage();
  }

  /** A new connection is up. */
  attach(db: SdkDb): void {
    this.#db = db;
    this.#syncing = true;
    const used = new Set([...this.#queries.values()].map(({ feed }) => feed));
    for (const [table, feed] of this.#feeds) {
      if (used.has(feed)) this.#follow(table, feed);
      else this.#feeds.delete(table);
    }
    for (const query of this.#queries.values()) this.#subscribe(query);
  }

  /** The connection is gone. What was shown stays, marked as stale. */
  detach(): void {
    this.#db = undefined;
    this.#syncing = false;
    for (const query of this.#queries.values()) {
      query.answer = query.handle = undefined;
      if (query.phase === 'ready') query.phase = 'stale';
    }
    this.#update(this.#queries.values(), new Map());
  }

  /** The SDK has handled a message: shows what it changed. */
  afterMessage(): void {
    this.#event = undefined;
    const queries = [...this.#queries.values()];
    const synced = this.#syncing;
    if (synced && !queries.every((query) => query.answer)) return;
    this.#syncing = false;
    const changes = new Map<Feed, readonly Change<never>[]>();
    for (const feed of this.#feeds.values()) {
      const changed = feed.take(synced) as readonly Change<never>[];
      if (changed.length > 0) changes.set(feed, changed);
    }
    const concerned = queries.filter(({ answer, feed }) => answer ?? changes.has(feed));
    for (const query of concerned) {
      query.phase = query.answer ?? query.phase;
      query.answer = undefined;
    }
    this.#update(concerned, changes);
  }

  #update(queries: Iterable<Query>, changes: Changes): void {
    const consumers = new Set<Consumer>();
    for (const query of queries) for (const consumer of query.consumers) consumers.add(consumer);
    if (consumers.size === 0) return;
    this.#scope.batch(() => {
      for (const consumer of consumers) consumer.update(changes);
    });
  }

  /** Has the feed hear of the rows of a table of the present connection. */
  #follow(table: string, feed: Feed): void {
    const db = this.#db;
    const sdkTable = db?.db[table];
    if (!sdkTable) return;
    const { tableDef } = sdkTable;
    const isPrimary = (name: string): boolean => tableDef.columns[name]?.columnMetadata.isPrimaryKey === true;
    feed.attach(sdkTable.iter(), Object.keys(tableDef.columns).find(isPrimary), tableDef.isEvent === true);
    const hear = (event: SdkEvent, row: object, isGone: boolean): void => {
      if (db !== this.#db) return;
      // A frame may hold several messages.
      if (event !== this.#event && (this.#event !== ANSWER || event.tag !== ANSWER.tag)) this.afterMessage();
      this.#event = event;
      feed.edit(row, isGone, event);
    };
    sdkTable.onInsert(({ event }, row) => hear(event, row, false));
    sdkTable.onDelete(({ event }, row) => hear(event, row, true));
    sdkTable.onUpdate?.(({ event }, _, after) => hear(event, after as object, false));
  }

  #subscribe(query: Query): void {
    const db = this.#db;
    if (!db) return;
    const answer = (answer: 'ready' | 'failed', error?: Error): void => {
      if (db !== this.#db) return;
      if (query.consumers.size === 0) return answer === 'ready' ? handle.unsubscribe() : undefined;
      this.afterMessage();
      // The rows come after it.
      this.#event = ANSWER;
      query.answer = answer;
      query.error = error;
    };
    if (!db.db[query.table]) {
      return answer('failed', new Error(`The bindings have no table ${query.table}`));
    }
    const handle = (query.handle = db
      .subscriptionBuilder()
      .onApplied(() => answer('ready'))
      .onError((_, error) => answer('failed', error))
      .subscribe(query.sql));
  }
}
