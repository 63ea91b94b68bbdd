import { compareValues, valueText } from '../compare.ts';
import { emptyList } from '../empty.ts';
import type { Change } from '../table-mirror.ts';
import { MomentMap, type Moment } from './moment-map.ts';
import type { ChatMessage, ChatUser, MessageRow } from './types.ts';

/** A message with its row, whose time is exact to the microsecond. */
export interface Entry extends ChatMessage {
  readonly row: MessageRow;
  /** Microseconds since the Unix epoch, as a number: comparing those is much faster. */
  readonly time: number;
}

/** Messages by sender and time. A module may store several messages with the same sender and time. */
export class Entries {
  readonly #entries = new MomentMap<readonly Entry[]>();

  at(moment: Moment): readonly Entry[] {
    return this.#entries.get(moment) ?? emptyList;
  }

  /**
   * The message of a row, or of a row with the same values: rows that disappear for a while return as other objects.
   */
  find(row: MessageRow): Entry | undefined {
    return this.at(row).find((entry) => entry.row === row || compareValues(entry.row, row) === 0);
  }

  of(sender: bigint): Entry[] {
    return [...this.#entries.of(sender)].flat();
  }

  add(entry: Entry): void {
    const there = this.at(entry.row);
    this.#entries.set(entry.row, there.length === 0 ? [entry] : [...there, entry]);
  }

  delete(entry: Entry): void {
    const others = this.at(entry.row).filter((other) => other !== entry);
    if (others.length > 0) this.#entries.set(entry.row, others);
    else this.#entries.delete(entry.row);
  }

  /**
   * A key for a message that is about to be added. It is the same on every client, unless other messages have the same
   * sender and time.
   */
  newKey({ sender, sent }: Moment): string {
    const taken = this.at({ sender, sent }).map(({ key }) => key);
    const first = valueText({ sender, sent });
    let key = first;
    for (let count = 2; taken.includes(key); count++) key = `${first} ${count}`;
    return key;
  }
}

/**
 * Matches the deletion and the insertion of an edit, because the table has no primary key that would connect them.
 */
export function withEdits(changes: readonly Change<MessageRow>[]): readonly Change<MessageRow>[] {
  const deleted = new Map<string, MessageRow[]>();
  for (const { before, after } of changes) {
    if (!before || after) continue;
    const rows = deleted.get(momentText(before));
    if (rows) rows.push(before);
    else deleted.set(momentText(before), [before]);
  }
  if (deleted.size === 0 || !changes.some(({ before }) => !before)) return changes;
  const edited = new Set<MessageRow>();
  const joined = changes.map((change) => {
    const { before, after } = change;
    const replaced = !before && after ? deleted.get(momentText(after))?.shift() : undefined;
    if (replaced) edited.add(replaced);
    return replaced ? { ...change, before: replaced } : change;
  });
  return joined.filter(({ before, after }) => after ?? !edited.has(before as MessageRow));
}

/** The message of a row. */
export function toEntry(key: string, row: MessageRow, author: ChatUser): Entry {
  const { text, sent } = row;
  const message = { key, author, text, sent: sent.toDate(), mine: author.isMe, status: 'sent' as const };
  return { ...message, row, time: Number(sent.microsSinceUnixEpoch) };
}

/** A string that identifies a message in this client. */
export function momentText({ sender, sent }: Moment): string {
  return valueText([sender.__identity__, sent.microsSinceUnixEpoch]);
}
