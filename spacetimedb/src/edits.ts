/** What people do to their own messages after they sent them. */
import { t } from 'spacetimedb/server';
import { deleteAnnotations, messagesAt, ofSender } from './annotations.ts';
import { MINUTE, duration } from './duration.ts';
import { countAct } from './flood.ts';
import { noteMentions } from './mentions.ts';
import { acceptText } from './messages.ts';
import { refuseBanned } from './moderation.ts';
import { refuse } from './refuse.ts';
import { messageProblem, normalizeMessage } from './rules.ts';
import spacetimedb, { type Ctx } from './schema.ts';
import { isModerator, requireOwner } from './staff.ts';

const DEFAULT_RULE = { id: 0, editMinutes: 60 };

/** How often a message can be edited. Bounds the size of its history. */
const MAX_EDITS = 100;

/** Sets how long after sending a message its author can edit it. For the owner. @param minutes 0 for no limit */
export const set_edit_limit = spacetimedb.reducer({ minutes: t.u32() }, (ctx, { minutes }) => {
  requireOwner(ctx);
  ctx.db.messageRule.id.delete(DEFAULT_RULE.id);
  ctx.db.messageRule.insert({ id: DEFAULT_RULE.id, editMinutes: minutes });
});

/** Changes the text of the caller's message that was sent at `sent`. */
export const edit_message = spacetimedb.reducer(
  { sent: t.timestamp(), text: t.string() },
  (ctx, { sent, text }) => {
    refuse(messageProblem(text));
    const key = { sender: ctx.sender, sent };
    const [message] = messagesAt(ctx, key);
    if (!message) refuse('Message not found');
    if (message.text === normalizeMessage(text)) return;
    checkEditLimit(ctx, sent.microsSinceUnixEpoch);
    if (ofSender(ctx.db.messageVersion.sent.filter(sent), key).length >= MAX_EDITS) {
      refuse(`A message can be edited at most ${MAX_EDITS} times`);
    }
    const normal = acceptText(ctx, text);
    // The tutorial's clients do not handle updates of a message. They show a deletion and a new message.
    ctx.db.message.delete(message);
    ctx.db.message.insert({ ...key, text: normal });
    ctx.db.messageVersion.insert({ id: 0n, ...key, at: ctx.timestamp, text: message.text });
    const [edit] = ofSender(ctx.db.messageEdit.sent.filter(sent), key);
    if (edit) ctx.db.messageEdit.id.update({ ...edit, at: ctx.timestamp });
    else ctx.db.messageEdit.insert({ id: 0n, ...key, at: ctx.timestamp });
    noteMentions(ctx, key, normal);
  },
);

function checkEditLimit(ctx: Ctx, sent: bigint): void {
  const { editMinutes } = ctx.db.messageRule.id.find(DEFAULT_RULE.id) ?? DEFAULT_RULE;
  const limit = MINUTE * BigInt(editMinutes);
  if (editMinutes > 0 && sent + limit < ctx.timestamp.microsSinceUnixEpoch) {
    refuse(`You can edit a message for ${duration(limit)} after sending it`);
  }
}

/**
 * Deletes the caller's message that was sent at `sent`, with everything that belongs to it. Replies to it stay. People
 * who are muted may delete their messages too.
 */
export const delete_own_message = spacetimedb.reducer({ sent: t.timestamp() }, (ctx, { sent }) => {
  refuseBanned(ctx);
  const key = { sender: ctx.sender, sent };
  const found = messagesAt(ctx, key);
  if (found.length === 0) refuse('Message not found');
  countAct(ctx);
  for (const message of found) ctx.db.message.delete(message);
  deleteAnnotations(ctx, key);
});

const replacedText = t.object('ReplacedText', {
  /** When it was replaced. */
  at: t.timestamp(),
  text: t.string(),
});

/** The earlier texts of a message, oldest first. For moderators. */
export const message_versions = spacetimedb.procedure(
  { sender: t.identity(), sent: t.timestamp() },
  t.array(replacedText),
  (ctx, key) =>
    ctx.withTx((tx) => {
      if (!isModerator(tx)) refuse('Only moderators may do this');
      return ofSender(tx.db.messageVersion.sent.filter(key.sent), key)
        .sort((a, b) => Number(a.id - b.id))
        .map(({ at, text }) => ({ at, text }));
    }),
);
