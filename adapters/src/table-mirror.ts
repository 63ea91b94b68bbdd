import { compareValues } from './compare.ts';
import { emptyList, noop } from './empty.ts';
import { find, patch, type Compare } from './sorted-list.ts';

/** A row that was inserted (no `before`), deleted (no `after`) or replaced in one transaction. */
export interface Change<Row> {
  readonly before: Row | undefined;
  readonly after: Row | undefined;
  /** Arguments of the local reducer call that caused this change (the same object). */
  readonly callArgs?: object | undefined;
}

/** What changed in one transaction. */
export type Changes = ReadonlyMap<TableMirror, readonly Change<never>[]>;

/** Something that depends on queries. */
export interface Observer {
  /** Called when the status of one of its queries has changed, or rows of their tables as described by `changes`. */
  update(changes: Changes): void;
}

/** The used part of the SDK's events. Only answers to local calls have a reducer. */
export interface SdkEvent {
  readonly tag: string;
  readonly value?: { readonly reducer?: { readonly args: object } };
}

/** A row that was inserted or deleted in the current message. */
interface Edit<Row> {
  readonly row: Row;
  /** The sort key: the primary key, or its only part, as for identities, which is faster to compare. */
  readonly key: unknown;
  readonly isDeleted: boolean;
  readonly callArgs: object | undefined;
}

/**
 * The local rows of a table, from all queries. It outlives the `DbConnection`. It collects the SDK's reports during a
 * message, and then returns the net result.
 */
export class TableMirror<Row extends object = object> {
  /** By primary key, or by all columns. A row keeps its object as long as its values, also after reconnects. */
  list: readonly Row[] = emptyList;
  /** What identifies a row: the value of its primary key, or all its columns. */
  keyOf: (row: Row) => unknown = (row) => row;
  readonly compare: Compare<Row> = (a, b) => compareValues(this.keyOf(a), this.keyOf(b));
  /** Undoes `attach`. */
  detach: () => void = noop;
  #edits: Edit<Row>[] = [];

  /** Mirrors the table of a new connection, which already has `rows`. `list` does not change until `flush`. */
  attach(rows: Iterable<Row>, primaryKey: string | undefined): void {
    if (primaryKey !== undefined) this.keyOf = (row) => (row as Record<string, unknown>)[primaryKey];
    this.#edits = [];
    for (const row of rows) this.record(row, false);
  }

  changesIn(changes: Changes): readonly Change<Row>[] {
    return (changes as ReadonlyMap<unknown, readonly Change<Row>[]>).get(this) ?? emptyList;
  }

  /** Records that the current message inserts or deletes a row. */
  record(row: Row, isDeleted: boolean, event?: SdkEvent): void {
    const callArgs = event?.value?.reducer?.args;
    this.#edits.push({ row, key: onlyPartOf(this.keyOf(row)), isDeleted, callArgs });
  }

  /**
   * Brings `list` up to date.
   * @param isSnapshot whether the edits are all rows of a new connection
   * @returns the net changes
   */
  flush(isSnapshot: boolean): readonly Change<Row>[] {
    const edits = this.#edits;
    if (edits.length === 0 && !isSnapshot) return emptyList;
    this.#edits = [];
    const { list, compare } = this;
    const changes: Change<Row>[] = [];
    const removed: Row[] = [];
    const added: Row[] = [];
    const change = (before: Row | undefined, after: Row | undefined, callArgs?: object): void => {
      if (before) removed.push(before);
      if (after) added.push(after);
      changes.push({ before, after, callArgs });
    };
    const seen = new Set<Row | undefined>();
    edits.sort((a, b) => compareValues(a.key, b.key));
    for (let index = 0; index < edits.length; index++) {
      const { row, key, isDeleted, callArgs } = edits[index] as Edit<Row>;
      const next = edits[index + 1];
      // The last edit of a row wins.
      if (next && compareValues(key, next.key) === 0) continue;
      const before = find(list, row, compare);
      seen.add(before);
      const after = isDeleted ? undefined : row;
      if (compareValues(before, after) !== 0) change(before, after, callArgs);
    }
    if (isSnapshot) for (const row of list) if (!seen.has(row)) change(row, undefined);
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
