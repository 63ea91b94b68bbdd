/** The last message that each person has read, on any of their devices. */
import type { Timestamp } from 'spacetimedb';
import { Range, t } from 'spacetimedb/server';
import spacetimedb, { type Ctx } from './schema.ts';

/** The maximum count of unread messages or mentions. */
const MAX_UNREAD = 100;

/** How many messages or mentions are read. Bounds the cost for people whose newer messages are mostly their own. */
const MAX_ROWS = 1000;

/** Marks everything up to `sent` as read by the caller. The mark never goes back, nor into the future. */
export const mark_read = spacetimedb.reducer({ sent: t.timestamp() }, (ctx, { sent }) => {
  const isFuture = sent.microsSinceUnixEpoch > ctx.timestamp.microsSinceUnixEpoch;
  const row = { identity: ctx.sender, sent: isFuture ? ctx.timestamp : sent };
  const known = ctx.db.readMark.identity.find(ctx.sender);
  if (!known) ctx.db.readMark.insert(row);
  else if (known.sent.microsSinceUnixEpoch < row.sent.microsSinceUnixEpoch) {
    ctx.db.readMark.identity.update(row);
  }
});

const ownReadMark = t.row('OwnReadMark', { identity: t.identity().primaryKey(), sent: t.timestamp() });

/** The caller's read mark, if they have one. */
export const ownReadMarks = spacetimedb.view(
  { public: true },
  t.option(ownReadMark),
  ({ db, sender }) => db.readMark.identity.find(sender) ?? undefined,
);

/** Counts what others wrote after the caller's read mark, up to 100 of each. 0 without a mark. */
export const count_unread = spacetimedb.procedure(
  t.object('Unread', { messages: t.u32(), mentions: t.u32() }),
  (ctx) =>
    ctx.withTx((tx) => {
      const mark = tx.db.readMark.identity.find(tx.sender);
      return mark ? unreadAfter(tx, mark.sent) : { messages: 0, mentions: 0 };
    }),
);

function unreadAfter({ db, sender }: Ctx, mark: Timestamp) {
  const after = new Range<Timestamp>({ tag: 'excluded', value: mark });
  const ignored = new Set([
    sender.__identity__,
    ...[...db.block.person.filter(sender)].map(({ blocked }) => blocked.__identity__),
  ]);
  const isOthers = (row: { sender: { __identity__: bigint } }) => !ignored.has(row.sender.__identity__);
  const mentioning = new Set<bigint>();
  countUpTo(db.mention.sent.filter(after), (row) => {
    const isMine = isOthers(row) && (row.isEveryone || row.person.isEqual(sender));
    const { microsSinceUnixEpoch } = row.sent;
    if (!isMine || mentioning.has(microsSinceUnixEpoch)) return false;
    mentioning.add(microsSinceUnixEpoch);
    return true;
  });
  return {
    messages: countUpTo(db.message.sent.filter(after), isOthers),
    mentions: Math.min(mentioning.size, MAX_UNREAD),
  };
}

function countUpTo<Row>(rows: Iterable<Row>, isCounted: (row: Row) => boolean): number {
  let [count, seen] = [0, 0];
  for (const row of rows) {
    if (isCounted(row)) count++;
    if (count >= MAX_UNREAD || ++seen >= MAX_ROWS) break;
  }
  return count;
}
