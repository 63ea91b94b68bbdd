import type { Change, Consumer, Feed } from './feed.ts';
import type { Query } from './hub.ts';
import type { Internals } from './internals.ts';
import { compareKeys } from './keys.ts';
import { List, patch, type Compare } from './list.ts';
import { stateOf } from './live-store.ts';
import type { LiveState } from './types.ts';
import { none } from './view.ts';

/**
 * What a list shows: the rows of `table` that are here, because `sql` or another query brought them, and
 * match.
 */
export interface Source<Row> {
  readonly table: string;
  readonly sql: string;
  matches(this: void, row: Row): boolean;
  readonly order: Compare<Row> | undefined;
}

type Publish<Row> = (rows: readonly Row[], state: LiveState) => void;

/** The rows of a source, in order and kept up to date. */
export class Rows<Row extends object> implements Consumer {
  readonly #hub: Internals['hub'];
  readonly #source: Source<Row>;
  readonly #publish: Publish<Row>;
  readonly #feed: Feed<Row>;
  readonly #query: Query;
  #rows = List.of<Row>(none);
  /** Whether `#rows` has followed all changes. */
  #following = false;

  constructor(hub: Internals['hub'], source: Source<Row>, publish: Publish<Row>) {
    this.#hub = hub;
    this.#source = source;
    this.#publish = publish;
    this.#feed = hub.watch<Row>(source.table, this);
    this.#query = hub.use(source.table, source.sql, this);
    this.update(new Map());
  }

  stop(): void {
    this.#hub.unwatch(this.#source.table, this);
    this.#hub.release(this.#query, this);
  }

  update(changes: ReadonlyMap<Feed, readonly Change<object>[]>): void {
    let state = stateOf([this.#query]);
    if (this.#feed.isEvent)
      state = {
        phase: 'failed',
        error: new TypeError(`${this.#source.table} keeps no rows: use liveEvents`),
      };
    if (state.phase === 'failed') this.#following = false;
    if (state.phase === 'ready') {
      if (this.#following)
        this.#follow((changes as ReadonlyMap<unknown, readonly Change<Row>[]>).get(this.#feed));
      else this.#load();
    }
    this.#publish(this.#rows.view, state);
  }

  readonly #compare: Compare<Row> = (a, b) =>
    this.#source.order?.(a, b) || compareKeys(this.#feed.key(a), this.#feed.key(b));

  #load(): void {
    const rows = [...this.#feed.rows.values()].filter(this.#source.matches).sort(this.#compare);
    if (!this.#rows.isSame(rows)) this.#rows = List.of(rows);
    this.#following = true;
  }

  #follow(changes: readonly Change<Row>[] = none): void {
    const { matches } = this.#source;
    const removed: Row[] = [];
    const added: Row[] = [];
    for (const { before, after } of changes) {
      if (before && matches(before)) removed.push(before);
      if (after && matches(after)) added.push(after);
    }
    if (removed.length + added.length > 0) this.#rows = patch(this.#rows, removed, added, this.#compare);
  }
}
