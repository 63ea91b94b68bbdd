import { noop } from './empty.ts';
import { QueryError } from './errors.ts';
import type { ExpectedTable } from './schema-check.ts';
import type { Scope } from './store.ts';
import { TableMirror, type Change, type Changes, type Observer, type SdkEvent } from './table-mirror.ts';
import type { LiveStatus } from './types.ts';

type RunOnRow = (context: { readonly event: SdkEvent }, row: object, after?: object) => void;
type OnRow = (run: RunOnRow) => void;

/** The SDK's cache of one table. */
interface SdkTable {
  /** Private in the SDK. Event tables keep no rows. */
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

/** The used parts of any `DbConnection`. */
export interface SdkDb {
  readonly db: Record<string, SdkTable | undefined>;
  subscriptionBuilder(): {
    onApplied(run: () => void): ReturnType<SdkDb['subscriptionBuilder']>;
    onError(run: (context: unknown, error: Error) => void): ReturnType<SdkDb['subscriptionBuilder']>;
    subscribe(sql: string): SdkHandle;
  };
}

/** A query that stays subscribed as long as it is used, across connections. */
export interface Query<Row extends object = object> {
  readonly key: string;
  readonly table: string;
  readonly sql: string;
  readonly mirror: TableMirror<Row>;
  readonly observers: Set<Observer>;
  status: Exclude<LiveStatus['status'], 'idle'>;
  error?: QueryError | undefined;
  /** The server's answer that is not shown yet; `status` is updated when the rows may be shown. */
  answer?: 'ready' | 'error' | undefined;
  handle?: SdkHandle | undefined;
}

/** A query with any row type. */
export type AnyQuery = Omit<Query, 'mirror'>;

/** Placeholder for the SDK's event of a query's answer, until its first row arrives. */
const ANSWER = { tag: 'SubscribeApplied' };

export interface Subscriptions {
  /** `observer` uses the query until `release`. Observers of the same table and SQL text share it. */
  use<Row extends object>(table: string, sql: string, observer: Observer): Query<Row>;
  release(query: AnyQuery, observer: Observer): void;
  /** Called when a new connection is open. */
  attach(db: SdkDb): void;
  /** Called when the connection is lost. The rows stay, marked as stale. */
  detach(): void;
  /** Called when the SDK has handled a message: shows its changes. */
  afterMessage(): void;
  /** The descriptions of the tables in use from the bindings; empty while there is no connection. */
  tables(): ExpectedTable[];
}

/**
 * Creates the subscriptions of one connection: queries, the tables that they fill, and what observes them. They
 * survive reconnects.
 *
 * The rows of a new connection are held back until all queries are answered. So a reconnect changes all stores in one
 * step, and queries that are subscribed together show their rows together.
 */
export function createSubscriptions(scope: Scope): Subscriptions {
  const mirrors = new Map<string, TableMirror>();
  const queries = new Map<string, Query>();
  let db: SdkDb | undefined;
  let isSyncing = false;
  /** The event of the current message: the SDK creates one for each. */
  let current: SdkEvent | undefined;

  const notify = (concerned: Iterable<Query>, changes: Changes): void => {
    const observers = new Set<Observer>();
    for (const query of concerned) for (const observer of query.observers) observers.add(observer);
    scope.batch(() => {
      for (const observer of observers) observer.update(changes);
    });
  };

  const afterMessage = (): void => {
    current = undefined;
    const all = [...queries.values()];
    const isSnapshot = isSyncing;
    if (isSnapshot && !all.every((query) => query.answer)) return;
    isSyncing = false;
    const changes = new Map<TableMirror, readonly Change<never>[]>();
    for (const mirror of mirrors.values()) {
      const changed = mirror.flush(isSnapshot) as readonly Change<never>[];
      if (changed.length > 0) changes.set(mirror, changed);
    }
    const concerned = all.filter(({ answer, mirror }) => answer ?? changes.has(mirror));
    for (const query of concerned) {
      query.status = query.answer ?? query.status;
      query.answer = undefined;
    }
    notify(concerned, changes);
  };

  /** Attaches the mirror to its table on the current connection. */
  const follow = (table: string, mirror: TableMirror): void => {
    const sdkTable = db?.db[table];
    if (!sdkTable) return;
    const { columns } = sdkTable.tableDef;
    mirror.attach(
      sdkTable.iter(),
      Object.keys(columns).find((name) => columns[name]?.columnMetadata.isPrimaryKey),
    );
    const record = (event: SdkEvent, row: object, isDeleted: boolean): void => {
      // A frame may contain several messages.
      if (event !== current && (current !== ANSWER || event.tag !== ANSWER.tag)) afterMessage();
      current = event;
      mirror.record(row, isDeleted, event);
    };
    const insert: RunOnRow = ({ event }, row) => record(event, row, false);
    const remove: RunOnRow = ({ event }, row) => record(event, row, true);
    const replace: RunOnRow = ({ event }, _, after) => record(event, after as object, false);
    sdkTable.onInsert(insert);
    sdkTable.onDelete(remove);
    sdkTable.onUpdate?.(replace);
    mirror.detach = () => {
      mirror.detach = noop;
      sdkTable.removeOnInsert(insert);
      sdkTable.removeOnDelete(remove);
      sdkTable.removeOnUpdate?.(replace);
    };
  };

  const subscribe = (query: Query): void => {
    const own = db;
    if (!own) return;
    const answer = (answer: 'ready' | 'error', error?: QueryError): void => {
      afterMessage();
      // Subscribers may have closed the connection or released the query.
      if (own !== db) return;
      if (query.observers.size === 0) return answer === 'ready' ? handle.unsubscribe() : undefined;
      // The rows arrive after it.
      current = ANSWER;
      query.answer = answer;
      query.error = error;
    };
    const table = own.db[query.table];
    if (!table) {
      return answer('error', new QueryError('unknown-table', `The bindings have no table ${query.table}`));
    }
    if (table.tableDef.isEvent) {
      const message = `${query.table} is an event table: the server keeps no rows of it to show`;
      return answer('error', new QueryError('event-table', message));
    }
    const handle = (query.handle = own
      .subscriptionBuilder()
      .onApplied(() => answer('ready'))
      .onError((_, cause) => answer('error', new QueryError('refused', cause.message, { cause })))
      .subscribe(query.sql));
  };

  return {
    use<Row extends object>(table: string, sql: string, observer: Observer) {
      const key = `${table} ${sql}`;
      let query = queries.get(key);
      query?.observers.add(observer);
      if (!query) {
        let mirror = mirrors.get(table);
        if (!mirror) {
          mirrors.set(table, (mirror = new TableMirror()));
          follow(table, mirror);
        }
        query = { key, table, sql, mirror, observers: new Set([observer]), status: 'loading' };
        queries.set(key, query);
        subscribe(query);
        // A query can fail before it is sent.
        if (!isSyncing) query.status = query.answer ?? query.status;
      }
      return query as unknown as Query<Row>;
    },
    release({ observers, key, table, handle }, observer) {
      observers.delete(observer);
      if (observers.size > 0) return;
      queries.delete(key);
      // A query that is still unanswered is ended when its answer arrives.
      if (handle?.isActive()) handle.unsubscribe();
      if (![...queries.values()].some((other) => other.table === table)) {
        mirrors.get(table)?.detach();
        mirrors.delete(table);
      }
      if (isSyncing) afterMessage();
    },
    attach(newDb) {
      db = newDb;
      isSyncing = true;
      for (const [table, mirror] of mirrors) follow(table, mirror);
      for (const query of queries.values()) subscribe(query);
    },
    detach() {
      db = undefined;
      isSyncing = false;
      for (const mirror of mirrors.values()) mirror.detach();
      for (const query of queries.values()) {
        query.answer = query.handle = undefined;
        if (query.status === 'ready') query.status = 'stale';
      }
      notify(queries.values(), new Map());
    },
    afterMessage,
    tables: () => [...mirrors.keys()].flatMap((table) => db?.db[table]?.tableDef ?? []),
  };
}
