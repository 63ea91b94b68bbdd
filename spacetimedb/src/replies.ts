import { t } from 'spacetimedb/server';
import { messagesAt } from './annotations.ts';
import { postMessage } from './messages.ts';
import { refuse } from './refuse.ts';
import spacetimedb from './schema.ts';

/** Sends a message that answers the one of `toSender` at `toSent`. */
export const send_reply = spacetimedb.reducer(
  { text: t.string(), toSender: t.identity(), toSent: t.timestamp() },
  (ctx, { text, toSender, toSent }) => {
    if (messagesAt(ctx, { sender: toSender, sent: toSent }).length === 0) refuse('That message was deleted');
    postMessage(ctx, text);
    ctx.db.reply.insert({ id: 0n, sender: ctx.sender, sent: ctx.timestamp, toSender, toSent });
  },
);
