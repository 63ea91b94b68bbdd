import { t } from 'spacetimedb/server';
import { messagesAt, ofSender } from './annotations.ts';
import { refuse } from './refuse.ts';
import spacetimedb from './schema.ts';
import { record, requireModerator } from './staff.ts';

const MAX_PINS = 50;

const messageColumns = { sender: t.identity(), sent: t.timestamp() };

/** Pins a message. Pinning it twice does nothing. For moderators. */
export const pin_message = spacetimedb.reducer(messageColumns, (ctx, key) => {
  requireModerator(ctx);
  if (messagesAt(ctx, key).length === 0) refuse('Message not found');
  if (ofSender(ctx.db.pin.sent.filter(key.sent), key).length > 0) return;
  if (ctx.db.pin.count() >= MAX_PINS) {
    refuse(`At most ${MAX_PINS} messages can be pinned. Unpin one first`);
  }
  ctx.db.pin.insert({ id: 0n, ...key, pinnedBy: ctx.sender, at: ctx.timestamp });
  record(ctx, { action: 'pin_message', subject: key.sender, sent: key.sent });
});

/** Unpins a message. Unpinning one that is not pinned does nothing. For moderators. */
export const unpin_message = spacetimedb.reducer(messageColumns, (ctx, key) => {
  requireModerator(ctx);
  const [pin] = ofSender(ctx.db.pin.sent.filter(key.sent), key);
  if (!pin) return;
  ctx.db.pin.id.delete(pin.id);
  record(ctx, { action: 'unpin_message', subject: key.sender, sent: key.sent });
});
