/**
 * Imports what belongs to messages of another server: replies, earlier texts, reactions, mentions and pins. For the
 * owner. Every import can be repeated. Rows whose message is not here are left out.
 */
import { t } from 'spacetimedb/server';
import { messagesAt, ofSender, type MessageKey } from './annotations.ts';
import { refuse } from './refuse.ts';
import { emojiProblem, messageProblem } from './rules.ts';
import spacetimedb, { type Ctx } from './schema.ts';
import { requireOwner } from './staff.ts';

const ofMessage = { sender: t.identity(), sent: t.timestamp() };

const importedReply = t.object('ImportedReply', {
  ...ofMessage,
  toSender: t.identity(),
  toSent: t.timestamp(),
});

const importedVersion = t.object('ImportedVersion', { ...ofMessage, at: t.timestamp(), text: t.string() });

const importedReaction = t.object('ImportedReaction', {
  ...ofMessage,
  person: t.identity(),
  emoji: t.string(),
});

const importedMention = t.object('ImportedMention', {
  ...ofMessage,
  person: t.identity(),
  isEveryone: t.bool(),
  name: t.string(),
});

const importedPin = t.object('ImportedPin', { ...ofMessage, pinnedBy: t.identity(), at: t.timestamp() });

export const import_details = spacetimedb.reducer(
  {
    replies: t.array(importedReply),
    versions: t.array(importedVersion),
    reactions: t.array(importedReaction),
    mentions: t.array(importedMention),
    pins: t.array(importedPin),
  },
  (ctx, { replies, versions, reactions, mentions, pins }) => {
    requireOwner(ctx);
    const { db } = ctx;
    for (const row of here(ctx, replies)) {
      if (ofSender(db.reply.sent.filter(row.sent), row).length === 0) db.reply.insert({ id: 0n, ...row });
    }
    for (const row of here(ctx, versions)) {
      refuse(messageProblem(row.text));
      const at = row.at.microsSinceUnixEpoch;
      const known = ofSender(db.messageVersion.sent.filter(row.sent), row);
      if (known.some((version) => version.at.microsSinceUnixEpoch === at)) continue;
      db.messageVersion.insert({ id: 0n, ...row });
      noteEdit(ctx, row);
    }
    for (const row of here(ctx, reactions)) {
      refuse(emojiProblem(row.emoji));
      const known = ofSender(db.reaction.sent.filter(row.sent), row);
      const isSame = (reaction: typeof row) =>
        reaction.emoji === row.emoji && reaction.person.isEqual(row.person);
      if (!known.some(isSame)) db.reaction.insert({ id: 0n, ...row });
    }
    for (const row of here(ctx, mentions)) {
      const known = ofSender(db.mention.sent.filter(row.sent), row);
      const isSame = (mention: typeof row) => mention.name === row.name && mention.person.isEqual(row.person);
      if (!known.some(isSame)) db.mention.insert({ id: 0n, ...row });
    }
    for (const row of here(ctx, pins)) {
      if (ofSender(db.pin.sent.filter(row.sent), row).length === 0) db.pin.insert({ id: 0n, ...row });
    }
  },
);

/** The rows whose message is here. */
function here<Row extends MessageKey>(ctx: Ctx, rows: readonly Row[]): Row[] {
  return rows.filter((row) => messagesAt(ctx, row).length > 0);
}

/** Records that a message was edited when a text of it was replaced. */
function noteEdit({ db }: Ctx, { sender, sent, at }: MessageKey & { readonly at: MessageKey['sent'] }): void {
  const [edit] = ofSender(db.messageEdit.sent.filter(sent), { sender, sent });
  if (!edit) db.messageEdit.insert({ id: 0n, sender, sent, at });
  else if (edit.at.microsSinceUnixEpoch < at.microsSinceUnixEpoch) db.messageEdit.id.update({ ...edit, at });
}
