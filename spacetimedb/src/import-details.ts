/**
 * Imports what belongs to messages of another server: replies, earlier texts, reactions, mentions and pins. For the
 * owner. Every import can be repeated. Rows whose message is not here are left out.
 */
import type { Identity, Timestamp } from 'spacetimedb';
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
    for (const row of missing(ctx, replies, db.reply, () => '')) db.reply.insert({ id: 0n, ...row });
    for (const row of missing(ctx, versions, db.messageVersion, ({ at }) =>
      String(at.microsSinceUnixEpoch),
    )) {
      refuse(messageProblem(row.text));
      db.messageVersion.insert({ id: 0n, ...row });
      noteEdit(ctx, row);
    }
    for (const row of missing(ctx, reactions, db.reaction, (reaction) => reaction.emoji + hex(reaction))) {
      refuse(emojiProblem(row.emoji));
      db.reaction.insert({ id: 0n, ...row });
    }
    for (const row of missing(ctx, mentions, db.mention, (mention) => mention.name + hex(mention))) {
      db.mention.insert({ id: 0n, ...row });
    }
    for (const row of missing(ctx, pins, db.pin, () => '')) db.pin.insert({ id: 0n, ...row });
  },
);

function hex({ person }: { readonly person: Identity }): string {
  return person.toHexString();
}

/**
 * The rows that are not in a table yet, and whose message is here. Reads the table once for each message.
 *
 * @param identify returns a key that is unique among the rows of a message
 */
function missing<Row extends MessageKey>(
  ctx: Ctx,
  rows: readonly Row[],
  { sent: index }: { readonly sent: { filter(sent: Timestamp): Iterable<Row> } },
  identify: (row: Row) => string,
): Row[] {
  const known = new Map<string, Set<string> | undefined>();
  return rows.filter((row) => {
    const message = `${row.sent.microsSinceUnixEpoch} ${row.sender.toHexString()}`;
    if (!known.has(message)) {
      const isHere = messagesAt(ctx, row).length > 0;
      known.set(message, isHere ? new Set(ofSender(index.filter(row.sent), row).map(identify)) : undefined);
    }
    const identifiers = known.get(message);
    const identifier = identify(row);
    if (!identifiers || identifiers.has(identifier)) return false;
    identifiers.add(identifier);
    return true;
  });
}

/** Records that a message was edited when a text of it was replaced. */
function noteEdit({ db }: Ctx, { sender, sent, at }: MessageKey & { readonly at: MessageKey['sent'] }): void {
  const [edit] = ofSender(db.messageEdit.sent.filter(sent), { sender, sent });
  if (!edit) db.messageEdit.insert({ id: 0n, sender, sent, at });
  else if (edit.at.microsSinceUnixEpoch < at.microsSinceUnixEpoch) db.messageEdit.id.update({ ...edit, at });
}
