import type { Change, Changes, Consumer } from './feed.ts';
import type { Query } from './hub.ts';
import type { Internals } from './internals.ts';
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
  /** Absent when all do. */
  readonly matches: ((row: Row) => boolean) | undefined;
  readonly order: Compare<Row> | undefined;
}

type Publish<Row> = (rows: readonly Row[], state: LiveState) => void;

/** The rows of a source, in order and kept up to date. */
export class Rows<Row extends object> implements Consumer {
  readonly #hub: Internals['hub'];
  readonly #source: Source<Row>;
  readonly #publish: Publish<Row>;
  readonly #query: Query<Row>;
  #rows = List.of<Row>(none);
  /** Whether `#rows` has followed all changes. */
  #following = false;

  constructor(hub: Internals['hub'], source: Source<Row>, publish: Publish<Row>) {
    this.#hub = hub;
    this.#source = source;
    this.#publish = publish;
    this.#query = hub.use<Row>(source.table, source.sql, this);
    this.update(new Map());
  }

  stop(): void {
    this.#hub.release(this.#query, this);
  }

  update(changes: Changes): void {
    const { feed } = this.#query;
    let state = stateOf([this.#query]);
    if (feed.isEvent)
      state = {
        phase: 'failed',
        error: new TypeError(`${this.#source.table} keeps no rows: use liveEvents`),
      };
    if (state.phase === 'failed') this.#following = false;
    if (state.phase === 'ready') this.#rows = this.#next(feed.changesIn(changes));
    this.#publish(this.#rows.view, state);
  }

  #next(changes: readonly Change<Row>[]): List<Row> {
    const { feed } = this.#query;
    const { matches, order } = this.#source;
    if (!matches && !order) return feed.list;
    const isShown = (row: Row | undefined): row is Row => row !== undefined && (!matches || matches(row));
    const compare: Compare<Row> = (a, b) => order?.(a, b) || feed.compare(a, b);
    if (this.#following) {
      const removed = changes.map(({ before }) => before).filter(isShown);
      const added = changes.map(({ after }) => after).filter(isShown);
      return removed.length + added.length > 0 ? patch(this.#rows, removed, added, compare) : this.#rows;
    }
    this.#following = true;
    const rows = feed.list.chunks.flatMap((chunk) => chunk.filter(isShown));
    if (order) rows.sort(compare);
    return this.#rows.isSame(rows) ? this.#rows : List.of(rows);
  }
}
