import { compareValues } from './keys.ts';
import { ignore, none } from './none.ts';
import { find, patch, place, type Compare } from './sorted-list.ts';

/** A row that came (no `before`), went (no `after`) or was replaced in one transaction. */
export interface Change<Row> {
  readonly before: Row | undefined;
  readonly after: Row | undefined;
  /** The arguments of the reducer call of ours whose answer brought `after`: the very object that was passed. */
  readonly cause?: object | undefined;
}

/** What changed in one transaction. */
export type Changes = ReadonlyMap<Feed, readonly Change<never>[]>;

/** What shows rows of feeds. */
export interface Consumer {
  /** The state of a query of this consumer has changed, or the feed of one as `changes` says. */
  update(changes: Changes): void;
}

/** What is used of the SDK's events. Only answers to our own calls have a reducer. */
export interface SdkEvent {
  readonly tag: string;
  readonly value?: { readonly reducer?: { readonly args: object } };
}

/** A row that came or went in the message under way. */
interface Edit<Row> {
  readonly row: Row;
  /** What it is sorted by: its key, or the only part of that, as of an identity, which is faster to compare. */
  readonly key: unknown;
  readonly isGone: boolean;
  readonly cause: object | undefined;
}

/**
 * The rows of one table that are here, whichever query brought them, beyond the life of one `DbConnection`.
 * It collects what the SDK reports during a message, and gives the net result of it.
 */
export class Feed<Row extends object = object> {
  /** By primary key, or by all columns. A row keeps its object as long as its values, over reconnects too. */
  list: readonly Row[] = none;
  /** Whether this is an event table, whose rows come and are not kept. */
  isEvent = false;
  /** What a row is known by: the value of its primary key, or all its columns. */
  keyOf: (row: Row) => unknown = (row) => row;
  readonly compare: Compare<Row> = (a, b) => compareValues(this.keyOf(a), this.keyOf(b));
  /** Ends what `attach` has begun. */
  detach: () => void = ignore;
  #edits: Edit<Row>[] = [];

  /** Follows the table of a new connection, which has `rows` already. Until `take`, `list` stays as it was. */
  attach(rows: Iterable<Row>, primaryKey: string | undefined, isEvent: boolean): void {
    this.isEvent = isEvent;
    if (primaryKey !== undefined) this.keyOf = (row) => (row as Record<string, unknown>)[primaryKey];
    this.#edits = [];
    for (const row of rows) this.edit(row, false);
  }

  changesIn(changes: Changes): readonly Change<Row>[] {
    return (changes as ReadonlyMap<unknown, readonly Change<Row>[]>).get(this) ?? none;
  }

  edit(row: Row, isGone: boolean, event?: SdkEvent): void {
    this.#edits.push({ row, key: onlyPartOf(this.keyOf(row)), isGone, cause: event?.value?.reducer?.args });
  }

  /**
   * Brings the rows up to date, and starts anew.
   * @param isAll whether the edits make up all rows of a new connection
   * @returns what has changed. Rows that ended as they began are left out.
   */
  take(isAll: boolean): readonly Change<Row>[] {
    const edits = this.#edits;
    if (edits.length === 0 && !isAll) return none;
    this.#edits = [];
    const { list, compare } = this;
    if (this.isEvent) {
      const known: Row[] = [];
      return edits.flatMap(({ row }) => {
        // The SDK tells of it once for each query that brought it. Within a transaction no two rows are alike.
        if (find(known, row, compare)) return [];
        known.splice(place(known, row, compare), 0, row);
        return { before: undefined, after: row };
      });
    }

    const changes: Change<Row>[] = [];
    const removed: Row[] = [];
    const added: Row[] = [];
    const change = (before: Row | undefined, after: Row | undefined, cause?: object): void => {
      if (before) removed.push(before);
      if (after) added.push(after);
      if (before ?? after) changes.push({ before, after, cause });
    };
    const seen = new Set<Row | undefined>();
    edits.sort((a, b) => compareValues(a.key, b.key));
    for (const [index, { row, key, isGone, cause }] of edits.entries()) {
      const next = edits[index + 1];
      // The last word on a row counts.
      if (next && compareValues(key, next.key) === 0) continue;
      const before = find(list, row, compare);
      seen.add(before);
      const after = isGone ? undefined : row;
      if (!before || !after || compareValues(before, after) !== 0) change(before, after, cause);
    }
    if (isAll) for (const row of list) if (!seen.has(row)) change(row, undefined);
    this.list = patch(list, removed, added, compare);
    return changes;
  }
}

function onlyPartOf(key: unknown): unknown {
  if (typeof key !== 'object' || key === null) return key;
  let only: unknown;
  let count = 0;
  for (const part in key) {
    if (++count > 1) return key;
    only = (key as Record<string, unknown>)[part];
  }
  return only;
}
