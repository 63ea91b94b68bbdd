/** What belongs to a message: rows of other tables with its author and time. */
import type { Identity, Timestamp } from 'spacetimedb';
import type { Ctx } from './schema.ts';
import type { ViewContext } from './staff.ts';

/** What identifies a message. */
export interface MessageKey {
  readonly sender: Identity;
  readonly sent: Timestamp;
}

/** The rows among `rows` that belong to a message. @param rows the rows of a table with the time of the message */
export function ofSender<Row extends MessageKey>(rows: Iterable<Row>, { sender }: MessageKey): Row[] {
  return [...rows].filter((row) => row.sender.isEqual(sender));
}

/** The message; several if its author sent several in the same microsecond. */
export function messagesAt({ db }: Pick<ViewContext, 'db'>, key: MessageKey) {
  return ofSender(db.message.sent.filter(key.sent), key);
}

/**
 * Deletes everything that belongs to a message, except reports.
 *
 * @returns the number of deleted rows
 */
export function deleteAnnotations({ db }: Ctx, key: MessageKey): number {
  let count = 0;
  for (const table of [db.reply, db.messageEdit, db.messageVersion, db.reaction, db.mention, db.pin]) {
    for (const { id, sender } of [...table.sent.filter(key.sent)]) {
      if (sender.isEqual(key.sender) && table.id.delete(id)) count++;
    }
  }
  return count;
}

/** Deletes the reports of a message, which have its text. @returns the number of deleted rows */
export function deleteReports({ db }: Ctx, key: MessageKey): number {
  const reports = ofSender(db.report.sent.filter(key.sent), key);
  for (const { id } of reports) db.report.id.delete(id);
  return reports.length;
}
