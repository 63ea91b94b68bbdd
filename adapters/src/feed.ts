import { deepEqual } from 'spacetimedb';
import { keyOf, type Key } from './keys.ts';

/** A row that came (no `before`), went (no `after`) or was replaced in one transaction. */
export interface Change<Row> {
  readonly key: Key;
  readonly before: Row | undefined;
  readonly after: Row | undefined;
  /** The arguments of the reducer call of ours whose answer brought `after`: the very object that was passed. */
  readonly cause?: object | undefined;
}

/** What is used of the SDK's event contexts. Only answers to our own calls have a reducer. */
interface Context {
  readonly event: { readonly value?: { readonly reducer?: { readonly args: object } } };
}

/** What shows rows of feeds. */
export interface Consumer {
  /** The state of a query of this consumer has changed, or one of its feeds as `changes` says. */
  update(changes: ReadonlyMap<Feed, readonly Change<object>[]>): void;
}

/** The SDK's cache of one table. */
export interface SdkTable<Row> {
  /** Private there. `isEvent` tables keep no rows. */
  readonly tableDef?: { readonly isEvent?: boolean };
  iter(): Iterable<Row>;
  onInsert(run: (context: Context, row: Row) => void): void;
  onDelete(run: (context: unknown, row: Row) => void): void;
  onUpdate?(run: (context: Context, before: Row, after: Row) => void): void;
  removeOnInsert(run: (context: Context, row: Row) => void): void;
  removeOnDelete(run: (context: unknown, row: Row) => void): void;
  removeOnUpdate?(run: (context: Context, before: Row, after: Row) => void): void;
}

const nothing = (): void => undefined;

/**
 * The rows of one table that are here, whichever query brought them, beyond the life of one `DbConnection`.
 * It collects what the SDK reports during a message, and gives the net result of it.
 */
export class Feed<Row extends object = object> {
  /** A row keeps its object as long as it keeps its values, over reconnects too. */
  rows = new Map<Key, Row>();
  readonly consumers = new Set<Consumer>();
  /** No longer follows the SDK's table. */
  detach: () => void = nothing;
  key: (row: Row) => Key = keyOf(undefined);
  /** Rows as they were before the message under way, by key. */
  readonly #touched = new Map<Key, Row | undefined>();
  readonly #causes = new Map<Key, object>();
  /** The rows of a new connection, while its snapshots are still coming in. */
  #next: Map<Key, Row> | undefined;

  /** Rows that came and are not kept, when this is an event table, by key. */
  #events: Map<Key, Change<Row>> | undefined;

  get isEvent(): boolean {
    return this.#events !== undefined;
  }

  /** Follows the table of a new connection. Until `settle`, `rows` stays as it was. */
  attach(table: SdkTable<Row>, primaryKey: string | undefined): void {
    this.key = keyOf(primaryKey);
    this.#touched.clear();
    this.#causes.clear();
    this.#events = undefined;
    if (table.tableDef?.isEvent) {
      const events = (this.#events = new Map<Key, Change<Row>>());
      const add = (_: unknown, after: Row): void => {
        // The SDK tells of it once for each query that brought it. Within a transaction no two rows are alike.
        const key = this.key(after);
        events.set(key, { key, before: undefined, after });
      };
      table.onInsert(add);
      this.detach = () => {
        this.detach = nothing;
        table.removeOnInsert(add);
      };
      return;
    }
    const next = (this.#next = new Map());
    for (const row of table.iter()) next.set(this.key(row), row);
    const insert = (context: Context, row: Row): void => this.#set(row, context);
    const update = (context: Context, _: Row, after: Row): void => this.#set(after, context);
    const remove = (_: unknown, row: Row): void => this.#delete(row);
    table.onInsert(insert);
    table.onUpdate?.(update);
    table.onDelete(remove);
    this.detach = () => {
      this.detach = nothing;
      table.removeOnInsert(insert);
      table.removeOnUpdate?.(update);
      table.removeOnDelete(remove);
    };
  }

  /** The snapshots of the new connection are complete. @returns how they differ from the rows before. */
  settle(): Change<Row>[] {
    const next = this.#next;
    if (!next) return this.take();
    this.#next = undefined;
    const changes: Change<Row>[] = [];
    for (const [key, after] of next) {
      const before = this.rows.get(key);
      if (before && deepEqual(before, after)) next.set(key, before);
      else changes.push({ key, before, after, cause: this.#causes.get(key) });
    }
    for (const [key, before] of this.rows) {
      if (!next.has(key)) changes.push({ key, before, after: undefined });
    }
    this.rows = next;
    this.#causes.clear();
    return changes;
  }

  /** @returns what the last message changed, and starts anew. Rows that ended as they began are left out. */
  take(): Change<Row>[] {
    const changes: Change<Row>[] = [];
    if (this.#events) {
      changes.push(...this.#events.values());
      this.#events.clear();
      return changes;
    }
    for (const [key, before] of this.#touched) {
      const after = this.rows.get(key);
      if (before === after) continue;
      if (before && after && deepEqual(before, after)) this.rows.set(key, before);
      else changes.push({ key, before, after, cause: this.#causes.get(key) });
    }
    this.#touched.clear();
    this.#causes.clear();
    return changes;
  }

  #set(row: Row, { event }: Context): void {
    const key = this.key(row);
    const args = event.value?.reducer?.args;
    if (args) this.#causes.set(key, args);
    if (!this.#next) this.#touch(key);
    (this.#next ?? this.rows).set(key, row);
  }

  #delete(row: Row): void {
    const key = this.key(row);
    if (!this.#next) this.#touch(key);
    (this.#next ?? this.rows).delete(key);
  }

  #touch(key: Key): void {
    if (!this.#touched.has(key)) this.#touched.set(key, this.rows.get(key));
  }
}
