import { Feed, type Change, type Consumer, type SdkTable } from './feed.ts';
import type { Scope } from './store.ts';
import type { LivePhase } from './types.ts';

interface SdkHandle {
  isActive(): boolean;
  isEnded(): boolean;
  unsubscribe(): void;
}

interface SdkTableRef {
  readonly type: 'table';
  readonly accessorName: string;
  readonly columns: Record<string, { columnMetadata: { isPrimaryKey?: boolean } }>;
}

/** What is used of a `DbConnection`, whatever its module. */
export interface SdkDb {
  token?: string | undefined;
  readonly db: Record<string, SdkTable<object> | undefined>;
  /** Tables by name, and those of submodules one level down. */
  getFromBuilder(): Record<string, SdkTableRef | Record<string, SdkTableRef>>;
  subscriptionBuilder(): {
    onApplied(run: () => void): ReturnType<SdkDb['subscriptionBuilder']>;
    onError(run: (context: unknown, error: Error) => void): ReturnType<SdkDb['subscriptionBuilder']>;
    subscribe(sql: string): SdkHandle;
  };
}

/** A query that is kept subscribed as long as somebody uses it, on one connection after the other. */
export class Query {
  readonly table: string;
  readonly sql: string;
  readonly consumers = new Set<Consumer>();
  phase: Exclude<LivePhase, 'idle'> = 'loading';
  error: Error | undefined;
  /** What the present connection's server has said; `phase` follows when the rows may be shown. */
  answer: 'ready' | 'failed' | undefined;
  handle: SdkHandle | undefined;

  constructor(table: string, sql: string) {
    this.table = table;
    this.sql = sql;
  }
}

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
  readonly #answered = new Set<Query>();
  #db: SdkDb | undefined;
  #primaryKeys = new Map<string, string | undefined>();
  #syncing = false;

  constructor(scope: Scope) {
    this.#scope = scope;
  }

  /**
   * The rows of a table, by the name that the bindings give it. `consumer` hears of changes until `unwatch`.
   */
  watch<Row extends object>(table: string, consumer: Consumer): Feed<Row> {
    let feed = this.#feeds.get(table);
    if (!feed) {
      this.#feeds.set(table, (feed = new Feed()));
      this.#attachFeed(table, feed);
      if (!this.#syncing) feed.settle();
    }
    feed.consumers.add(consumer);
    return feed as unknown as Feed<Row>;
  }

  unwatch(table: string, consumer: Consumer): void {
    const feed = this.#feeds.get(table);
    feed?.consumers.delete(consumer);
    if (!feed || feed.consumers.size > 0) return;
    feed.detach();
    this.#feeds.delete(table);
  }

  /** Shares the query with all who use the same table and text. */
  use(table: string, sql: string, consumer: Consumer): Query {
    const key = `${table} ${sql}`;
    let query = this.#queries.get(key);
    if (query) {
      query.consumers.add(consumer);
    } else {
      this.#queries.set(key, (query = new Query(table, sql)));
      query.consumers.add(consumer);
      this.#subscribe(query);
      // A query can fail before it is sent.
      if (query.answer && !this.#syncing) query.phase = query.answer;
    }
    return query;
  }

  release(query: Query, consumer: Consumer): void {
    query.consumers.delete(consumer);
    if (query.consumers.size > 0) return;
    this.#queries.delete(`${query.table} ${query.sql}`);
    this.#answered.delete(query);
    // One that is still unanswered is ended by its answer.
    if (query.handle?.isActive()) query.handle.unsubscribe();
    if (this.#syncing) this.afterMessage();
  }

  /** A new connection is up. */
  attach(db: SdkDb): void {
    this.#db = db;
    this.#syncing = true;
    this.#primaryKeys = primaryKeys(db);
    for (const [table, feed] of this.#feeds) this.#attachFeed(table, feed);
    for (const query of this.#queries.values()) this.#subscribe(query);
  }

  /** The connection is gone. What was shown stays, marked as stale. */
  detach(): void {
    this.#db = undefined;
    for (const feed of this.#feeds.values()) feed.detach();
    this.#syncing = false;
    this.#answered.clear();
    const consumers = new Set<Consumer>();
    for (const query of this.#queries.values()) {
      query.answer = query.handle = undefined;
      if (query.phase === 'ready') query.phase = 'stale';
      for (const consumer of query.consumers) consumers.add(consumer);
    }
    this.#update(consumers, new Map());
  }

  /** The SDK has handled a message: shows what it changed. */
  afterMessage(): void {
    const synced = this.#syncing && [...this.#queries.values()].every((query) => query.answer);
    if (this.#syncing && !synced) return;
    this.#syncing = false;
    const consumers = new Set<Consumer>();
    const changes = new Map<Feed, Change<object>[]>();
    for (const feed of this.#feeds.values()) {
      const changed = synced ? feed.settle() : feed.take();
      if (changed.length === 0) continue;
      changes.set(feed, changed);
      for (const consumer of feed.consumers) consumers.add(consumer);
    }
    for (const query of this.#answered) {
      if (query.answer) query.phase = query.answer;
      for (const consumer of query.consumers) consumers.add(consumer);
    }
    this.#answered.clear();
    this.#update(consumers, changes);
  }

  #update(consumers: Set<Consumer>, changes: Map<Feed, Change<object>[]>): void {
    if (consumers.size === 0) return;
    this.#scope.batch(() => {
      for (const consumer of consumers) consumer.update(changes);
    });
  }

  #attachFeed(table: string, feed: Feed): void {
    const sdkTable = this.#db?.db[table];
    if (sdkTable) feed.attach(sdkTable, this.#primaryKeys.get(table));
  }

  #subscribe(query: Query): void {
    const db = this.#db;
    if (!db) return;
    const answer = (answer: 'ready' | 'failed', error?: Error): void => {
      if (db !== this.#db) return;
      if (query.consumers.size === 0) return answer === 'ready' ? handle.unsubscribe() : undefined;
      query.answer = answer;
      query.error = error;
      this.#answered.add(query);
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

function primaryKeys(db: SdkDb): Map<string, string | undefined> {
  const keys = new Map<string, string | undefined>();
  const add = (table: SdkTableRef): void => {
    const column = Object.entries(table.columns).find(
      ([, { columnMetadata }]) => columnMetadata.isPrimaryKey,
    );
    keys.set(table.accessorName, column?.[0]);
  };
  for (const entry of Object.values(db.getFromBuilder())) {
    if (entry.type === 'table') add(entry as SdkTableRef);
    else Object.values(entry as Record<string, SdkTableRef>).forEach(add);
  }
  return keys;
}
