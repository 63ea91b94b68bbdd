import { emptyList } from '../../empty.ts';
import { patch } from '../../sorted-list.ts';
import { MomentMap, type Moment } from '../moment-map.ts';
import type { AnnotationRows, AnnotationTable } from './rows.ts';

/** The rows of a message by table, oldest first. */
export type RowsOfMessage = { readonly [Name in AnnotationTable]: readonly AnnotationRows[Name][] };

export const noRows: RowsOfMessage = {
  reply: emptyList,
  reaction: emptyList,
  messageEdit: emptyList,
  mention: emptyList,
  pin: emptyList,
};

const byId = (a: { readonly id: bigint }, b: { readonly id: bigint }): number => Number(a.id - b.id);

/**
 * The rows that belong to messages, by message. The result depends only on the rows, not on the order in which they
 * arrived.
 */
export class AnnotationIndex {
  readonly #rows = new MomentMap<RowsOfMessage>();
  /** The messages that answer a message. */
  readonly #replies = new MomentMap<readonly Moment[]>();

  at(message: Moment): RowsOfMessage {
    return this.#rows.get(message) ?? noRows;
  }

  /** The messages that answer a message. */
  repliesTo(message: Moment): readonly Moment[] {
    return this.#replies.get(message) ?? emptyList;
  }

  add<Name extends AnnotationTable>(table: Name, row: AnnotationRows[Name]): void {
    if ((this.at(row)[table] as readonly unknown[]).includes(row)) return;
    this.#change(table, row, [], [row]);
    if ('toSent' in row) {
      const target = { sender: row.toSender, sent: row.toSent };
      this.#replies.set(target, [...this.repliesTo(target), row]);
    }
  }

  delete<Name extends AnnotationTable>(table: Name, row: AnnotationRows[Name]): void {
    this.#change(table, row, [row], []);
    if ('toSent' in row) {
      const target = { sender: row.toSender, sent: row.toSent };
      const others = this.repliesTo(target).filter((reply) => reply !== row);
      if (others.length > 0) this.#replies.set(target, others);
      else this.#replies.delete(target);
    }
  }

  #change<Name extends AnnotationTable>(
    table: Name,
    message: Moment,
    removed: AnnotationRows[Name][],
    added: AnnotationRows[Name][],
  ): void {
    const before = this.at(message);
    const after: RowsOfMessage = { ...before, [table]: patch(before[table], removed, added, byId) };
    if (Object.values(after).some(({ length }) => length > 0)) this.#rows.set(message, after);
    else this.#rows.delete(message);
  }
}
