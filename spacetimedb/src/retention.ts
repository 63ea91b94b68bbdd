import type { Timestamp } from 'spacetimedb';
import { Range, ScheduleAt, t, type Infer } from 'spacetimedb/server';
import { deleteAnnotations, deleteReports, type MessageKey } from './annotations.ts';
import { DAY, HOUR, MINUTE, SECOND } from './duration.ts';
import spacetimedb, { retention, type Ctx } from './schema.ts';
import { requireOwner, type ViewContext } from './staff.ts';
import { timestamp } from './time.ts';

/**
 * The most messages that one transaction deletes, so that calls are not delayed and clients see messages go in small
 * steps.
 */
const BATCH = 200;

/**
 * A transaction deletes no more messages after this many rows that belong to them, such as reactions. A message has at
 * most about 2,000.
 */
const BATCH_ROWS = 1000;

/** The intervals while there is more to delete and while there is not, in microseconds. */
const BUSY = SECOND;
const IDLE = MINUTE;

const ROW_ID = 1n;

/** The largest timestamp. */
const END_OF_TIME = 2n ** 63n - 1n;

type Retention = Infer<typeof retention.rowType>;

/**
 * Keeps only the newest `keepMessages` messages, and only for `keepDays` days. 0, the default, sets no limit. For the
 * owner.
 */
export const set_retention = spacetimedb.reducer(
  { keepMessages: t.u32(), keepDays: t.u32() },
  (ctx, { keepMessages, keepDays }) => {
    requireOwner(ctx);
    const before = ctx.db.retention.id.find(ROW_ID);
    ctx.db.retention.id.delete(ROW_ID);
    if (keepMessages === 0 && keepDays === 0) return;
    ctx.db.retention.insert({
      id: ROW_ID,
      runs: ScheduleAt.interval(BUSY),
      keepMessages,
      keepDays,
      oldest: before?.oldest ?? oldestMessage(ctx),
      span: before?.span ?? HOUR,
    });
  },
);

/** The settings of `set_retention`. */
export function keptMessages({ db }: Pick<ViewContext, 'db'>) {
  const { keepMessages = 0, keepDays = 0 } = db.retention.id.find(ROW_ID) ?? {};
  return { keepMessages, keepDays };
}

/** The time of the oldest message that may be here, in microseconds. Undefined while no limit is set. */
export function oldestKept({ db }: Pick<ViewContext, 'db'>): bigint | undefined {
  return db.retention.id.find(ROW_ID)?.oldest.microsSinceUnixEpoch;
}

/** Lets retention look as far back as a message that was added late. */
export function noteOlderMessage(ctx: Ctx, sent: Timestamp): void {
  const row = ctx.db.retention.id.find(ROW_ID);
  if (!row || row.oldest.microsSinceUnixEpoch <= sent.microsSinceUnixEpoch) return;
  ctx.db.retention.id.update({ ...row, oldest: sent });
}

/**
 * Reads every message, including deleted ones, which may be restored. Runs once; afterwards the row records the
 * oldest.
 */
function oldestMessage(ctx: Ctx): Timestamp {
  let oldest = ctx.timestamp;
  for (const messages of [ctx.db.message.iter(), ctx.db.deletedMessage.iter()]) {
    for (const { sent } of messages) {
      if (sent.microsSinceUnixEpoch < oldest.microsSinceUnixEpoch) oldest = sent;
    }
  }
  return oldest;
}

/** Deletes one batch of messages that are too old or too many. */
export const apply_retention = spacetimedb.reducer(
  { onSchedule: retention },
  { row: retention.rowType },
  (ctx, { row }) => {
    // After the clock was set back, messages may be older than the oldest recorded one.
    const isAhead = row.oldest.microsSinceUnixEpoch > ctx.timestamp.microsSinceUnixEpoch;
    const { rest, isDone } = deleteBatch(ctx, isAhead ? { ...row, oldest: oldestMessage(ctx) } : row);
    const isForgotten = forgetBatch(ctx, rest.oldest);
    const runs = ScheduleAt.interval(isDone && isForgotten ? IDLE : BUSY);
    ctx.db.retention.id.update({ ...rest, runs });
  },
);

/**
 * Forgets one batch of the messages that moderators deleted and that were sent before `oldest`.
 *
 * @returns whether all of them are deleted
 */
function forgetBatch(ctx: Ctx, oldest: Timestamp): boolean {
  const before = new Range<Timestamp>({ tag: 'unbounded' }, { tag: 'excluded', value: oldest });
  let [left, rowsLeft] = [BATCH, BATCH_ROWS];
  for (const message of [...ctx.db.deletedMessage.sent.filter(before)]) {
    if (left === 0 || rowsLeft <= 0) return false;
    ctx.db.deletedMessage.act.delete(message.act);
    rowsLeft -= deleteWhatBelongsTo(ctx, message);
    left--;
  }
  return true;
}

/** Deletes everything that belongs to a message, including reports. @returns the number of rows */
function deleteWhatBelongsTo(ctx: Ctx, key: MessageKey): number {
  return deleteAnnotations(ctx, key) + deleteReports(ctx, key);
}

/**
 * Deletes from the oldest message on, one time span after the other. An index scan copies all rows of its range
 * before the first can be read, so the span is adjusted to contain about one batch.
 */
function deleteBatch(ctx: Ctx, row: Retention): { rest: Retention; isDone: boolean } {
  const now = ctx.timestamp.microsSinceUnixEpoch;
  const tooOld = row.keepDays === 0 ? 0n : now - DAY * BigInt(row.keepDays);
  let excess = row.keepMessages === 0 ? 0 : Number(ctx.db.message.count()) - row.keepMessages;
  let { span } = row;
  let oldest = row.oldest.microsSinceUnixEpoch;
  let [left, rowsLeft] = [BATCH, BATCH_ROWS];
  const rest = () => ({ ...row, oldest: timestamp(oldest < now ? oldest : now), span });
  /**
   * Newer messages need not be deleted. Messages in excess may have timestamps in the future, from before the clock
   * was set back.
   */
  const bound = () => (excess > 0 ? END_OF_TIME : tooOld);
  while (oldest < bound()) {
    const isLast = oldest + span >= bound();
    const end = isLast ? bound() : oldest + span;
    const found = inOrder(ctx, oldest, end);
    for (const message of found) {
      const sent = message.sent.microsSinceUnixEpoch;
      if (excess <= 0 && sent >= tooOld) return { rest: rest(), isDone: true };
      if (left === 0) {
        const fitting = (span * BigInt(BATCH)) / BigInt(found.length);
        span = fitting > 1n ? fitting : 1n;
        return { rest: rest(), isDone: false };
      }
      if (rowsLeft <= 0) return { rest: rest(), isDone: false };
      ctx.db.message.delete(message);
      rowsLeft -= deleteWhatBelongsTo(ctx, message);
      oldest = sent;
      excess--;
      left--;
    }
    oldest = end;
    if (isLast) break;
    if (found.length < BATCH / 2) span *= 2n;
  }
  return { rest: rest(), isDone: true };
}

/** The messages from `from` on and before `before`, oldest first. */
function inOrder(ctx: Ctx, from: bigint, before: bigint) {
  const range = new Range(
    { tag: 'included', value: timestamp(from) },
    { tag: 'excluded', value: timestamp(before) },
  );
  return [...ctx.db.message.sent.filter(range)].sort((a, b) =>
    Number(a.sent.microsSinceUnixEpoch - b.sent.microsSinceUnixEpoch),
  );
}
